"""Where the `duly` command begins."""

from __future__ import annotations

import sys

from duly.cli.guard import run


def main() -> None:
    """Run the command line and exit: 0 for success, 1 for findings, 2 for what could not be done."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""Where the `duly` command begins."""

from __future__ import annotations

import os
import sys

from duly.cli.guard import run


def main() -> None:
    """Run the command line and exit: 0 for success, 1 for findings, 2 for what could not be done."""
    # What gRPC writes to standard error by itself is neither a log line nor meant for people.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

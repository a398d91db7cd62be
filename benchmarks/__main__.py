"""`make bench`: runs every benchmark and prints the table that README shows."""

from __future__ import annotations

import argparse
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

import duly
from benchmarks import asking, conditions, decide, ingest
from benchmarks.result import Result
from duly.native import LOADED

TITLE = ("what", "duly", "compared with", "ratio")


def main() -> None:
    options = arguments()
    console = Console(width=120)
    results: list[Result] = []
    for benchmark in (decide, asking, ingest, conditions):
        results += benchmark.run(console, seconds=options.seconds)
    console.print(table(results))
    if options.markdown:
        Path(options.markdown).write_text(markdown(results), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each round lasts")
    parser.add_argument("--markdown", metavar="FILE", help="also write the table as Markdown")
    return parser.parse_args()


def machine() -> str:
    """What the figures were measured on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    today = datetime.now(UTC).date()
    core = "with the compiled core" if LOADED else "in pure Python"
    return (
        f"duly {duly.__version__} {core}, {model}, {os.cpu_count()} cores, Python {platform.python_version()}, {today}"
    )


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def table(results: list[Result]) -> Table:
    shown = Table(*TITLE, caption=machine(), caption_justify="left")
    for result in results:
        shown.add_row(*result.cells())
    return shown


def markdown(results: list[Result]) -> str:
    rows = [TITLE, tuple("---" for _ in TITLE), *(result.cells() for result in results)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines, "", f"Measured on: {machine()}.", ""])


if __name__ == "__main__":
    main()

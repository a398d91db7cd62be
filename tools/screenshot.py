"""Draws what `duly lint` says of `docs/images/sale.duly` as a dark terminal: `docs/images/lint.svg`."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
COMMAND = "duly lint sale.duly"
WIDTH = 116

FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""The picture loads nothing from elsewhere."""


def main() -> int:
    """Write the picture; returns the exit code."""
    text = f"\x1b[1;32m$\x1b[0m {COMMAND}\n\n{linted()}"
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text.rstrip("\n")))
    template = (
        FONTS.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "monospace").replace("monospace, monospace", "monospace")
    )
    svg = console.export_svg(title="duly", theme=MONOKAI, code_format=template, unique_id="duly-lint")
    (FOLDER / "lint.svg").write_text(svg, "utf-8")
    return 0


def linted() -> str:
    """What the command prints on a terminal."""
    environment = os.environ | {"FORCE_COLOR": "1"}
    command = [sys.executable, "-m", "duly", *COMMAND.split()[1:]]
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 1:
        raise SystemExit(f"{COMMAND} was to find something: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

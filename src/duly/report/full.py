"""For people: each diagnostic with its line, carets under the place, and the hint."""

from __future__ import annotations

from duly.diagnostics import Diagnostic, Severity
from duly.report.findings import Findings, end, start
from duly.report.visible import visible, width

_BEFORE, _AFTER = 60, 100
"""How many characters of a very long line are shown before and after the start of the place."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.ADVICE: "36"}


def render(findings: Findings) -> str:
    """The diagnostics, an empty line after each, and the summary."""
    paint = _paint if findings.colours else _plain
    blocks = [_block(diagnostic, paint) for diagnostic in findings.diagnostics]
    return "\n\n".join([*blocks, findings.summary]) + "\n"


def _block(diagnostic: Diagnostic, paint: Painter) -> str:
    colour = _COLOURS[diagnostic.severity]
    severity = paint(diagnostic.severity.word, f"1;{colour}")
    head = f"{paint(visible(diagnostic.location), '1')}: {severity}: {visible(diagnostic.message)} [{diagnostic.code}]"
    lines = [head, *_excerpt(diagnostic, paint, colour)]
    if diagnostic.hint:
        lines.append(f"{_margin(diagnostic)} = hint: {visible(diagnostic.hint)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, paint: Painter, colour: str) -> list[str]:
    first, last = start(diagnostic), end(diagnostic)
    line = diagnostic.source.line(first.line)
    begins = first.column - 1
    ends = last.column - 1 if last.line == first.line else len(line)
    shown_from = 0 if begins < _BEFORE + _AFTER else begins - _BEFORE
    shown_to = max(shown_from + _BEFORE + _AFTER, begins + _AFTER)
    before = ("… " if shown_from else "") + visible(line[shown_from:begins])
    marked = visible(line[begins : min(ends, shown_to)])
    after = visible(line[min(ends, shown_to) : shown_to]) + (" …" if shown_to < len(line) else "")
    carets = " " * width(before) + paint("^" * max(width(marked), 1), f"1;{colour}")
    margin = _margin(diagnostic)
    return [f"{margin} |", f"{first.line} | {before}{marked}{after}".rstrip(), f"{margin} | {carets}"]


def _margin(diagnostic: Diagnostic) -> str:
    return " " * len(str(start(diagnostic).line))


class Painter:
    """Puts text into a colour of the terminal, or leaves it as it is."""

    def __init__(self, colours: bool) -> None:
        self._colours = colours

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


_paint, _plain = Painter(colours=True), Painter(colours=False)

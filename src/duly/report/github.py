"""For GitHub Actions: workflow commands that annotate the changed lines."""

from __future__ import annotations

from duly.diagnostics import Diagnostic, Severity
from duly.report.findings import Findings, end, start, with_hint

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def render(findings: Findings) -> str:
    """One command a line."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in findings.diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    first, last = start(diagnostic), end(diagnostic)
    properties = {"file": diagnostic.source.name, "line": first.line, "endLine": last.line, "title": diagnostic.code}
    if first.line == last.line:
        properties |= {"col": first.column, "endColumn": max(last.column - 1, first.column)}  # this end is inclusive
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(with_hint(diagnostic))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

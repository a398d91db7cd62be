"""For people and editors: one line for each diagnostic."""

from __future__ import annotations

from duly.diagnostics import Diagnostic
from duly.report.findings import Findings, with_hint
from duly.report.visible import visible


def render(findings: Findings) -> str:
    """`file:line:column: severity: message [code]`, and the summary."""
    return "\n".join([*map(_line, findings.diagnostics), findings.summary]) + "\n"


def _line(diagnostic: Diagnostic) -> str:
    text = f"{diagnostic.location}: {diagnostic.severity.word}: {with_hint(diagnostic)} [{diagnostic.code}]"
    return visible(text)

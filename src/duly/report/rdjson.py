"""For reviewdog: its Diagnostic Format as one JSON object. Columns count bytes of UTF-8 there."""

from __future__ import annotations

from json import dumps
from typing import Any

from duly.diagnostics import Diagnostic, Severity
from duly.report.findings import Findings, with_hint
from duly.source import Source, Span

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.ADVICE: "INFO"}


def render(findings: Findings) -> str:
    """A DiagnosticResult."""
    document = {
        "source": {"name": "duly lint"},
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in findings.diagnostics],
    }
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    source = diagnostic.source
    return {
        "message": with_hint(diagnostic),
        "location": {"path": source.name, "range": _range(source, diagnostic.span)},
        "severity": _SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.code},
        "suggestions": [{"range": _range(source, edit.span), "text": edit.text} for edit in diagnostic.edits],
    }


def _range(source: Source, span: Span) -> dict[str, Any]:
    return {"start": _position(source, span.start), "end": _position(source, span.end)}


def _position(source: Source, offset: int) -> dict[str, int]:
    place = source.position(offset)
    before = source.line(place.line)[: place.column - 1]
    return {"line": place.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}

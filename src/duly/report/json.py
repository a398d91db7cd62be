"""For scripts: everything there is to say, as one JSON object."""

from __future__ import annotations

from collections import Counter
from json import dumps
from typing import Any

from duly.diagnostics import Diagnostic, Edit, Severity
from duly.report.findings import Findings, end, start
from duly.source import Source


def render(findings: Findings) -> str:
    """`{"diagnostics": […], "summary": {…}}`; lines and columns count characters from 1, ends are exclusive."""
    counts = Counter(diagnostic.severity for diagnostic in findings.diagnostics)
    document = {
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in findings.diagnostics],
        "summary": {"files": len(findings.files), **{severity.word: counts[severity] for severity in Severity}},
    }
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    first, last = start(diagnostic), end(diagnostic)
    return {
        "file": diagnostic.source.name,
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
        "severity": diagnostic.severity.word,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "source_line": diagnostic.source.line(first.line),
        "edits": [_edit(diagnostic.source, edit) for edit in diagnostic.edits],
    }


def _edit(source: Source, edit: Edit) -> dict[str, Any]:
    first, last = source.position(edit.span.start), source.position(edit.span.end)
    return {
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
        "text": edit.text,
    }

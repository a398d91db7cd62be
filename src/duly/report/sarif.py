"""For code scanning: SARIF 2.1.0."""

from __future__ import annotations

from json import dumps
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from duly import __version__
from duly.diagnostics import Diagnostic, Severity
from duly.lint.run import lint_rules
from duly.lint.selection import group_name
from duly.report.findings import Findings, with_hint
from duly.report.rule_page import page_markdown
from duly.source import Source, Span

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def render(findings: Findings) -> str:
    """A log of one run."""
    codes = sorted({diagnostic.code for diagnostic in findings.diagnostics})
    run = {
        "tool": {"driver": {"name": "duly", "version": __version__, "rules": list(map(_rule, codes))}},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _artifact(name)} for name in findings.files],
        "results": [_result(diagnostic, codes) for diagnostic in findings.diagnostics],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    """What the diagnostics of a code have in common; of a lint rule its page."""
    rule = lint_rules().get(code)
    if rule is None:
        return {"id": code, "defaultConfiguration": {"level": "error"}}
    return {
        "id": code,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": page_markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [group_name(rule.group)], "fixable": rule.fixable},
    }


def _result(diagnostic: Diagnostic, codes: list[str]) -> dict[str, Any]:
    region = _region(diagnostic.source, diagnostic.span)
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": with_hint(diagnostic)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(diagnostic.source.name), "region": region}}],
    }
    return result | ({"fixes": [_fix(diagnostic)]} if diagnostic.edits else {})


def _fix(diagnostic: Diagnostic) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(diagnostic.source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in diagnostic.edits
    ]
    change = {"artifactLocation": _artifact(diagnostic.source.name), "replacements": replacements}
    return {"description": {"text": diagnostic.hint or diagnostic.message}, "artifactChanges": [change]}


def _region(source: Source, span: Span) -> dict[str, int]:
    first, last = source.position(span.start), source.position(span.end)
    return {"startLine": first.line, "startColumn": first.column, "endLine": last.line, "endColumn": last.column}


def _artifact(name: str) -> dict[str, str]:
    return {"uri": quote(PurePath(name).as_posix())}

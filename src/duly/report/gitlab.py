"""For GitLab: a Code Quality report."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from json import dumps
from typing import Any

from duly.diagnostics import Diagnostic, Severity
from duly.report.findings import Findings, end, start, with_hint

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def render(findings: Findings) -> str:
    """A JSON list of issues."""
    seen: Counter[tuple[str, str, str]] = Counter()
    return dumps([_issue(diagnostic, seen) for diagnostic in findings.diagnostics], indent=2) + "\n"


def _issue(diagnostic: Diagnostic, seen: Counter[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "description": with_hint(diagnostic),
        "check_name": diagnostic.code,
        "fingerprint": _fingerprint(diagnostic, seen),
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": diagnostic.source.name,
            "lines": {"begin": start(diagnostic).line, "end": end(diagnostic).line},
        },
    }


def _fingerprint(diagnostic: Diagnostic, seen: Counter[tuple[str, str, str]]) -> str:
    """What the finding is and the how-manyth of its kind in its file, so that moving lines does not make it new."""
    kind = (diagnostic.source.name, diagnostic.code, diagnostic.message)
    seen[kind] += 1
    return sha256(repr((*kind, seen[kind])).encode()).hexdigest()

"""For test dashboards: JUnit XML, one test case for each file, and one for each diagnostic."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from duly.diagnostics import Diagnostic
from duly.report.findings import Findings, start, with_hint

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(findings: Findings) -> str:
    """One test suite; a file with nothing to say about it is a passed test."""
    at_fault = {diagnostic.source.name for diagnostic in findings.diagnostics}
    clean = [name for name in findings.files if name not in at_fault]
    cases = [*map(_failed, findings.diagnostics), *map(_passed, clean)]
    counts = f'tests="{len(cases)}" failures="{len(findings.diagnostics)}" errors="0"'
    suite = "".join(f"    {case}\n" for case in cases)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="duly lint" {counts}>\n  <testsuite name="duly lint" {counts}>\n'
        f"{suite}  </testsuite>\n</testsuites>\n"
    )


def _failed(diagnostic: Diagnostic) -> str:
    attributes = f"file={_quoted(diagnostic.source.name)} line={_quoted(str(start(diagnostic).line))}"
    failure = f"type={_quoted(diagnostic.severity.word)} message={_quoted(diagnostic.message)}"
    text = escape(_clean(f"{diagnostic.location}: {with_hint(diagnostic)}"))
    name, file = _quoted(f"{diagnostic.code} at {diagnostic.location}"), _quoted(diagnostic.source.name)
    return f"<testcase classname={file} name={name} {attributes}><failure {failure}>{text}</failure></testcase>"


def _passed(name: str) -> str:
    return f"<testcase classname={_quoted(name)} name={_quoted(name)} file={_quoted(name)}/>"


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

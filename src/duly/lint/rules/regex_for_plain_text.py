"""Patterns where a comparison does."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax import nodes


@lint(Severity.WARNING, Group.PERFORMANCE, each=nodes.Matches, fixable=True)
def regex_for_plain_text(part: Part[nodes.Matches], world: World, report: Report) -> None:
    """
    A regular expression is used where `=`, `starts with`, `ends with` or `contains` says the same.

    Those are read by everybody and found by index; a pattern is tried on every event.

    Avoid:
        when Product Viewed where name matches /^Red boots/, max 1/day

    Prefer:
        when Product Viewed where name starts with "Red boots", max 1/day
    """
    found = _PLAIN.fullmatch(part.node.pattern.value)
    if found is None or not found.group(2):
        return
    start, text, end = found.groups()
    word = "=" if start and end else "starts with" if start else "ends with" if end else "contains"
    edit = Edit(Span(part.node.value.span.end, part.node.span.end), f' {word} "{text}"')
    report(
        part.source, part.node.pattern.span, "this pattern has no need to be one", f'write `{word} "{text}"`', (edit,)
    )


_PLAIN = re.compile(r"(\^?)([\w ,:;!@%&=~<>'-]*)(\$?)")

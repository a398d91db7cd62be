"""Patterns that begin or end with anything."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.PERFORMANCE, each=nodes.Matches, fixable=True)
def needless_wildcard(part: Part[nodes.Matches], world: World, report: Report) -> None:
    """
    A pattern begins or ends with `.*`, which changes nothing.

    Patterns are found anywhere in a text.

    Avoid:
        when Product Viewed where name matches /.*boots? (red|blue).*/, max 1/day

    Prefer:
        when Product Viewed where name matches /boots? (red|blue)/, max 1/day
    """
    pattern = part.node.pattern.value
    bare = _AROUND.sub("", pattern)
    if bare and bare != pattern and "|" not in re.sub(r"\([^()]*\)", "", pattern):
        written = part.source.text[part.node.pattern.span.start + 1 : part.node.pattern.span.end - 1]
        edit = Edit(part.node.pattern.span, f"/{_AROUND.sub('', written)}/")
        report(part.source, part.node.pattern.span, "`.*` at the ends changes nothing", "take it out", (edit,))


_AROUND = re.compile(r"^(?:\.\*\??)+|(?<!\\)(?:\.\*\??)+$")

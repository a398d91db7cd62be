"""Patterns that every text has."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.PERFORMANCE, each=nodes.Matches)
def pattern_matches_anything(part: Part[nodes.Matches], world: World, report: Report) -> None:
    """
    A pattern is found in every text, so that it only asks whether there is one.

    An asterisk allows nothing at all: `/(red)*/` is found in every text.

    Avoid:
        when Product Viewed where name matches /.*/, max 1/day

    Prefer:
        when Product Viewed where name is not missing, max 1/day
    """
    if _ANYTHING.fullmatch(part.node.pattern.value):
        report(part.source, part.node.pattern.span, "this is found in every text", "write `is not missing`")


_ANYTHING = re.compile(r"\^?(?:\(?[\w.]+\)?|\[[^\]]*\])?[*?]\??\$?|\^|\$|\.\+?")

"""Ranges of one value."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.logic.spelling import raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.LOGIC, each=nodes.Within, fixable=True)
def zero_length_range(part: Part[nodes.Within], world: World, report: Report) -> None:
    """
    Both ends of a range are the same.

    Only one value lies in it. Either one end is wrong or the comparison is for equality.

    Avoid:
        when Order Completed where items between 3 and 3, max 1/day

    Prefer:
        when Order Completed where items = 3, max 1/day
    """
    node = part.node
    if node.low == node.high:
        start = part.source.text[node.span.start : node.low.span.start]
        value = re.sub(r"\s+between[\s(]*\Z", "", start)
        text = f"{value} = {raw(part.source, node.low)}"
        message = f"{spelled(part.source, node.span)} holds one value"
        report(part.source, node.span, message, "write `=`, or move one end", replaced(part.source, node.span, text))

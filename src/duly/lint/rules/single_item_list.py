"""Lists of one."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.logic.spelling import raw, replaced, spelled
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes

_SIGN = re.compile(r"\s+(not\s+)?in\s*\(\s*\Z")
SPOKEN = (nodes.Truth, nodes.Weekday)


@lint(Severity.ADVICE, Group.LOGIC, each=nodes.OneOf, fixable=True)
def single_item_list(part: Part[nodes.OneOf], world: World, report: Report) -> None:
    """
    A list holds one item.

    A comparison says the same and is found faster by a reader.

    Avoid:
        when Order Completed where user.country in ("DE"), max 1/day

    Prefer:
        when Order Completed where user.country = "DE", max 1/day
    """
    node = part.node
    before = part.source.text[node.span.start : node.items[0].span.start]
    sign = _SIGN.search(before)
    if len(node.items) != 1 or sign is None:
        return
    signs = ("is", "is not") if isinstance(node.items[0], SPOKEN) else ("=", "!=")
    equals = signs[sign[1] is not None]
    text = f"{before[: sign.start()]} {equals} {raw(part.source, node.items[0])}"
    message = f"the list of {spelled(part.source, node.span)} has one item"
    report(part.source, node.span, message, f"write `{equals}`", replaced(part.source, node.span, text))

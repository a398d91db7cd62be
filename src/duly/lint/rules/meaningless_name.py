"""Names that say nothing."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.STYLE, each=nodes.Rule)
def meaningless_name(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    The name of a rule says nothing about it.

    Counters, pending notifications and reports belong to the name, and stay with it for years.

    Avoid:
        rule rule1
          when Product Sale where user saved product, max 1/day

    Prefer:
        rule saved_sale
          when Product Sale where user saved product, max 1/day
    """
    name = part.node.name
    if name is not None and _NOTHING.fullmatch(name.value):
        report(
            part.source, name.span, f"`{name.value}` does not say what the rule is about", "name it after its purpose"
        )


_NOTHING = re.compile(
    r"(?:my_|new_)?(?:rule|notification|test|temp|tmp|foo|bar|baz|asdf|untitled|copy|draft)(?:_?\d+)?"
)

"""Rules without a title."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Rule)
def untitled_rule(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    A rule with a name has no title.

    The title is what reports and explanations show to people who do not read rules.

    Avoid:
        rule saved_sale
          when Product Sale where user saved product, max 1/day

    Prefer:
        rule saved_sale "A saved product goes on sale"
          when Product Sale where user saved product, max 1/day
    """
    name = part.node.name
    if name is not None and part.node.title is None:
        report(part.source, name.span, f"`{name.value}` has no title", 'write one behind the name, in `"…"`')

"""Names that fit on no line."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Rule)
def long_rule_name(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    The name of a rule has more than 40 characters.

    Names stand in reports, logs and tests; the title is for sentences.

    Avoid:
        rule tell_everybody_who_saved_a_product_that_it_is_on_sale
          when Product Sale where user saved product, max 1/day

    Prefer:
        rule saved_sale
          when Product Sale where user saved product, max 1/day

    `was` keeps counters and pending notifications when a rule gets another name.
    """
    name = part.node.name
    if name is not None and len(name.value) > 40:
        report(part.source, name.span, f"this name has {len(name.value)} characters", "name it in two or three words")

"""Rules that do not begin with what starts them."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check_rule import TRIGGERS
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Rule)
def trigger_not_first(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    A rule does not begin with what starts it.

    `when` first, then `where`, then the rest: that is how all other rules are read.

    Avoid:
        rule saved_sale
          max 1/day
          when Product Sale where user saved product

    Prefer:
        rule saved_sale
          when Product Sale where user saved product
          max 1/day
    """
    clauses = part.node.clauses
    if clauses and not isinstance(clauses[0], TRIGGERS):
        trigger = next((clause for clause in clauses if isinstance(clause, TRIGGERS)), None)
        if trigger is not None:
            report(part.source, trigger.span, "what starts the rule does not come first", "move it up")

"""Properties whose names differ in spelling only."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    folded,
    mentions,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def lookalike_property(checked: Checked, world: World, report: Report) -> None:
    """
    Two properties of one event, or two traits, differ only in capitals or underscores.

    Properties are found letter by letter, so that one of the two is probably always missing.

    Avoid:
        rule large
          when Order Completed where orderTotal >= 200, max 1/day

        rule very_large
          when Order Completed where order_total >= 900, max 1/day

    Prefer:
        rule large
          when Order Completed where order_total >= 200, max 1/day

        rule very_large
          when Order Completed where order_total >= 900, max 1/day
    """
    if checked.tracking_plan is not None:
        return
    seen: dict[tuple[str, str], str] = {}
    for mention in mentions(world):
        for owner in ("",) if mention.value.scope == "user" else mention.events:
            first = seen.setdefault((owner, folded(mention.name)), mention.name)
            if first != mention.name:
                message = f"`{mention.name}` differs from `{first}` only in spelling"
                report(mention.source, mention.value.span, message, f"write `{first}` if that is meant")
                break

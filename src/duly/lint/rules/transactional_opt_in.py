"""Transactional categories that need a yes."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.WARNING, Group.AUDIENCE, each=nodes.Category)
def transactional_opt_in(part: Part[nodes.Category], world: World, report: Report) -> None:
    """
    A transactional category is opt in.

    What somebody set off themselves needs no extra yes: whoever never chose gets no receipt.

    Avoid:
        category orders "Your orders": opt in, transactional

    Prefer:
        category orders "Your orders": opt out, transactional
    """
    options = {option.value for option in part.node.options}
    if {"opt in", "transactional"} <= options:
        message = f"only those who said yes get what is in `{part.node.name.value}`, although it is transactional"
        report(part.source, part.node.span, message, "write `opt out, transactional`, or leave `transactional` out")

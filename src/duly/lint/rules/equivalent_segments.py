"""Segments that are the same people."""

from __future__ import annotations

from itertools import combinations

from duly.diagnostics import Severity
from duly.lint.logic.stated import reasoning, stated
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked

_MOST = 48
"""More segments than this are not compared."""


@lint(Severity.ADVICE, Group.LOGIC, each=Checked)
def equivalent_segments(_checked: Checked, world: World, report: Report) -> None:
    """
    Two segments are the same people.

    Two names for one thing drift apart when one of them is changed.

    Avoid:
        segment adults: user.age >= 18
        segment grown_ups: not (user.age < 18)

    Prefer:
        segment adults: user.age >= 18
        segment minors: user.age < 18
    """
    reason = world.once(reasoning)
    segments = [each for each in world.once(stated) if each.rule is None and not each.never]
    if len(segments) > _MOST:
        return
    for one, other in combinations(segments, 2):
        if reason.implies(one.condition, other.condition) and reason.implies(other.condition, one.condition):
            message = f"`{other.name}` has the same members as `{one.name}`"
            report(other.source, other.condition.span, message, f"use `{one.name}` instead")

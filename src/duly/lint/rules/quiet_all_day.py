"""Quiet hours that never end."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.model import DAY
from duly.syntax import nodes


@lint(Severity.ERROR, Group.QUIET, each=nodes.Quiet)
def quiet_all_day(part: Part[nodes.Quiet], world: World, report: Report) -> None:
    """
    Quiet hours cover the whole day, so that nothing is ever sent.

    To stop everything for a while, pause what calls the service instead.

    Avoid:
        quiet 00:00 to 24:00 local

    Prefer:
        quiet 22:00 to 08:00 local
    """
    if (part.node.end.value - part.node.start.value) % DAY == 0:
        report(part.source, part.node.span, "it is quiet all day", "say from when to when")

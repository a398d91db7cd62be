"""Comments whose time is over."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.suppression import ignores
from duly.syntax.parse import Parsed


@lint(Severity.WARNING, Group.HYGIENE, each=Parsed)
def expired_ignore(file: Parsed, world: World, report: Report) -> None:
    """
    A comment that ignores a finding until some day is still there after that day.

    It ignores nothing any more: what was put off is due. Mend the rule, or give the comment a new date and a reason.

    Avoid:
        # duly: ignore[uncapped-rule] until 2020-03-01, while we try it out
        rule saved_sale
          when Product Sale where user saved product

    Prefer:
        rule saved_sale
          when Product Sale where user saved product
          max 1/day
    """
    for ignore in ignores(file):
        if ignore.expired(world.today):
            message = f"this comment has ignored nothing since the end of {ignore.until}"
            report(file.source, ignore.span, message, "mend the rule and remove the comment, or give it a new date")

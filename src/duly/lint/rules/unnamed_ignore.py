"""Comments that would ignore everything."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.suppression import ignores
from duly.syntax.parse import Parsed


@lint(Severity.WARNING, Group.HYGIENE, each=Parsed)
def unnamed_ignore(file: Parsed, world: World, report: Report) -> None:
    """
    A comment asks to ignore, and does not say what.

    It ignores nothing. A comment that hid everything would hide the mistakes of next year, too; one that names what it
    hides tells the next reader what somebody has thought about.

    Avoid:
        # duly: ignore
        rule saved_sale
          when Product Sale where user saved product

    Prefer:
        # duly: ignore[uncapped-rule]
        rule saved_sale
          when Product Sale where user saved product
    """
    for ignore in ignores(file):
        if not ignore.flaw and not ignore.names:
            hint = "name what to ignore, such as `# duly: ignore[uncapped-rule]`"
            report(file.source, ignore.span, "this comment names nothing that it ignores", hint)

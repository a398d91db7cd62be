"""Comments that are meant for duly and that it does not understand."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.suppression import ignores
from duly.syntax.parse import Parsed


@lint(Severity.WARNING, Group.HYGIENE, each=Parsed)
def malformed_ignore(file: Parsed, world: World, report: Report) -> None:
    """
    A comment is addressed to duly and makes no sense to it.

    After `# duly:` stands `ignore[name, name]`, then perhaps `until` and a date as 2027-01-01, then whatever else there
    is to say about it. A comment that is not understood ignores nothing.

    Avoid:
        # duly: ignore[uncapped-rule] until May
        rule saved_sale
          when Product Sale where user saved product

    Prefer:
        # duly: ignore[uncapped-rule] until 2099-05-01
        rule saved_sale
          when Product Sale where user saved product
    """
    for ignore in ignores(file):
        if ignore.flaw:
            hint = "write `# duly: ignore[name]` or `# duly: ignore[name] until 2027-01-01`"
            report(file.source, ignore.span, ignore.flaw, hint)

"""Comments that ignore what is not there."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.run import lint_rules
from duly.lint.suppression import Ignore, Name, ignores
from duly.syntax.parse import Parsed

_ABOUT_IGNORING = frozenset({"unused-ignore", "expired-ignore", "unknown-ignore", "unnamed-ignore", "malformed-ignore"})


@lint(Severity.WARNING, Group.HYGIENE, each=Parsed, fixable=True)
def unused_ignore(file: Parsed, world: World, report: Report) -> None:
    """
    A comment asks to ignore a finding, and there is none.

    Once the rule has been mended, the comment has nothing left to do but to hide the next mistake in the same place.

    Avoid:
        rule saved_sale
          when Product Sale where user saved product
          max 1/day  # duly: ignore[uncapped-rule]

    Prefer:
        rule saved_sale
          when Product Sale where user saved product
          max 1/day
    """
    for ignore in ignores(file):
        if not ignore.flaw and not ignore.expired(world.today):
            for name in ignore.names:
                if _unused(ignore, name, world):
                    message = f"there is no finding of `{name.text}` to ignore here"
                    report(file.source, name.span, message, "remove it", (ignore.without(name),))


def _unused(ignore: Ignore, name: Name, world: World) -> bool:
    rule = lint_rules().get(name.text)
    if rule is None or name.text in _ABOUT_IGNORING:
        return False
    return not any(ignore.holds(name.text, found) for found in world.once(rule.findings))

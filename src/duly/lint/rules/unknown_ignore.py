"""Comments that ignore lint rules which do not exist."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.run import lint_rules
from duly.lint.suppression import Name, ignores
from duly.syntax.parse import Parsed
from duly.vocabulary.words import nearest


@lint(Severity.WARNING, Group.HYGIENE, each=Parsed, fixable=True)
def unknown_ignore(file: Parsed, world: World, report: Report) -> None:
    """
    A comment asks to ignore a lint rule that does not exist.

    The finding it was written for is reported all the same. The errors of the checker are no lint rules and cannot be
    ignored: a rule set that has one cannot be published. `duly rule` lists what can be ignored.

    Avoid:
        # duly: ignore[uncaped-rule]
        rule saved_sale
          when Product Sale where user saved product

    Prefer:
        # duly: ignore[uncapped-rule]
        rule saved_sale
          when Product Sale where user saved product
    """
    errors = {found.code for found in world.checked.diagnostics}
    for ignore in ignores(file):
        for name in ignore.names:
            if name.text in errors:
                message = f"`{name.text}` is an error, and errors cannot be ignored"
                report(file.source, name.span, message, "mend the error and remove the name here")
            elif name.text not in lint_rules():
                hint, edits = _guess(name)
                report(file.source, name.span, f"there is no lint rule `{name.text}`", hint, edits)


def _guess(name: Name) -> tuple[str, tuple[Edit, ...]]:
    guess = nearest(name.text, lint_rules())
    if guess is None:
        return "`duly rule` lists the names", ()
    return f"did you mean `{guess}`?", (Edit(name.span, guess),)

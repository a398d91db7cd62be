"""Comments about what is still to do."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed)
def todo_comment(file: Parsed, world: World, report: Report) -> None:
    """
    A comment says that something is still to be done.

    What is published is decided with as it stands. A list of tasks is seen by more people.

    Avoid:
        # TODO ask legal about the hours
        quiet 22:00 to 08:00 local

    Prefer:
        # the hours that the law of all our countries allows
        quiet 22:00 to 08:00 local
    """
    for comment in file.comments:
        found = _TODO.search(comment.text)
        if found is not None:
            message = f"`{found.group()}` says that something is still to be done"
            report(file.source, comment.span, message, "do it, or note it where tasks are kept")


_TODO = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")

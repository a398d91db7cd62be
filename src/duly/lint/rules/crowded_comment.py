"""Comments without a space after their sign."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.source import Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def crowded_comment(file: Parsed, world: World, report: Report) -> None:
    """
    A comment has no space between `#` and its words.

    All others have one, and the eye finds the words behind it.

    Avoid:
        #the night, wherever people are
        quiet 22:00 to 08:00 local

    Prefer:
        # the night, wherever people are
        quiet 22:00 to 08:00 local
    """
    for comment in file.comments:
        if _CROWDED.match(comment.text):
            place = Span(comment.span.start + 1, comment.span.start + 1)
            edits = (Edit(place, " "),)
            report(file.source, comment.span, "there is no space after the `#`", "add one", edits)


_CROWDED = re.compile(r"#\w")

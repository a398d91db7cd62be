"""Comments without words."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.rule import Group, Report, World, lint
from duly.source import Source, Span
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed, fixable=True)
def empty_comment(file: Parsed, world: World, report: Report) -> None:
    """
    A comment has no words.

    One between two lines of comment divides paragraphs and may stay.

    Avoid:
        #
        quiet 22:00 to 08:00 local

    Prefer:
        quiet 22:00 to 08:00 local
    """
    lines = {
        file.source.position(comment.span.start).line for comment in file.comments if not _EMPTY.match(comment.text)
    }
    for comment in file.comments:
        line = file.source.position(comment.span.start).line if _EMPTY.match(comment.text) else 0
        if line and not {line - 1, line + 1} <= lines:
            edits = (without_statement(file.source, comment.span),) if _alone(file.source, comment.span) else ()
            report(file.source, comment.span, "this comment has no words", "take it out", edits)


def _alone(source: Source, span: Span) -> bool:
    return not source.text[source.text.rfind("\n", 0, span.start) + 1 : span.start].strip()


_EMPTY = re.compile(r"#+\s*\Z")

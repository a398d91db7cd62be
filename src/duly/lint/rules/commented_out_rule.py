"""Rules and clauses that hide in comments."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint
from duly.syntax.parse import Parsed


@lint(Severity.ADVICE, Group.STYLE, each=Parsed)
def commented_out_rule(file: Parsed, world: World, report: Report) -> None:
    """
    A comment looks like a rule or a clause that was switched off.

    Nobody checks it, and after a year nobody knows why it is there. What was removed is in the history of the file.

    Avoid:
        when Product Sale where user saved product
          # at 18:00 local
          max 1/day

    Prefer:
        when Product Sale where user saved product
          max 1/day
    """
    for comment in file.comments:
        if _CODE.match(comment.text):
            report(file.source, comment.span, "this comment looks like a rule", "take it out, or switch it on again")


_CODE = re.compile(
    r'#+\s*(?:rule [a-z]\w*(?: "|$)|when (?:[A-Z"]|user (?:enters|leaves) )|where (?:user|not|[a-z_.]+ [<>=!])'
    r'|max \d+(?:/| per )|(?:at|between) \d\d:\d\d |quiet \d|limit \w+ \d|expires after \d|send (?:title )?"'
    r"|(?:segment|category|relation) \w+.*:)"
)

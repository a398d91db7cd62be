"""Event names in quotes that need none."""

from __future__ import annotations

import re

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.NAMES, each=Checked, fixable=True)
def needlessly_quoted_event(_checked: Checked, world: World, report: Report) -> None:
    """
    An event name is in quotes although it would be read without them.

    Quotes are for names such as `"order_completed"`; capitalised words say at a glance that an event is meant.

    Avoid:
        when "Product Sale" where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day
    """
    part: Part[nodes.EventName]
    for part in world.once(written_parts).get(nodes.EventName, ()):
        text, span = part.source.text, part.node.span
        if text[span.start] == '"':
            bare = text[span.start + 1 : span.end - 1]
            found = _EVENT.match(bare + text[span.end : span.end + 80])
            if found is not None and found.group() == bare:
                edits = (Edit(span, bare),)
                report(part.source, span, f"`{bare}` needs no quotes", f"write `{bare}`", edits)


_WORD = r"[A-Z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*"
_EVENT = re.compile(rf"{_WORD}(?:[ \t]+(?:(?:to|from|of)[ \t]+)?{_WORD})*(?![\w.])")

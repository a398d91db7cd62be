"""Days of the week that have a word in common."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.TIME, each=nodes.OnDays, fixable=True)
def spelled_out_weekdays(part: Part[nodes.OnDays], world: World, report: Report) -> None:
    """
    The days from Monday to Friday, or Saturday and Sunday, are listed one by one.

    A list invites the question which day is missing.

    Avoid:
        when Product Sale where user saved product, on Mon, Tue, Wed, Thu, Fri, max 1/day

    Prefer:
        when Product Sale where user saved product, on weekdays, max 1/day
    """
    word = _WORDS.get(frozenset(day.value for day in part.node.days))
    if word is not None and part.node.days[0].span.end > part.node.days[0].span.start:
        written = part.source.text[part.node.span.start : part.node.span.end]
        if word not in written:
            edit = Edit(part.node.span, f"on {word}")
            report(part.source, part.node.span, f"these are the {word}", f"write `on {word}`", (edit,))


_WORDS = {frozenset({0, 1, 2, 3, 4}): "weekdays", frozenset({5, 6}): "weekends"}

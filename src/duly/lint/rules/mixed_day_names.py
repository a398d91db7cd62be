"""Short and long names of days in one list."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.STYLE, each=nodes.OnDays, fixable=True)
def mixed_day_names(part: Part[nodes.OnDays], world: World, report: Report) -> None:
    """
    A list of days has short and long names.

    One spelling is easier to read and to search for.

    Avoid:
        when Product Sale where user saved product, on Mon, Wednesday, Fri, max 1/day

    Prefer:
        when Product Sale where user saved product, on Mon, Wed, Fri, max 1/day
    """
    spans = [day.span for day in part.node.days]
    names = [part.source.text[span.start : span.end] for span in spans]
    lengths = {len(name) == 3 for name in names if name.endswith("day") or len(name) == 3}
    if len(lengths) == 2:
        edits = tuple(
            Edit(span, name[:3])
            for span, name in zip(spans, names, strict=True)
            if len(name) > 3 and name.endswith("day")
        )
        report(part.source, part.node.span, "some of these names are short and some are long", "shorten all", edits)

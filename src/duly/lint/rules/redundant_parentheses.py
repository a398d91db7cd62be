"""Parentheses around parentheses."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.logic.spelling import layers, raw, replaced, spelled
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes

_CONDITIONS = (
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Comparison,
    nodes.OneOf,
    nodes.Within,
    nodes.TextTest,
    nodes.Matches,
    nodes.Missing,
    nodes.Related,
    nodes.InSegment,
    nodes.OptedIn,
    nodes.Did,
    nodes.DidNot,
)


@lint(Severity.ADVICE, Group.LOGIC, each=Checked, fixable=True)
def redundant_parentheses(_checked: Checked, world: World, report: Report) -> None:
    """
    A condition stands in more than one pair of parentheses.

    One pair says what belongs together. More of them make a reader count.

    Avoid:
        when Order Completed where total > 50 and ((items > 3 or user.premium is true)), max 1/day

    Prefer:
        when Order Completed where total > 50 and (items > 3 or user.premium is true), max 1/day
    """
    written = world.once(written_parts)
    for kind in _CONDITIONS:
        for part in written.get(kind, ()):
            if (
                part.source.text[part.node.span.start - 1] == "("
                and len(around := layers(part.source, part.node.span)) > 1
            ):
                inner = part.source.text[around[0].start : around[0].end]
                edits: tuple[Edit, ...] = replaced(part.source, around[-1], inner)
                message = f"{spelled(part.source, part.node.span)} is in {len(around)} pairs of parentheses"
                report(
                    part.source,
                    around[-1],
                    message,
                    f"keep one: `({' '.join(raw(part.source, part.node).split())})`",
                    edits,
                )

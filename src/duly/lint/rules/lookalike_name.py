"""Names that differ in underscores or endings only."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def lookalike_name(checked: Checked, world: World, report: Report) -> None:
    """
    Two rules, segments, categories or relations have names that differ only in underscores.

    Whoever reads one takes it for the other, and so does whoever reports on them.

    Avoid:
        category price_drops "Price drops": opt in
        category pricedrops "Cheaper now": opt in

    Prefer:
        category price_drops "Price drops": opt in
        category restocks "Back in stock": opt in
    """
    for kind in (nodes.Rule, nodes.Segment, nodes.Category, nodes.Relation):
        seen: dict[str, str] = {}
        for part in world.once(written_parts).get(kind, ()):
            name = part.node.name
            first = seen.setdefault(name.value.replace("_", ""), name.value) if name else None
            if name and first != name.value:
                message = f"`{name.value}` differs from `{first}` only in underscores"
                report(part.source, name.span, message, "choose names that cannot be mistaken")

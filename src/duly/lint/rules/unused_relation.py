"""Relations that nothing asks about."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.edits import without_statement
from duly.lint.parts import all_is_known
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.HYGIENE, each=Checked, fixable=True)
def unused_relation(checked: Checked, world: World, report: Report) -> None:
    """
    A relation is used by no rule, not even for its key.

    It is kept for every user and object all the same.

    Avoid:
        relation rated: user to shop by shop_id, added by Shop Rated
        when Product Sale where user saved product, max 1/day

    Prefer:
        when Product Sale where user saved product, max 1/day

    A relation to the object of a cap such as `max 1/day per shop` says which property is the key, and is used.
    """
    found = world.once(written_parts)
    used = {part.node.relation.value for part in found.get(nodes.Related, ())}
    counted = {part.node.per.value for part in found.get(nodes.Max, ()) if part.node.per is not None}
    for part in found.get(nodes.Relation, ()) if all_is_known(checked) else ():
        if part.node.name.value not in used and part.node.object.value not in counted:
            edit = without_statement(part.source, part.node.span)
            report(
                part.source,
                part.node.name.span,
                f"nothing uses the relation `{part.node.name.value}`",
                "take it out",
                (edit,),
            )

"""Values that the tracking plan never allows."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.WARNING, Group.NAMES, each=Checked)
def value_outside_plan(_checked: Checked, world: World, report: Report) -> None:
    """
    A trait is compared with a value that the tracking plan says it never has.

    The comparison is then the same for everybody.

    Avoid:
        use "tracking-plan.json"
        when Order Completed where user.plan = "gold", max 1/day

    Prefer:
        use "tracking-plan.json"
        when Order Completed where user.plan = "pro", max 1/day
    """
    plan = world.checked.tracking_plan
    if plan is None:
        return
    for part in (*world.once(written_parts).get(nodes.Comparison, ()), *world.once(written_parts).get(nodes.OneOf, ())):
        path, values = _compared(part.node)
        known = plan.traits.properties.get(path)
        allowed_values = known.enum if known is not None else ()
        for value in values if allowed_values else ():
            if value.value not in allowed_values:
                allowed = ", ".join(f"`{item}`" for item in allowed_values)
                message = f"the trait `{'.'.join(path)}` is never `{value.value}`"
                report(part.source, value.span, message, f"the tracking plan allows {allowed}")


def _compared(node: nodes.Comparison | nodes.OneOf) -> tuple[tuple[str, ...], list[nodes.Text]]:
    """The path of the trait without `user`, and the texts it is compared with for equality."""
    value: nodes.Value
    items: tuple[nodes.Value, ...]
    if isinstance(node, nodes.OneOf):
        value, items = node.value, node.items
    elif node.operator in ("=", "!="):
        value, items = node.left, (node.right,)
    else:
        return (), []
    if not isinstance(value, nodes.Path) or value.parts[0] != "user":
        return (), []
    return value.parts[1:], [item for item in items if isinstance(item, nodes.Text)]

"""Checks what a rule says, to which part of its audience, and what counts as success."""

from __future__ import annotations

from duly.meaning import errors, model
from duly.meaning.check_value import check_duration, check_key, check_property
from duly.meaning.clauses import Clauses
from duly.meaning.names import Scope
from duly.syntax import nodes
from duly.vocabulary.types import Type

_ROUNDING = 1e-9
_SHOWN = (Type.LIST, Type.OBJECT)


def check_message(clauses: Clauses) -> model.Message | None:
    """The one `send` of a rule, which variants would contradict."""
    hint = "put the text of the `send` into a variant, or leave the variants out"
    clauses.contradict(nodes.Send, nodes.Variant, ("send", "variant"), hint)
    node = clauses.one(nodes.Send, "send")
    return _message(clauses.scope, node) if node else None


def _message(scope: Scope, node: nodes.Send) -> model.Message:
    title, body, link = (_template(scope, part) for part in (node.title, node.body, node.link))
    if not title and not body:
        scope.report(errors.empty_message(scope.source, node.span))
    return model.Message(title, body, link, node.span)


def _template(scope: Scope, node: nodes.Template | None) -> model.Template:
    parts = node.parts if node else ()
    slots = (part if isinstance(part, str) else _slot(scope, part) for part in parts)
    return tuple(slot for slot in slots if slot is not None)


def _slot(scope: Scope, node: nodes.Slot) -> model.Slot | None:
    value = check_property(scope, node.path)
    if value is None:
        return None
    if value.type in _SHOWN:
        scope.report(errors.unshowable(scope.source, node.span, scope.text(node.path.span), value.type))
    if node.percent and value.type not in (Type.NUMBER, Type.ANY):
        scope.report(errors.wrong_type(scope.source, node.span, "`as percent`", Type.NUMBER, value.type))
    return model.Slot(value, node.fallback, node.percent)


def check_experiment(clauses: Clauses, rule: str) -> model.Experiment | None:
    """The variants of a rule; they are seeded with the name of the rule unless `experiment` gives another key."""
    variants = tuple(_variant(clauses.scope, node) for node in clauses.all(nodes.Variant))
    clauses.need(nodes.Experiment, "experiment", (nodes.Variant,), "a variant")
    node = clauses.one(nodes.Experiment, "experiment")
    if not variants:
        return None
    _distinct(clauses.scope, clauses.all(nodes.Variant))
    _weigh(clauses, variants)
    key = node.key.value if node and node.key else rule
    coverage = _share(clauses.scope, node.coverage, "the coverage") if node and node.coverage else 1.0
    return model.Experiment(key, variants, coverage)


def _variant(scope: Scope, node: nodes.Variant) -> model.Variant:
    weight = _share(scope, node.weight, "the weight of a variant")
    return model.Variant(node.name.value, weight, _message(scope, node.message), node.span)


def _distinct(scope: Scope, variants: list[nodes.Variant]) -> None:
    first: dict[str, nodes.Variant] = {}
    for node in variants:
        other = first.setdefault(node.name.value, node)
        if other is not node:
            location = scope.source.location(other.name.span)
            scope.report(errors.duplicate_name(scope.source, node.name.span, "variant", node.name.value, location))


def _weigh(clauses: Clauses, variants: tuple[model.Variant, ...]) -> None:
    total = sum(variant.weight for variant in variants)
    if total > 1 + _ROUNDING:
        scope = clauses.scope
        scope.report(errors.too_much_weight(scope.source, variants[-1].span, f"{total * 100:.6g}%"))


def _share(scope: Scope, node: nodes.Percent, what: str) -> float:
    if not 0 <= node.value <= 1:
        scope.report(errors.out_of_range(scope.source, node.span, what, "0%", "100%"))
    return node.value


def check_holdout(scope: Scope, node: nodes.Holdout | None, seed: str) -> model.Holdout | None:
    """A control group; `seed` is its seed when none is written, which must be no experiment's."""
    if node is None:
        return None
    share = _share(scope, node.share, "the holdout")
    return model.Holdout(share, node.seed.value if node.seed else seed, node.span)


def check_goal(clauses: Clauses) -> model.Goal | None:
    """What counts as success."""
    node = clauses.one(nodes.Goal, "goal")
    if node is None:
        return None
    names = clauses.scope.event_names_of(node.events) or ()
    within = check_duration(clauses.scope, node.within, "`within`") or 0
    return model.Goal(names, within, check_key(clauses.scope, node.key), None, node.span)


def check_unless(clauses: Clauses) -> tuple[model.Unless, ...]:
    """What cancels the notification."""
    return tuple(_unless(clauses.scope, node) for node in clauses.all(nodes.Unless))


def _unless(scope: Scope, node: nodes.Unless) -> model.Unless:
    return model.Unless(scope.event_names_of(node.events) or (), check_key(scope, node.key), None, node.span)


def check_expiry(clauses: Clauses) -> model.Expiry:
    """When it is too late: a day after the event, another while after it, or at an instant that the event carries."""
    hint = "keep one of the two"
    clauses.contradict(nodes.ExpiresAfter, nodes.ExpiresAt, ("expires after", "expires at"), hint)
    after = clauses.one(nodes.ExpiresAfter, "expires after")
    at = clauses.one(nodes.ExpiresAt, "expires at")
    scope = clauses.scope
    if at is not None:
        return model.Expiry(model.DAY, _instant(scope, at), at.span)
    if after is not None:
        return model.Expiry(check_duration(scope, after.duration, "`expires after`") or 0, None, after.span)
    return _IN_A_DAY


_IN_A_DAY = model.Expiry()


def _instant(scope: Scope, node: nodes.ExpiresAt) -> model.Property | None:
    value = check_property(scope, node.path)
    if value is None:
        return None
    if value.scope == "user":
        scope.report(errors.trait_as_expiry(scope.source, node.path.span, scope.text(node.path.span)))
    if value.type not in (Type.ANY, Type.TEXT, Type.INSTANT, Type.DATE):
        scope.report(errors.wrong_type(scope.source, node.path.span, "`expires at`", Type.INSTANT, value.type))
    return value

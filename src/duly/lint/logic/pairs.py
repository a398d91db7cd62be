"""What a comparison of two values, neither of them a literal, leaves of how they lie to each other."""

from __future__ import annotations

from enum import Enum

from duly.conditions.family import JSON, family
from duly.lint.logic import variables
from duly.lint.logic.domains import ONLY_TEXTS, SCALARS, Among, Domain
from duly.lint.logic.variables import Pair, Variable
from duly.lint.logic.wants import Want
from duly.meaning.model import Property, Type, Value


class Lie(Enum):
    """How a value lies to another. Truth values have no order; what cannot be compared is unknown."""

    LESS = "less"
    EQUAL = "equal"
    MORE = "more"
    SAME = "same truth"
    OTHER = "other truth"
    UNKNOWN = "unknown"


_TURNED = {Lie.LESS: Lie.MORE, Lie.MORE: Lie.LESS}
_TRUE = {
    "=": frozenset({Lie.EQUAL, Lie.SAME}),
    "!=": frozenset({Lie.LESS, Lie.MORE, Lie.OTHER}),
    "<": frozenset({Lie.LESS}),
    "<=": frozenset({Lie.LESS, Lie.EQUAL}),
    ">": frozenset({Lie.MORE}),
    ">=": frozenset({Lie.MORE, Lie.EQUAL}),
}
_ORDERED = frozenset({Lie.LESS, Lie.EQUAL, Lie.MORE})
_TRUTHS = frozenset({Lie.SAME, Lie.OTHER})
_WITH_ITSELF = frozenset({Lie.EQUAL, Lie.SAME, Lie.UNKNOWN})


def ordered(
    left: Value, operator: str, right: Value, kind: Type, want: Want
) -> tuple[tuple[Variable, Domain], ...] | None:
    """What `left operator right` leaves."""
    lies = _wanted(operator, want) & _possible(left, right, kind)
    if not lies:
        return None
    present = () if Lie.UNKNOWN in lies else _present((left, right), kind)
    if repr(right) < repr(left):
        left, right, lies = right, left, frozenset(_TURNED.get(lie, lie) for lie in lies)
    return ((Pair(left, right), Among(lies)), *present)


def _wanted(operator: str, want: Want) -> frozenset[Lie]:
    decided = _ORDERED | _TRUTHS if operator in ("=", "!=") else _ORDERED
    true = _TRUE[operator]
    chosen = true if want.positive else decided - true
    return chosen | (frozenset(Lie) - decided) if want.open else chosen


def _possible(left: Value, right: Value, kind: Type) -> frozenset[Lie]:
    truths = kind is Type.ANY and not {family(left), family(right)} & {Type.NUMBER, Type.TEXT}
    possible = frozenset(Lie) if truths else frozenset(Lie) - _TRUTHS
    return possible & _WITH_ITSELF if left == right else possible


def _present(sides: tuple[Value, Value], kind: Type) -> tuple[tuple[Variable, Domain], ...]:
    """What is compared is there, and neither a list nor an object."""
    domain = SCALARS if kind in JSON else ONLY_TEXTS
    return tuple((variables.carried(side), domain) for side in sides if isinstance(side, Property))

"""Why a condition is true, false or unknown: a slow, plain interpreter of the model."""

from __future__ import annotations

from duly.conditions import kinds  # noqa: F401 - registers all kinds
from duly.conditions.context import Facts
from duly.conditions.truth import Explained, Seen, Sensitive, Unknown, View, explanation
from duly.meaning.model import Condition, Property

__all__ = ["Explained", "Seen", "Unknown", "explain"]


def explain(condition: Condition | None, facts: Facts, sensitive: Sensitive | None = None) -> Explained:
    """
    The truth of `condition`, of every part of it, the values read and, where unknown, the cause.

    `sensitive` says of a property whether its value must stay hidden. No condition at all is true.
    """
    if condition is None:
        return Explained(True, "always")
    return explanation(condition, View(facts, facts.event, sensitive or _open))


def _open(_: Property) -> bool:
    return False

"""Which time zone a user lives in."""

from __future__ import annotations

from functools import lru_cache

from duly.engine.state import User
from duly.planning.plan import Plan
from duly.timing.zone import ZoneChoice, pick_zone


def local_zone(plan: Plan, user: User) -> ZoneChoice:
    """The user's zone: the one they chose, else the latest of their devices, else the house's, else UTC."""
    trait = user.traits.get("timezone")
    pick = _remembered if type(trait) is str or trait is None else _picked
    return pick(trait, user.context_zone, plan.rule_set.timezone)


def _picked(trait: object, context: str, house: str | None) -> ZoneChoice:
    return pick_zone((("trait timezone", trait), ("context timezone", context or None), ("house", house)))


_remembered = lru_cache(4096)(_picked)

"""How many notifications caps, limits and gaps let through at most, in one period and in another."""

from __future__ import annotations

from duly.lint.rule import World
from duly.meaning import model
from duly.meaning.model import DAY, HOUR, WEEK, Calendar, Rolling

Window = Calendar | Rolling
House = model.Limit | model.Gap | model.Quiet

_LONGEST = {"hour": HOUR, "day": 25 * HOUR, "week": WEEK + HOUR, "month": 31 * DAY + HOUR}
_SHORTEST = {"hour": HOUR // 2, "day": 23 * HOUR, "week": WEEK - HOUR, "month": 28 * DAY - HOUR}
_NESTED = {
    ("hour", "day"): 25,
    ("hour", "week"): 7 * 24 + 1,
    ("hour", "month"): 31 * 24 + 1,
    ("day", "week"): 7,
    ("day", "month"): 31,
    ("week", "month"): 6,
}


def most(limit: int, window: Window, other: Window) -> int:
    """
    No more than this can go out in any `other` window when `limit` may in each `window`.

    An upper bound: days have up to 25 hours, and a rolling window can touch one calendar period more than it is long.
    """
    if window == other:
        return limit
    if isinstance(window, Rolling):
        return limit * -(-longest(other) // window.duration)
    if isinstance(other, Calendar):
        return limit * _NESTED.get((window.unit, other.unit), 1)
    return limit * (-(-other.duration // _SHORTEST[window.unit]) + 1)


def longest(window: Window) -> int:
    """How long a window can be, in microseconds; days and all that is made of them with a clock change in them."""
    return window.duration if isinstance(window, Rolling) else _LONGEST[window.unit]


def transactional(world: World, rule: model.Rule) -> bool:
    """Whether house rules pass a rule by."""
    category = world.rule_set.categories.get(rule.category)
    return category is not None and category.transactional


def binds(house: House, rule: model.Rule) -> bool:
    """Whether a house rule concerns the category and channel of a rule."""
    return house.category in (None, rule.category) and house.channel in (None, rule.channel)


def limits_on(world: World, rule: model.Rule) -> list[model.Limit]:
    """The house limits that bind a rule."""
    if not world.rule_set.limits or transactional(world, rule):
        return []
    return [limit for limit in world.rule_set.limits if binds(limit, rule)]


def gap_of(world: World, rule: model.Rule) -> int:
    """The longest gap that binds a rule, in microseconds, 0 when none does."""
    if not world.rule_set.gaps or transactional(world, rule):
        return 0
    return max((gap.duration for gap in world.rule_set.gaps if binds(gap, rule)), default=0)

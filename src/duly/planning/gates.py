"""The timing and frequency clauses of a rule, with the house rules that bind it, in the form the solver takes."""

from __future__ import annotations

from duly.meaning import model
from duly.planning.plan import CapPlan, GapPlan, QuietPlan
from duly.timing import window as timing

_ALL_WEEK = 0b1111111
_UNITS = {model.HOUR: "hour", model.DAY: "day", model.WEEK: "week", model.MINUTE: "minute"}


def schedule_of(written: model.Timing) -> timing.Schedule:
    """The permitted hours and days of a rule."""
    days = timing.Days(
        weekdays=sum(1 << day for day in written.weekdays) or _ALL_WEEK,
        dates=tuple((start.toordinal() - _EPOCH, end.toordinal() - _EPOCH) for start, end in written.dates),
        seasons=tuple((season.start, season.end) for season in written.seasons),
        holidays=written.holidays,
    )
    at, grace = _windows(written)
    return timing.Schedule(
        at=at,
        between=tuple(timing.Arc(hours.start, hours.end) for hours in written.between),
        days=days,
        after=written.after,
        passed=_PASSED[written.passed.kind],
        grace=grace,
        zone=_zone(written),
    )


def _windows(written: model.Timing) -> tuple[tuple[int, ...], int]:
    """The times of day that open a window, and how long it is: for the best time, all the hours that are allowed."""
    if written.best is not None:
        return (written.best.start,), timing.Arc(written.best.start, written.best.end).length
    grace = written.passed.duration if written.passed.kind == "within" else model.HOUR
    return tuple(at.wall for at in written.at), grace


def best_of(written: model.Timing) -> timing.Arc | None:
    """The hours of which the best for a user is chosen, if the rule leaves it open."""
    return None if written.best is None else timing.Arc(written.best.start, written.best.end)


_EPOCH = 719163
"""`date(1970, 1, 1).toordinal()`: the solver counts days from the epoch."""


_PASSED = {kind.value: kind for kind in timing.Passed}


def _zone(written: model.Timing) -> str | None:
    best = [] if written.best is None else [written.best.zone]
    named = best + [at.zone for at in written.at] + [hours.zone for hours in written.between]
    return next((name for name in named if name is not None), written.zone)


def caps_of(rule: model.Rule, category: model.Category, rule_set: model.RuleSet) -> tuple[CapPlan, ...]:
    """The rule's own caps, then the house limits that count it."""
    own = [
        CapPlan(
            timing.Cap(cap.limit, cap.window),
            cap_text(cap),
            rule=rule.name,
            per_object=cap.per_product,
            former=rule.was,
        )
        for cap in rule.caps
    ]
    if category.transactional:
        return tuple(own)
    house = [
        CapPlan(
            timing.Cap(limit.limit, limit.window),
            f"limit {limit.name} {rate_text(limit.limit, limit.window)}",
            category=limit.category,
            channel=limit.channel,
        )
        for limit in rule_set.limits
        if _binds(limit, rule)
    ]
    return (*own, *house)


LEAST_KEPT = 35 * model.DAY
"""How long sends are remembered at least, so that a cap that is published later knows the last month."""

_LONGEST = {"hour": 2 * model.HOUR, "day": 3 * model.DAY, "week": 9 * model.DAY, "month": 33 * model.DAY}
"""How far back a calendar period can reach, with room for a change of zone."""


def sends_kept(rule_set: model.RuleSet) -> int:
    """For how long, in microseconds, the sends of a user matter to some cap, limit or gap."""
    windows = [cap.window for rule in rule_set.rules.values() for cap in rule.caps]
    windows += [limit.window for limit in rule_set.limits]
    reaches = [w.duration if isinstance(w, model.Rolling) else _LONGEST[w.unit] for w in set(windows)]
    return max(LEAST_KEPT, *reaches, *(gap.duration for gap in rule_set.gaps), 0)


def quiet_of(rule: model.Rule, category: model.Category, rule_set: model.RuleSet) -> tuple[QuietPlan, ...]:
    """The quiet hours that bind a rule; all of them hold, so the strictest wins."""
    if category.transactional:
        return ()
    return tuple(
        QuietPlan(timing.Arc(quiet.hours.start, quiet.hours.end), quiet.hours.zone, f"quiet {hours_text(quiet.hours)}")
        for quiet in rule_set.quiet
        if _binds(quiet, rule)
    )


def gaps_of(rule: model.Rule, category: model.Category, rule_set: model.RuleSet) -> tuple[GapPlan, ...]:
    """The gaps that bind a rule."""
    if category.transactional:
        return ()
    return tuple(GapPlan(gap.duration, gap.category, gap.channel) for gap in rule_set.gaps if _binds(gap, rule))


def _binds(house: model.Limit | model.Quiet | model.Gap, rule: model.Rule) -> bool:
    return house.category in (None, rule.category) and house.channel in (None, rule.channel)


# --- in words ---------------------------------------------------------------------------------------------------------


def cap_text(cap: model.Cap) -> str:
    """A cap as a rule writes it."""
    return f"max {rate_text(cap.limit, cap.window)}" + (f" per {cap.per}" if cap.per_product else "")


def rate_text(limit: int, window: model.Calendar | model.Rolling) -> str:
    """`3/day` or `3 per 12 hours`."""
    if isinstance(window, model.Calendar):
        return f"{limit}/{window.unit}"
    return f"{limit} per {duration_text(window.duration)}"


def duration_text(duration: int) -> str:
    """A duration in its largest whole unit, such as `90 minutes`; seconds where it must be."""
    for size, name in sorted(_UNITS.items(), reverse=True):
        if duration and duration % size == 0:
            number = duration // size
            return f"{number} {name}" + ("" if number == 1 else "s")
    return f"{duration / model.SECOND:g} seconds"


def clock_text(wall: int) -> str:
    """`18:00`."""
    return f"{wall // model.HOUR:02}:{wall % model.HOUR // model.MINUTE:02}"


def hours_text(hours: model.Hours) -> str:
    """`22:00 to 08:00 local`."""
    zone = f'"{hours.zone}"' if hours.zone else "local"
    return f"{clock_text(hours.start)} to {clock_text(hours.end)} {zone}"

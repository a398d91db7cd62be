"""The gates of a rule with their parameters, in the words of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duly.conditions.words import WEEKDAYS, duration_words, event_words, quoted, words
from duly.meaning import model
from duly.planning.gates import clock_text, hours_text
from duly.planning.plan import RulePlan

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class GateText:
    """One gate and what it demands; with no demands it is always open. `waived` are house rules it does not obey."""

    name: str
    demands: tuple[str, ...] = ()
    waived: bool = False


def gates(rule: RulePlan, house: model.Holdout | None = None) -> tuple[GateText, ...]:
    """All gates of a rule, in the order in which they are asked; `house` is the control group of all rules."""
    written = rule.rule
    return (
        GateText("match", (words(written.where),) if written.where is not None else ()),
        GateText("duplicate", ("once for each user and message",)),
        GateText(
            "holdout", tuple(_holdouts(written.holdout, None if rule.transactional else house)), rule.transactional
        ),
        GateText("consent", (_consent(rule),)),
        GateText("cancelled", tuple(_cancelled(written))),
        GateText("expiry", (_expiry(rule),)),
        GateText("time", tuple(_time(rule)), rule.transactional),
        GateText("caps", tuple(_caps(rule)), rule.transactional),
        GateText("competition", (f"priority {rule.priority}",)),
    )


def percent_text(share: float) -> str:
    """`2.5%` for 0.025."""
    return f"{share * 100:.6g}%"


def _holdouts(*groups: model.Holdout | None) -> Iterator[str]:
    for group in groups:
        if group is not None:
            yield f"not in the {percent_text(group.share)} of {quoted(group.seed)}"


def _consent(rule: RulePlan) -> str:
    needs = "subscribed" if rule.category.opt_in else "not unsubscribed"
    return f"{needs} for {rule.category.name} by {rule.channel}"


def _cancelled(rule: model.Rule) -> Iterator[str]:
    for unless in rule.unless:
        key = f" with the same {'.'.join(unless.key)}" if unless.key else ""
        where = f" where {words(unless.where)}" if unless.where is not None else ""
        yield f"unless {event_words(unless.names)}{where}{key}"


def _expiry(rule: RulePlan) -> str:
    if rule.expires_at is not None:
        return f"before {'.'.join(rule.expires_at)} of the event"
    return f"within {duration_words(rule.expiry)} of event time"


def _time(rule: RulePlan) -> Iterator[str]:
    timing = rule.rule.timing
    if timing.after:
        yield f"after {duration_words(timing.after)}"
    for at in timing.at:
        yield f"at {clock_text(at.wall)} {_zone(at.zone)}, {_passed(timing.passed)}"
    for hours in timing.between:
        yield f"between {hours_text(hours).replace(' to ', ' and ', 1)}"
    if timing.best is not None:
        yield f"at best time between {hours_text(timing.best).replace(' to ', ' and ', 1)}"
    yield from _days(timing)
    yield from (f"not in {quiet.text}" for quiet in rule.quiet)
    yield from (f"gap {duration_words(gap.duration)}" for gap in rule.gaps)


def _zone(name: str | None) -> str:
    return "local" if name is None else quoted(name)


def _passed(passed: model.Passed) -> str:
    if passed.kind in ("grace", "within"):
        return f"for {duration_words(passed.duration)}"
    return f"if passed {passed.kind}"


def _days(timing: model.Timing) -> Iterator[str]:
    if timing.weekdays:
        yield "on " + ", ".join(WEEKDAYS[day][:3] for day in sorted(timing.weekdays))
    for first, last in timing.dates:
        yield f"from {first} to {last}"
    for season in timing.seasons:
        yield f"every year from {_month_day(season.start)} to {_month_day(season.end)}"
    if timing.holidays is not None:
        yield f"{timing.holidays} holidays"


def _month_day(day: tuple[int, int]) -> str:
    return f"{_MONTHS[day[0] - 1]} {day[1]}"


def _caps(rule: RulePlan) -> Iterator[str]:
    yield from (cap.text for cap in rule.caps)
    if rule.caps and rule.wait is not None:
        yield f"or wait {duration_words(rule.wait)}"

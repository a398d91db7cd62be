"""The parts of sentences about clauses: events, times of day, rates and scopes in plain words."""

from __future__ import annotations

from duly.conditions.words import duration_words, event_words
from duly.planning.gates import clock_text
from duly.syntax import nodes

_PERIODS = {
    "hour": "an hour of the clock",
    "day": "a calendar day",
    "week": "a calendar week (from Monday)",
    "month": "a calendar month",
}


def events(events: tuple[nodes.EventName, ...]) -> str:
    """Event names as the language writes them."""
    return f"`{event_words(tuple(event.value for event in events))}`"


def same(key: nodes.Path | None) -> str:
    """The property that both events share, if one is named."""
    return f" with the same `{'.'.join(key.parts)}`" if key is not None else ""


def lasting(duration: nodes.Duration) -> str:
    """A duration in its largest whole unit."""
    return duration_words(duration.value)


def back(window: nodes.Duration | None) -> str:
    """How far back history is looked at."""
    return f" in the last {duration_words(window.value)}, to the second" if window is not None else ", ever"


def time_of(time: nodes.Time) -> str:
    """A time of day."""
    return clock_text(time.value)


def hours(node: nodes.AtBestTime | nodes.Quiet, between: str = "and") -> str:
    """Two times of day."""
    return f"{time_of(node.start)} {between} {time_of(node.end)}"


def clock(zone: nodes.Zone) -> str:
    """Whose clock is meant."""
    return "the user's own clock" if zone.value is None else f"the clock of {zone.value}"


def rate(rate: nodes.Rate) -> str:
    """How often in which period."""
    times = "once" if rate.limit.value == 1 else f"{rate.limit.value} times"
    if isinstance(rate.period, nodes.CalendarPeriod):
        return f"{times} in {_PERIODS[rate.period.unit]} of their own zone"
    return f"{times} in any {duration_words(rate.period.duration.value)}"


def scoped(scope: nodes.Scope | None) -> str:
    """The category or channel a house rule is for, if any."""
    if scope is None:
        return ""
    return f" in `{scope.category.value}`" if isinstance(scope, nodes.InCategory) else f" by {scope.channel.value}"


def listed(words: list[str]) -> str:
    """Words with commas and a last `and`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""What a clause or a condition means, in a sentence of plain words."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from duly.conditions.words import WEEKDAYS, duration_words, event_words
from duly.planning.describe_gates import percent_text
from duly.planning.gates import clock_text
from duly.syntax import nodes

_PERIODS = {
    "hour": "an hour of the clock",
    "day": "a calendar day",
    "week": "a calendar week (from Monday)",
    "month": "a calendar month",
}
_PASSED = {
    "next day": "If the time of day has passed when it is due, it waits for the next day.",
    "drop": "If the time of day has passed when it is due, it is suppressed.",
}
_OPERATORS = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_SAID = {
    nodes.OnHolidays: "Sends only on public holidays of `user.country`; never while the country is unknown.",
    nodes.NotOnHolidays: "Does not send on public holidays of `user.country`.",
    nodes.OneOf: "True when the value equals one of those listed; unknown when it is missing or of another type.",
    nodes.Within: "True when the value lies between the two, both included.",
    nodes.Missing: "True when the property is absent or null. Never unknown.",
}


@singledispatch
def plain_words(node: Any) -> str:
    """The sentence for a clause or condition; empty for what needs none."""
    return _SAID.get(type(node), "")


# --- triggers ---------------------------------------------------------------------------------------------------------


@plain_words.register
def _when_event(node: nodes.WhenEvent) -> str:
    return f"Starts whenever {_events(node.events)} happens."


@plain_words.register
def _when_sequence(node: nodes.WhenSequence) -> str:
    return (
        f"Starts when {_events(node.second)} happens, if {_events(node.first)}{_same(node.key)} happened "
        f"at most {_for(node.within)} before."
    )


@plain_words.register
def _when_absent(node: nodes.WhenAbsent) -> str:
    return (
        f"Starts {_for(node.within)} after {_events(node.first)}, unless {_events(node.second)}{_same(node.key)} "
        f"happens meanwhile. A new {_events(node.first)} starts the wait anew."
    )


@plain_words.register
def _when_enters(node: nodes.WhenEnters) -> str:
    return f"Starts when a user who was not in `{node.segment.value}` comes into it."


@plain_words.register
def _when_leaves(node: nodes.WhenLeaves) -> str:
    return f"Starts when a user who was in `{node.segment.value}` is no longer in it."


@plain_words.register
def _every_day(node: nodes.EveryDay) -> str:
    days = " and ".join(WEEKDAYS[day.value] for day in node.weekdays) or "day"
    return f"Starts every {days} at midnight on the user's own clock; a time of day goes on from there."


@plain_words.register
def _every_month(node: nodes.EveryMonth) -> str:
    return f"Starts on day {node.day} of every month that has one, at midnight on the user's own clock."


# --- when -------------------------------------------------------------------------------------------------------------


@plain_words.register
def _at(node: nodes.At) -> str:
    return f"Sends when {_clock(node.zone)} shows {_time(node.time)}, or within the hour after that."


@plain_words.register
def _best(node: nodes.AtBestTime) -> str:
    return f"Sends at the hour the user opens most, between {_hours(node)} on {_clock(node.zone)}."


@plain_words.register
def _between(node: nodes.Between) -> str:
    over = " It crosses midnight." if node.end.value <= node.start.value else ""
    return f"Sends only from {_time(node.start)} until just before {_time(node.end)} on {_clock(node.zone)}.{over}"


@plain_words.register
def _on_days(node: nodes.OnDays) -> str:
    return f"Sends only on {_listed([WEEKDAYS[day.value] for day in node.days])}, by the local date."


@plain_words.register
def _from_date(node: nodes.FromDate) -> str:
    return f"Sends only from {node.start.value} to {node.end.value}, both included, by the local date."


@plain_words.register
def _every_year(node: nodes.EveryYear) -> str:
    days = [f"{node.start.day}/{node.start.month}", f"{node.end.day}/{node.end.month}"]
    return f"Sends only from {days[0]} to {days[1]} (day/month) of each year, both included."


@plain_words.register
def _after(node: nodes.After) -> str:
    return f"Waits {_for(node.duration)} after the event before anything else."


@plain_words.register
def _if_passed(node: nodes.IfPassed) -> str:
    if node.duration is not None:
        return (
            f"If the time of day has passed by less than {_for(node.duration)}, it is sent at once; else the next day."
        )
    return _PASSED.get(node.kind, "")


# --- how often --------------------------------------------------------------------------------------------------------


@plain_words.register
def _max(node: nodes.Max) -> str:
    per = f" about the same {node.per.value}" if node.per is not None else ""
    return f"Reaches one user at most {_rate(node.rate)}{per}."


@plain_words.register
def _or_wait(node: nodes.OrWait) -> str:
    return f"Over a cap, waits for a free place if one comes within {_for(node.duration)}; otherwise it is suppressed."


@plain_words.register
def _priority(node: nodes.Priority) -> str:
    return f"Goes before rules with a priority below {node.value.value} that are due at the same time."


@plain_words.register
def _limit(node: nodes.Limit) -> str:
    return f"All rules{_scope(node.scope)} together reach one user at most {_rate(node.rate)}."


@plain_words.register
def _gap(node: nodes.Gap) -> str:
    return f"Between two notifications{_scope(node.scope)} to one user lie at least {_for(node.duration)}."


@plain_words.register
def _quiet(node: nodes.Quiet) -> str:
    return (
        f"Nothing{_scope(node.scope)} is sent from {_hours(node, 'to')} on {_clock(node.zone)}; it waits for the end."
    )


# --- the rest of a rule -----------------------------------------------------------------------------------------------


@plain_words.register
def _expires_after(node: nodes.ExpiresAfter) -> str:
    return f"Is not sent later than {_for(node.duration)} after the event."


@plain_words.register
def _expires_at(node: nodes.ExpiresAt) -> str:
    return f"Is not sent at or after the instant in `{'.'.join(node.path.parts)}` of the event."


@plain_words.register
def _unless(node: nodes.Unless) -> str:
    return f"Is cancelled when {_events(node.events)}{_same(node.key)} happens before it is sent."


@plain_words.register
def _goal(node: nodes.Goal) -> str:
    return f"Counts as a success when {_events(node.events)}{_same(node.key)} follows within {_for(node.within)}."


@plain_words.register
def _variant(node: nodes.Variant) -> str:
    return f"{percent_text(node.weight.value)} of users get this text; who does is drawn once and stays."


@plain_words.register
def _holdout(node: nodes.Holdout) -> str:
    return f"{percent_text(node.share.value)} of users get nothing, to compare the others with."


@plain_words.register
def _was(node: nodes.Was) -> str:
    return f"Keeps the counters and waiting notifications of `{node.name.value}`, as this rule was called before."


@plain_words.register
def _by_channel(node: nodes.ByChannel) -> str:
    return f"Goes out by {node.channel.value}; consent, caps and quiet hours of that channel apply."


@plain_words.register
def _in_category(node: nodes.InCategory) -> str:
    return f"Belongs to what people can accept or refuse as `{node.category.value}`."


# --- conditions -------------------------------------------------------------------------------------------------------


@plain_words.register
def _comparison(node: nodes.Comparison) -> str:
    return f"True when the left side {_OPERATORS[node.operator]} the right; unknown when either is missing."


@plain_words.register
def _related(node: nodes.Related) -> str:
    return (
        f"True when the {node.object.value} of the event is one that the user `{node.relation.value}`. Never unknown."
    )


@plain_words.register
def _in_segment(node: nodes.InSegment) -> str:
    return f"True when the condition of `{node.segment.value}` is true for the user."


@plain_words.register
def _opted_in(node: nodes.OptedIn) -> str:
    return f"True when the user said yes to `{node.category.value}`. Never unknown."


@plain_words.register
def _did(node: nodes.Did) -> str:
    return f"True when the user has done {_events(node.events.events)}{_back(node.window)}."


@plain_words.register
def _did_not(node: nodes.DidNot) -> str:
    return (
        f"True when the user has not done {_events(node.events.events)}{_back(node.window)}; "
        "unknown while history is younger than that."
    )


@plain_words.register
def _count(node: nodes.Count) -> str:
    return f"How many {_events(node.events.events)} the user has{_back(node.window)}."


@plain_words.register
def _aggregate(node: nodes.Aggregate) -> str:
    path = ".".join(node.path.parts)
    return f"The {node.function} of `{path}` over the user's {_events(node.events.events)}{_back(node.window)}."


# --- parts ------------------------------------------------------------------------------------------------------------


def _events(events: tuple[nodes.EventName, ...]) -> str:
    return f"`{event_words(tuple(event.value for event in events))}`"


def _same(key: nodes.Path | None) -> str:
    return f" with the same `{'.'.join(key.parts)}`" if key is not None else ""


def _for(duration: nodes.Duration) -> str:
    return duration_words(duration.value)


def _back(window: nodes.Duration | None) -> str:
    return f" in the last {duration_words(window.value)}, to the second" if window is not None else ", ever"


def _time(time: nodes.Time) -> str:
    return clock_text(time.value)


def _hours(node: nodes.AtBestTime | nodes.Quiet, between: str = "and") -> str:
    return f"{_time(node.start)} {between} {_time(node.end)}"


def _clock(zone: nodes.Zone) -> str:
    return "the user's own clock" if zone.value is None else f"the clock of {zone.value}"


def _rate(rate: nodes.Rate) -> str:
    times = "once" if rate.limit.value == 1 else f"{rate.limit.value} times"
    if isinstance(rate.period, nodes.CalendarPeriod):
        return f"{times} in {_PERIODS[rate.period.unit]} of their own zone"
    return f"{times} in any {duration_words(rate.period.duration.value)}"


def _scope(scope: nodes.Scope | None) -> str:
    if scope is None:
        return ""
    return f" in `{scope.category.value}`" if isinstance(scope, nodes.InCategory) else f" by {scope.channel.value}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

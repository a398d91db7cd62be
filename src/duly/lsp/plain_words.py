"""What a clause or a condition means, in a sentence of plain words."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from duly.conditions.words import WEEKDAYS
from duly.lsp.plain_parts import back, clock, events, hours, lasting, listed, rate, same, scoped, time_of
from duly.planning.describe_gates import percent_text
from duly.syntax import nodes

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
    return f"Starts whenever {events(node.events)} happens."


@plain_words.register
def _when_sequence(node: nodes.WhenSequence) -> str:
    return (
        f"Starts when {events(node.second)} happens, if {events(node.first)}{same(node.key)} happened "
        f"at most {lasting(node.within)} before."
    )


@plain_words.register
def _when_absent(node: nodes.WhenAbsent) -> str:
    return (
        f"Starts {lasting(node.within)} after {events(node.first)}, unless {events(node.second)}{same(node.key)} "
        f"happens meanwhile. A new {events(node.first)} starts the wait anew."
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
    return f"Sends when {clock(node.zone)} shows {time_of(node.time)}, or within the hour after that."


@plain_words.register
def _best(node: nodes.AtBestTime) -> str:
    return f"Sends at the hour the user opens most, between {hours(node)} on {clock(node.zone)}."


@plain_words.register
def _between(node: nodes.Between) -> str:
    over = " It crosses midnight." if node.end.value <= node.start.value else ""
    return f"Sends only from {time_of(node.start)} until just before {time_of(node.end)} on {clock(node.zone)}.{over}"


@plain_words.register
def _on_days(node: nodes.OnDays) -> str:
    return f"Sends only on {listed([WEEKDAYS[day.value] for day in node.days])}, by the local date."


@plain_words.register
def _from_date(node: nodes.FromDate) -> str:
    return f"Sends only from {node.start.value} to {node.end.value}, both included, by the local date."


@plain_words.register
def _every_year(node: nodes.EveryYear) -> str:
    days = [f"{node.start.day}/{node.start.month}", f"{node.end.day}/{node.end.month}"]
    return f"Sends only from {days[0]} to {days[1]} (day/month) of each year, both included."


@plain_words.register
def _after(node: nodes.After) -> str:
    return f"Waits {lasting(node.duration)} after the event before anything else."


@plain_words.register
def _if_passed(node: nodes.IfPassed) -> str:
    if node.duration is not None:
        return (
            f"If the time of day has passed by less than {lasting(node.duration)}, it goes at once; else the next day."
        )
    return _PASSED.get(node.kind, "")


# --- how often --------------------------------------------------------------------------------------------------------


@plain_words.register
def _max(node: nodes.Max) -> str:
    per = f" about the same {node.per.value}" if node.per is not None else ""
    return f"Reaches one user at most {rate(node.rate)}{per}."


@plain_words.register
def _or_wait(node: nodes.OrWait) -> str:
    return f"Over a cap, waits for a free place if one comes within {lasting(node.duration)}; else it is suppressed."


@plain_words.register
def _priority(node: nodes.Priority) -> str:
    return f"Goes before rules with a priority below {node.value.value} that are due at the same time."


@plain_words.register
def _limit(node: nodes.Limit) -> str:
    return f"All rules{scoped(node.scope)} together reach one user at most {rate(node.rate)}."


@plain_words.register
def _gap(node: nodes.Gap) -> str:
    return f"Between two notifications{scoped(node.scope)} to one user lie at least {lasting(node.duration)}."


@plain_words.register
def _quiet(node: nodes.Quiet) -> str:
    return f"Nothing{scoped(node.scope)} is sent from {hours(node, 'to')} on {clock(node.zone)}; it waits for the end."


# --- the rest of a rule -----------------------------------------------------------------------------------------------


@plain_words.register
def _expires_after(node: nodes.ExpiresAfter) -> str:
    return f"Is not sent later than {lasting(node.duration)} after the event."


@plain_words.register
def _expires_at(node: nodes.ExpiresAt) -> str:
    return f"Is not sent at or after the instant in `{'.'.join(node.path.parts)}` of the event."


@plain_words.register
def _unless(node: nodes.Unless) -> str:
    return f"Is cancelled when {events(node.events)}{same(node.key)} happens before it is sent."


@plain_words.register
def _goal(node: nodes.Goal) -> str:
    return f"Counts as a success when {events(node.events)}{same(node.key)} follows within {lasting(node.within)}."


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
    return f"True when the user has done {events(node.events.events)}{back(node.window)}."


@plain_words.register
def _did_not(node: nodes.DidNot) -> str:
    return (
        f"True when the user has not done {events(node.events.events)}{back(node.window)}; "
        "unknown while history is younger than that."
    )


@plain_words.register
def _count(node: nodes.Count) -> str:
    return f"How many {events(node.events.events)} the user has{back(node.window)}."


@plain_words.register
def _aggregate(node: nodes.Aggregate) -> str:
    path = ".".join(node.path.parts)
    return f"The {node.function} of `{path}` over the user's {events(node.events.events)}{back(node.window)}."

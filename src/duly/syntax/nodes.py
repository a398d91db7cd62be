"""
What a rule file says, word for word: one class for each rule of `grammar/duly.lark`, one field for each of its parts.

Nothing is resolved or defaulted here; an optional part that was not written is `None`, a list that was not written is
empty. Durations are `int` microseconds, wall-clock times `int` microseconds after midnight, percentages fractions
(20% is 0.2). Each node knows its span, which takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from duly.source import NOWHERE, Span


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


# --- words and literals -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a rule, segment, category, relation, object, variant, channel, user or reason."""

    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EventName:
    """`Product Sale` or `"order_completed"`: the text without quotes, with single spaces."""

    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Path:
    """
    A property as written, split at the dots: `discount`, `user.premium`, `product.name`, `event."odd name"`.

    A first part `user`, `event` or the name of an object is a scope when more parts follow.
    """

    parts: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Number:
    """`20`, `1_000`, `-2.5`: an int when written without a point."""

    value: int | float
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Percent:
    """`20%`, as 0.2."""

    value: float
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Text:
    r"""Text in double quotes, with `\"`, `\\`, `\n`, `\t` and `\u00e9` resolved."""

    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Time:
    """`18:00`, in microseconds after midnight; `24:00` is a day."""

    value: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Date:
    """`2026-12-24`."""

    value: date
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Instant:
    """`2024-05-01 18:00` in a test, in the zone of the test's header."""

    date: date
    time: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Duration:
    """`2 hours`, in microseconds. A day here is 24 hours, a week 7 of those."""

    value: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Weekday:
    """`Monday` or `Mon`; Monday is 0."""

    value: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class MonthDay:
    """`Dec 24`."""

    month: int
    day: int
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Regex:
    r"""`/pattern/`: the pattern, with `\/` resolved."""

    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Zone:
    """`local` (`None`) or a zone in quotes."""

    value: str | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Slot:
    """`{path}`, `{path as percent}`, either with `or 'fallback'`, inside a template."""

    path: Path
    fallback: str | None
    span: Span = _span()
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Text with slots; `{{` and `}}` are braces."""

    parts: tuple[str | Slot, ...]
    span: Span = _span()


Literal_ = Number | Percent | Text | Truth | Time | Date | Duration | Weekday

# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right`; chains lean to the left."""

    left: Value
    operator: Literal["+", "-", "*", "/"]
    right: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Negative:
    """`-value`."""

    value: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`, `today` or `day of week`."""

    which: Literal["now", "today", "day of week"]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EventFilter:
    """`E`, `(E or F)`, either `where …`."""

    events: tuple[EventName, ...]
    where: Condition | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Count:
    """`count of E in last D`."""

    events: EventFilter
    window: Duration | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum|min|max|average of p over E in last D`, and `first|last p of E in last D`."""

    function: Literal["sum", "min", "max", "average", "first", "last"]
    path: Path
    events: EventFilter
    window: Duration | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TimeSince:
    """`time since E`."""

    events: EventFilter
    span: Span = _span()


Value = Literal_ | Path | Arithmetic | Negative | Moment | Count | Aggregate | TimeSince

# --- conditions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Or:
    """
    `a or b or c`.

    A term that was written in parentheses is that term; `mixed` says that an `and` without parentheses is among them.
    """

    terms: tuple[Condition, ...]
    mixed: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`."""

    terms: tuple[Condition, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not:
    """`not a`, and the forms that say it inside: `is not missing`, `not in (…)`, `user not in s`."""

    term: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; `is` is `=`, `is not` is `!=`."""

    left: Value
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    right: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OneOf:
    """`value in (a, b)`."""

    value: Value
    items: tuple[Literal_, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Within:
    """`value between low and high`."""

    value: Value
    low: Value
    high: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TextTest:
    """`value contains part`, `starts with`, `ends with`."""

    value: Value
    kind: Literal["contains", "starts with", "ends with"]
    part: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Matches:
    """`value matches /pattern/`."""

    value: Value
    pattern: Regex
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Missing:
    """`path is missing`. The grammar lets any value stand there; only a path makes sense."""

    value: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Related:
    """`user saved product`: a relation and the object it binds."""

    relation: Name
    object: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InSegment:
    """`user in big_spenders`."""

    segment: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OptedIn:
    """`user opted in to deals`."""

    category: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Did:
    """`user did E in last D`."""

    events: EventFilter
    window: Duration | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DidNot:
    """`user has not done E in last D`."""

    events: EventFilter
    window: Duration | None
    span: Span = _span()


Condition = (
    Or
    | And
    | Not
    | Comparison
    | OneOf
    | Within
    | TextTest
    | Matches
    | Missing
    | Related
    | InSegment
    | OptedIn
    | Did
    | DidNot
)

# --- clauses: what starts a rule --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WhenEvent:
    """`when E or F`."""

    events: tuple[EventName, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WhenSequence:
    """`when A then B with the same p within D`."""

    first: tuple[EventName, ...]
    second: tuple[EventName, ...]
    key: Path | None
    within: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WhenAbsent:
    """`when A, then no B with the same p within D`."""

    first: tuple[EventName, ...]
    second: tuple[EventName, ...]
    key: Path | None
    within: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WhenEnters:
    """`when user enters SEGMENT`."""

    segment: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WhenLeaves:
    """`when user leaves SEGMENT`."""

    segment: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EveryDay:
    """`every day`, or `every Monday and Friday` with `weekdays`."""

    weekdays: tuple[Weekday, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EveryMonth:
    """`every month on the 1st`."""

    day: int
    span: Span = _span()


Trigger = WhenEvent | WhenSequence | WhenAbsent | WhenEnters | WhenLeaves | EveryDay | EveryMonth

# --- clauses: the rest of a rule --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Where:
    """`where CONDITION`."""

    condition: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InCategory:
    """`in category deals`."""

    category: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ByChannel:
    """`by email`."""

    channel: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class At:
    """`at 18:00 local`, `at 18:00 "Europe/Paris"`."""

    time: Time
    zone: Zone
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AtBestTime:
    """`at best time between A and B local`."""

    start: Time
    end: Time
    zone: Zone
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Between:
    """`between A and B local`."""

    start: Time
    end: Time
    zone: Zone
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OnDays:
    """`on weekdays`, `on weekends`, `on Mon, Wed`."""

    days: tuple[Weekday, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OnHolidays:
    """`on holidays`."""

    span: Span = _span()


@dataclass(frozen=True, slots=True)
class NotOnHolidays:
    """`not on holidays`."""

    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FromDate:
    """`from 2026-12-01 to 2026-12-24`, both included."""

    start: Date
    end: Date
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EveryYear:
    """`every year from Dec 1 to Dec 26`, both included."""

    start: MonthDay
    end: MonthDay
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class After:
    """`after 2 hours`."""

    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IfPassed:
    """`if passed next day`, `if passed drop`, `if passed within D` (the only one with a duration)."""

    kind: Literal["next day", "drop", "within"]
    duration: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """The `/day` of `1/day`."""

    unit: Literal["hour", "day", "week", "month"]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class RollingPeriod:
    """The `per 7 days` of `1 per 7 days`."""

    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Rate:
    """`1/day`, `3 per 12 hours`."""

    limit: Number
    period: CalendarPeriod | RollingPeriod
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Max:
    """`max 1/day`, `max 1 per 7 days per product`; `per` is the object."""

    rate: Rate
    per: Name | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OrWait:
    """`or wait 1 day`."""

    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Priority:
    """`priority 5`, a whole number, the higher the earlier."""

    value: Number
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpiresAfter:
    """`expires after 2 days`."""

    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpiresAt:
    """`expires at sale.ends_at`."""

    path: Path
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Unless:
    """`unless E or F with the same p`."""

    events: tuple[EventName, ...]
    key: Path | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Send:
    """`send "body" link "…"`, `send title "…" body "…" link "…"`."""

    title: Template | None
    body: Template | None
    link: Template | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Variant:
    """`variant price 50% send …`."""

    name: Name
    weight: Percent
    message: Send
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Experiment:
    """`experiment "key" coverage 50%`; either part may be left out."""

    key: Text | None
    coverage: Percent | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Holdout:
    """`holdout 5%`, `holdout 2% seed "…"`: a clause of a rule, and a statement for the house."""

    share: Percent
    seed: Text | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Goal:
    """`goal E with the same p within 24 hours`."""

    events: tuple[EventName, ...]
    key: Path | None
    within: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Was:
    """`was old_name`."""

    name: Name
    span: Span = _span()


Clause = (
    Trigger
    | Where
    | InCategory
    | ByChannel
    | At
    | AtBestTime
    | Between
    | OnDays
    | OnHolidays
    | NotOnHolidays
    | FromDate
    | EveryYear
    | After
    | IfPassed
    | Max
    | OrWait
    | Priority
    | ExpiresAfter
    | ExpiresAt
    | Unless
    | Send
    | Variant
    | Experiment
    | Holdout
    | Goal
    | Was
)

# --- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """`use "tracking-plan.json"`."""

    file: Text
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Event:
    """`event Product Sale about product`."""

    name: EventName
    about: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Relation:
    """`relation saved: user to product by product_id, added by E or F, removed by G`."""

    name: Name
    object: Name
    key: Path
    added_by: tuple[EventName, ...]
    removed_by: tuple[EventName, ...] | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Segment:
    """`segment big_spenders: CONDITION`."""

    name: Name
    where: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """`opt in`, `opt out`, `transactional` or `uncounted`."""

    value: Literal["opt in", "opt out", "transactional", "uncounted"]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Category:
    """`category deals "Deals and price drops": opt in, transactional`."""

    name: Name
    title: Text | None
    options: tuple[CategoryOption, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Timezone:
    """`timezone "America/New_York"`."""

    zone: Text
    span: Span = _span()


Scope = InCategory | ByChannel


@dataclass(frozen=True, slots=True)
class Quiet:
    """`quiet 22:00 to 08:00 local`, for everything or for a category or channel."""

    start: Time
    end: Time
    zone: Zone
    scope: Scope | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit offers 1/day in category deals`."""

    name: Name
    rate: Rate
    scope: Scope | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Gap:
    """`gap 2 hours`, for everything or for a category or channel."""

    duration: Duration
    scope: Scope | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule name "title"` and its clauses, the trigger among them; or a bare `when …` or `every …`, without a name."""

    name: Name | None
    title: Text | None
    clauses: tuple[Clause, ...]
    span: Span = _span()


# --- tests ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """`discount 30%`: a property of an event, or a trait of a user. A list is a tuple of literals."""

    path: Path
    value: Literal_ | tuple[Literal_, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """`subscribed to deals`, `subscribed to deals by email`; also the step `ada: subscribed to deals`."""

    category: Name
    channel: ByChannel | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """`unsubscribed from deals`; also a step."""

    category: Name
    channel: ByChannel | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class HeldOut:
    """`held out` (of the house's control group), `held out of RULE`."""

    rule: Name | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InVariant:
    """`variant price of saved_sale`."""

    variant: Name
    rule: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Traits:
    """`with premium true, country "US"`; as a step, an identify."""

    settings: tuple[Setting, ...]
    span: Span = _span()


UserOption = Timezone | Subscribed | Unsubscribed | HeldOut | InVariant | Traits


@dataclass(frozen=True, slots=True)
class TestUser:
    """`user ada timezone "Europe/London" subscribed to deals`."""

    name: Name
    options: tuple[UserOption, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Track:
    """`Product Sale product_id "boots" happened 2024-05-01 09:00`; without `happened` it happens when it arrives."""

    event: EventName
    settings: tuple[Setting, ...]
    happened: Instant | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Snooze:
    """`snooze deals until 2024-05-02 09:00`; without a category, everything."""

    category: Name | None
    until: Instant
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Mute:
    """`mute product "boots"`."""

    object: Name
    key: Text
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`report failed saved_sale`: what became of the newest notification of a rule."""

    outcome: Literal["sent", "failed", "opened", "dismissed"]
    rule: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Becomes:
    """`becomes ada`: the user of the step turns out to be another one."""

    user: Name
    span: Span = _span()


Action = Track | Subscribed | Unsubscribed | Traits | Snooze | Mute | Outcome | Becomes


@dataclass(frozen=True, slots=True)
class Step:
    """`2024-05-01 08:00  ada: Product Added`. The clock moves there; without an action that is all."""

    time: Instant
    user: Name | None
    action: Action | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectNotify:
    """`expect ada: notify saved_sale`, with the variant and texts it must have, if given."""

    user: Name
    rule: Name
    variant: Name | None
    title: Text | None
    body: Text | None
    link: Text | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectDefer:
    """`expect ada: defer saved_sale until 2024-05-01 18:00`."""

    user: Name
    rule: Name
    until: Instant
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectSuppress:
    """`expect ada: suppress saved_sale because capped`, with the instant at which to ask again, if given."""

    user: Name
    rule: Name
    reason: Name
    until: Instant | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectNothing:
    """`expect ada: nothing`: no verdict since the last step."""

    user: Name
    span: Span = _span()


Expectation = ExpectNotify | ExpectDefer | ExpectSuppress | ExpectNothing
TestLine = TestUser | Step | Expectation


@dataclass(frozen=True, slots=True)
class Test:
    """`test "title" in "Europe/London"` and its lines, in order."""

    title: Text
    zone: Text | None
    lines: tuple[TestLine, ...]
    span: Span = _span()


Statement = Use | Event | Relation | Segment | Category | Timezone | Quiet | Limit | Gap | Holdout | Rule | Test

"""
What a rule set means: names resolved, defaults filled in, everything typed.

Written text becomes nodes (`duly.syntax.nodes`), nodes become this, this becomes a plan (`duly.planning`). Durations
are `int` microseconds, wall-clock times `int` microseconds after midnight, days `datetime.date`, percentages
fractions. Spans take no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from duly.source import NOWHERE, Source, Span
from duly.vocabulary.types import Type as Type  # noqa: PLC0414  (`model.Type` is how the other stages say it)

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

Scalar = str | int | float | bool


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


# --- values -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. TIME and DURATION in microseconds, DATE as `date.toordinal()`, WEEKDAY with Monday as 0."""

    value: Scalar
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Property:
    """
    A property of the trigger (`event`), a trait of the user (`user`), or the object the event is about (`product`).

    Inside `count of E where …` and the like, `event` is the event that is being counted.
    """

    scope: Literal["event", "user", "product"]
    path: tuple[str, ...]
    type: Type = Type.ANY
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` over numbers; also instant minus instant, and date or instant plus or minus a duration."""

    operator: Literal["+", "-", "*", "/"]
    left: Value
    right: Value
    type: Type = Type.NUMBER
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Moment:
    """`now` (INSTANT), `today` (DATE, in the user's zone) or `day of week` (WEEKDAY, in the user's zone)."""

    which: Literal["now", "today", "day of week"]
    span: Span = _span()

    @property
    def type(self) -> Type:
        """Each of the three has a type of its own."""
        return {"now": Type.INSTANT, "today": Type.DATE, "day of week": Type.WEEKDAY}[self.which]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Events called one of `names` for which `where` (which may also look at the user and object) holds."""

    names: tuple[str, ...]
    where: Condition | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`count of E in last D`, `sum|min|max|average|first|last of p over E in last D`. Windows are `(t - D, t]`."""

    function: Literal["count", "sum", "min", "max", "average", "first", "last"]
    events: EventFilter
    window: int | None
    path: tuple[str, ...] = ()
    type: Type = Type.NUMBER
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TimeSince:
    """`time since E`: from the event time of the user's newest E to now; unknown without one."""

    events: EventFilter
    span: Span = _span()

    @property
    def type(self) -> Type:
        """Always a duration."""
        return Type.DURATION


Value = Constant | Property | Arithmetic | Moment | Aggregate | TimeSince

# --- conditions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class And:
    """True when all terms are; false when any term is, whatever the others are; else unknown."""

    terms: tuple[Condition, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Or:
    """False when all terms are; true when any term is, whatever the others are; else unknown."""

    terms: tuple[Condition, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not:
    """True for false, false for true, unknown for unknown."""

    term: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; unknown when either is missing or the types do not go together."""

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Value
    right: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OneOf:
    """`value in (…)`: equal to one of the items; a value of another type than every item is unknown."""

    value: Value
    items: tuple[Constant, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Within:
    """`value between low and high`, both included."""

    value: Value
    low: Value
    high: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TextTest:
    """`contains` (of a text a part, of a list an item), `starts with`, `ends with`."""

    kind: Literal["contains", "starts with", "ends with"]
    value: Value
    part: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Matches:
    """`value matches /pattern/`: RE2 syntax, found anywhere in the text."""

    value: Value
    pattern: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Missing:
    """`value is missing`: absent or null. Never unknown."""

    value: Property
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Related:
    """`user saved product`: the user is a member of the relation for the object the event is about. Never unknown."""

    relation: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InSegment:
    """`user in big_spenders`: the segment's condition, with its own truth value."""

    segment: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class OptedIn:
    """`user opted in to deals`: the user's consent for the category is subscribed. Never unknown."""

    category: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Did:
    """`user did E in last D`; with no window, ever (as far as history reaches)."""

    events: EventFilter
    window: int | None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DidNot:
    """`user has not done E in last D`; unknown while history is younger than the window."""

    events: EventFilter
    window: int | None
    span: Span = _span()


Condition = (
    And
    | Or
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

# --- triggers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """`when E or F`."""

    names: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SequenceTrigger:
    """`when A then B within D` and, `absent`, `when A, then no B within D`; `key` correlates the two."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    within: int
    absent: bool
    key: tuple[str, ...] | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SegmentTrigger:
    """`when user enters|leaves SEGMENT`."""

    segment: str
    enters: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CalendarTrigger:
    """`every day`, `every Monday` (Monday is 0), `every month on the 1st`; a month without that day is skipped."""

    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    span: Span = _span()


Trigger = EventTrigger | SequenceTrigger | SegmentTrigger | CalendarTrigger

# --- timing and frequency ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hours:
    """`A to B`: half-open wall-clock hours in `zone` (None: local), across midnight when `end <= start`."""

    start: int
    end: int
    zone: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class At:
    """`at T local`, or in a named zone."""

    wall: int
    zone: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Passed:
    """What happens when the time of day is already past: `grace` by default, `next day`, `drop`, `within` a time."""

    kind: Literal["grace", "next day", "drop", "within"] = "grace"
    duration: int = HOUR


@dataclass(frozen=True, slots=True)
class Season:
    """Every year from one (month, day) to another, both included; may pass the turn of the year."""

    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timing:
    """When a rule may send. Empty means any time. Days are judged on the local date on which a window opens."""

    at: tuple[At, ...] = ()
    best: Hours | None = None
    between: tuple[Hours, ...] = ()
    weekdays: tuple[int, ...] = ()
    dates: tuple[tuple[date, date], ...] = ()
    seasons: tuple[Season, ...] = ()
    holidays: Literal["on", "not on"] | None = None
    after: int = 0
    passed: Passed = Passed()
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar period in the user's zone; weeks are ISO weeks."""

    unit: Literal["hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last `duration`, `(t - duration, t]`."""

    duration: int


@dataclass(frozen=True, slots=True)
class Cap:
    """`max N/day`, `max N per 7 days`, either `per product`, where `per` is what the rule calls its object."""

    limit: int
    window: Calendar | Rolling
    per_product: bool = False
    span: Span = _span()
    per: str = field(default="product", compare=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """A house limit over all rules, or over those of a category or channel."""

    name: str
    limit: int
    window: Calendar | Rolling
    category: str | None = None
    channel: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent: the house's, or a category's or channel's."""

    hours: Hours
    category: str | None = None
    channel: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Gap:
    """The least time between two notifications to one user, of all kinds or of one channel or category."""

    duration: int
    category: str | None = None
    channel: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Expiry:
    """`expires after D` (from event time) or `expires at PROPERTY` (an instant in the event)."""

    after: int = DAY
    at: Property | None = None
    span: Span = _span()


# --- content, experiment, outcome -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """`{path or 'fallback'}` in a template; `percent` shows 0.2 as 20%."""

    value: Property
    fallback: str | None = None
    percent: bool = False


Template = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """`send title "…" body "…" link "…"`."""

    title: Template = ()
    body: Template = ()
    link: Template = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Variant:
    """One arm of an experiment; `weight` is a fraction."""

    name: str
    weight: float
    message: Message
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Experiment:
    """The arms of a rule and the key that seeds the assignment. `coverage` is the part of users that takes part."""

    key: str
    variants: tuple[Variant, ...]
    coverage: float = 1.0


@dataclass(frozen=True, slots=True)
class Holdout:
    """A control group: `share` of users (a fraction), chosen by hash with `seed`."""

    share: float
    seed: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Unless:
    """`unless E [with the same p]`: cancels when E happened at or after the trigger."""

    names: tuple[str, ...]
    key: tuple[str, ...] | None = None
    where: Condition | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Goal:
    """`goal E [with the same p] within D`."""

    names: tuple[str, ...]
    within: int
    key: tuple[str, ...] | None = None
    where: Condition | None = None
    span: Span = _span()


# --- declarations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """`event E about product`: an event that concerns everybody a rule binds to the object, whoever sent it."""

    name: str
    about: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Relation:
    """`relation r: user to product by key, added by E…, removed by F…`."""

    name: str
    object: str
    key: tuple[str, ...]
    added_by: tuple[str, ...]
    removed_by: tuple[str, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Segment:
    """A named condition over one user."""

    name: str
    where: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Category:
    """What people can refuse. `opt_in` needs an explicit yes. `transactional` passes house rules."""

    name: str
    title: str = ""
    opt_in: bool = False
    transactional: bool = False
    uncounted: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule.

    `object_key` is the property that identifies the object the event is about, when a condition or cap needs one.
    `audience` are the relations and segments of which at least one holds whenever the condition does; empty for a rule
    whose events concern their own user. `fans_out` are the trigger's events that are about an object.
    """

    name: str
    title: str
    trigger: Trigger
    where: Condition | None = None
    category: str = "default"
    channel: str = "push"
    timing: Timing = Timing()
    caps: tuple[Cap, ...] = ()
    wait: int | None = None
    priority: int = 0
    expiry: Expiry = Expiry()
    unless: tuple[Unless, ...] = ()
    message: Message | None = None
    experiment: Experiment | None = None
    holdout: Holdout | None = None
    goal: Goal | None = None
    was: tuple[str, ...] = ()
    object_key: tuple[str, ...] | None = None
    fans_out: frozenset[str] = frozenset()
    audience: tuple[Related | InSegment, ...] = ()
    source: Source = field(default=Source("", ""), compare=False, repr=False)
    span: Span = _span()

    @property
    def location(self) -> str:
        """`file:line:column` of the rule."""
        return self.source.location(self.span)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that is published together. Each mapping is by name."""

    rules: dict[str, Rule] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    timezone: str | None = None
    quiet: tuple[Quiet, ...] = ()
    limits: tuple[Limit, ...] = ()
    gaps: tuple[Gap, ...] = ()
    holdout: Holdout | None = None

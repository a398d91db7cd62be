"""What the engine executes: every rule with its gates prepared, indexed by the events it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duly.conditions.context import Facts
from duly.meaning import model
from duly.planning.experiment import ExperimentPlan, GoalPlan, HoldoutPlan
from duly.planning.index import EventIndex
from duly.planning.sequence import UnlessPlan
from duly.planning.watch import SegmentPlan
from duly.timing.window import Arc, Cap, Schedule

Test = Callable[[Facts], bool | None]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapPlan:
    """
    One cap as the engine counts it. `text` is how the rule wrote it.

    Which sends count: with `rule`, those of that rule under this name or a `former` one (with `per_object`, about the
    same object); else all, or those of `category` or `channel`.
    """

    cap: Cap
    text: str
    rule: str = ""
    per_object: bool = False
    category: str | None = None
    channel: str | None = None
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietPlan:
    """Quiet hours that bind a rule; `zone` None is the user's own."""

    arc: Arc
    zone: str | None
    text: str


@dataclass(frozen=True, slots=True)
class GapPlan:
    """A least time between two sends of one user, of the given category or channel, or any."""

    duration: int
    category: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """Events of `name` that some rule looks back on for `window` (microseconds, None: ever), with these properties."""

    name: str
    window: int | None
    properties: frozenset[Key]


@dataclass(frozen=True, slots=True)
class RulePlan:
    """
    One rule, ready to run.

    `test` is the compiled condition, None when every event matches; `timeless` when it may be tested at any time.
    `relations` are the relations it reads about the event's object, `audience` those whose members a fan-out visits,
    all users with `everybody`. `expiry` is microseconds after the trigger, unless `expires_at` names a property.
    `delay` is from the event to the trigger. A `plain` rule has an event as its trigger and nothing cancels it. `since`
    is the instant since which a rule that the calendar starts is in force. `sends_kept` is for how long, in
    microseconds, a user's sends are remembered: for all rules the same. `best` are the hours of which the user's best
    is chosen. A `direct` rule is a plain one without experiment, control group, goal, best time, waived gate or expiry
    of the event's own.
    """

    name: str
    rule: model.Rule
    location: str
    number: int
    test: Test | None
    schedule: Schedule
    quiet: tuple[QuietPlan, ...]
    gaps: tuple[GapPlan, ...]
    caps: tuple[CapPlan, ...]
    wait: int | None
    category: model.Category
    channel: str
    priority: int
    expiry: int
    expires_at: Key | None
    object_key: Key | None
    relations: tuple[str, ...]
    audience: tuple[str, ...]
    fans_out: frozenset[str]
    segments: tuple[str, ...] = ()
    history: tuple[HistoryRead, ...] = ()
    experiment: ExperimentPlan | None = None
    holdouts: tuple[HoldoutPlan, ...] = ()
    goal: GoalPlan | None = None
    delay: int = 0
    unless: tuple[UnlessPlan, ...] = ()
    timeless: bool = True
    everybody: bool = False
    plain: bool = True
    since: int = 0
    sends_kept: int = 0
    best: Arc | None = None
    direct: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        special = self.experiment or self.holdouts or self.goal or self.best or self.expires_at or self.transactional
        object.__setattr__(self, "direct", self.plain and not special)

    @property
    def transactional(self) -> bool:
        """Whether house limits, gap, quiet hours and holdouts are waived."""
        return self.category.transactional


@dataclass(frozen=True, slots=True)
class RelationUpdate:
    """
    That an event adds things to a relation, or removes them.

    The thing lies under `key`, or, in an event that lists several as an order does, under `listed` in each of them.
    """

    relation: str
    key: Key
    listed: Key
    adds: bool

    def things(self, properties: Mapping[str, Any]) -> list[Any]:
        """The keys of the things in an event."""
        if len(self.key) == 1 and type(value := properties.get(self.key[0])) is not list and value is not None:
            return [value]
        return all_at_path(properties, self.key) or all_at_path(properties, self.listed)


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A compiled rule set. `version` is a hash of what was published.

    `goals` are the events that some goal awaits, `cancels` for an event the rules whose waiting notifications it may
    end, `firsts` the rules for which it is the first of two, `watched` the segments that start rules, `recurring` the
    rules that the calendar starts.
    """

    version: str
    rule_set: model.RuleSet
    rules: Mapping[str, RulePlan]
    by_event: Mapping[str, EventIndex[RulePlan]]
    updates: Mapping[str, Sequence[RelationUpdate]]
    history: Mapping[str, HistoryRead]
    relation_keys: Mapping[str, Key]
    segments: Mapping[str, Test] = field(default_factory=dict)
    former_names: Mapping[str, str] = field(default_factory=dict)
    goals: frozenset[str] = frozenset()
    cancels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    firsts: Mapping[str, Sequence[RulePlan]] = field(default_factory=dict)
    watched: Mapping[str, SegmentPlan] = field(default_factory=dict)
    recurring: Sequence[RulePlan] = ()

    def listening(self, event: str, properties: Mapping[str, Any]) -> Sequence[RulePlan]:
        """The rules that may match an event, by its name and by equality on its properties."""
        index = self.by_event.get(event)
        return () if index is None else index.candidates(properties)

    def hearing(self, event: str) -> Sequence[RulePlan]:
        """All rules that listen to events of this name, those included that cannot match."""
        index = self.by_event.get(event)
        return () if index is None else index.everything()

    def rule(self, name: str) -> RulePlan | None:
        """The rule of this name, or that was called so before."""
        return self.rules.get(name) or self.rules.get(self.former_names.get(name, ""))


def at_path(properties: Mapping[str, Any], path: Key) -> Any:
    """The value at a dotted path, None where there is none."""
    value: Any = properties
    for name in path:
        if type(value) is not dict:
            return None
        value = value.get(name)
    return value


def all_at_path(properties: Mapping[str, Any], path: Key) -> list[Any]:
    """The values at a path that may lead through lists, such as `products.product_id`."""
    first = properties.get(path[0])
    if first is None:
        return []
    if len(path) == 1 and type(first) is not list:
        return [first]
    values: list[Any] = [properties]
    for name in path:
        values = [item.get(name) for value in values for item in _items(value) if type(item) is dict]
    return [item for value in values for item in _items(value) if item is not None]


def _items(value: Any) -> list[Any]:
    return value if type(value) is list else [value]

"""What a condition or value will read, known before any event arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from duly.meaning.model import (
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Condition,
    Constant,
    Did,
    DidNot,
    InSegment,
    Matches,
    Missing,
    Moment,
    Not,
    OneOf,
    OptedIn,
    Or,
    Property,
    Related,
    TextTest,
    TimeSince,
    Value,
    Within,
)

Path = tuple[str, ...]
Part = Condition | Value


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """How much of some events' past is read: the longest window (microseconds; None: all of it) and the properties."""

    window: int | None
    properties: frozenset[Path] = frozenset()

    def __or__(self, other: HistoryRead) -> HistoryRead:
        longest = None if self.window is None or other.window is None else max(self.window, other.window)
        return HistoryRead(longest, self.properties | other.properties)


@dataclass(frozen=True, slots=True)
class Reads:
    """
    Everything a condition reads. `properties` are of the trigger (`event.x` and `product.x`), `categories` those whose
    consent is asked, `histories` are by event names as `History.events` is asked for them.
    """

    relations: frozenset[str] = frozenset()
    traits: frozenset[Path] = frozenset()
    properties: frozenset[Path] = frozenset()
    segments: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    histories: dict[tuple[str, ...], HistoryRead] = field(default_factory=dict)

    def __or__(self, other: Reads) -> Reads:
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        histories = dict(self.histories)
        for names, read in other.histories.items():
            histories[names] = histories[names] | read if names in histories else read
        return Reads(
            self.relations | other.relations,
            self.traits | other.traits,
            self.properties | other.properties,
            self.segments | other.segments,
            self.categories | other.categories,
            histories,
        )


NOTHING = Reads()
"""What a constant reads."""


def reads(part: Part | None) -> Reads:
    """What `part` reads; segments are named, not followed."""
    return _reads(part, frozenset({"event", "product"}))


def all_reads(parts: Iterable[Part | None]) -> Reads:
    """What several parts read together."""
    total = NOTHING
    for part in parts:
        total = total | reads(part)
    return total


def walk(part: Part) -> Iterator[Part]:
    """A condition or value and all it is made of, but not what the filters of counted events are made of."""
    yield part
    for each in _beneath(part):
        yield from walk(each)


def _reads(part: Part | None, trigger: frozenset[str]) -> Reads:
    """`trigger` are the scopes that mean the trigger where `part` stands: inside a filter, `event` does not."""
    match part:
        case None | Constant() | Moment():
            return NOTHING
        case Property(scope="user", path=path):
            return Reads(traits=frozenset({path}))
        case Property(scope=scope, path=path):
            return Reads(properties=frozenset({path} if scope in trigger else ()))
        case Related(relation=name):
            return Reads(relations=frozenset({name}))
        case InSegment(segment=name):
            return Reads(segments=frozenset({name}))
        case OptedIn(category=name):
            return Reads(categories=frozenset({name}))
        case Aggregate() | Did() | DidNot() | TimeSince():
            return _past_reads(part)
    total = NOTHING
    for each in _beneath(part):
        total = total | _reads(each, trigger)
    return total


def _past_reads(part: Aggregate | Did | DidNot | TimeSince) -> Reads:
    where = part.events.where
    window = None if isinstance(part, TimeSince) else part.window
    paths = {each.path for each in _properties(where) if each.scope == "event"}
    if isinstance(part, Aggregate) and part.path:
        paths.add(part.path)
    own = Reads(histories={part.events.names: HistoryRead(window, frozenset(paths))})
    return _reads(where, frozenset({"product"})) | own


def _properties(part: Part | None) -> list[Property]:
    """The properties that are read where `part` stands, not those of events counted inside it."""
    if isinstance(part, Property):
        return [part]
    return [found for each in _beneath(part) for found in _properties(each)]


def _beneath(part: Part | None) -> tuple[Part, ...]:
    match part:
        case And(terms=terms) | Or(terms=terms):
            return terms
        case Not(term=term):
            return (term,)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case Within(value=value, low=low, high=high):
            return (value, low, high)
        case TextTest(value=value, part=sought):
            return (value, sought)
        case OneOf(value=value) | Matches(value=value) | Missing(value=value):
            return (value,)
    return ()

"""The names a rule set declares, and what each stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from duly.diagnostics import Diagnostic
from duly.meaning import errors, model
from duly.source import Source, Span
from duly.syntax import nodes
from duly.vocabulary.tracking_plan import EventType, Path, TrackingPlan
from duly.vocabulary.types import Type

Kind = Literal["event", "relation", "segment", "category", "rule", "limit"]
Report = Callable[[Diagnostic], None]

DEFAULT_CATEGORY = model.Category("default")


@dataclass(slots=True)
class Names:
    """
    What is declared so far.

    A segment is None until its condition is checked, so that segments can be written in any order.

    `declared` has the place of every name somebody tried to declare, `broken` the names in statements that could not
    be parsed: a name that is there but stands for nothing has been reported, and nobody who uses it is blamed for that.
    `former` has the names that rules say they once had.
    """

    events: dict[str, model.Event] = field(default_factory=dict)
    relations: dict[str, model.Relation] = field(default_factory=dict)
    segments: dict[str, model.Segment | None] = field(default_factory=dict)
    categories: dict[str, model.Category] = field(default_factory=lambda: {"default": DEFAULT_CATEGORY})
    plan: TrackingPlan | None = None
    given: frozenset[str] = frozenset()
    declared: dict[Kind, dict[str, tuple[Source, Span]]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    former: dict[str, tuple[Source, Span]] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)
    guesses: int = 20
    _types: dict[tuple[tuple[str, ...], Path], Type] = field(default_factory=dict)

    def declare(self, kind: Kind, name: str, source: Source, span: Span, report: Report) -> bool:
        """Take a name; False, with a report, when it is taken already."""
        taken = self.declared.setdefault(kind, {})
        first = taken.setdefault(name, (source, span))
        if first[0] is source and first[1] == span:
            return True
        report(errors.duplicate_name(source, span, kind, name, first[0].location(first[1])))
        return False

    def is_declared(self, kind: Kind, name: str) -> bool:
        """Whether somebody tried to declare this, even if it came to nothing."""
        return name in self.declared.get(kind, ()) or name in self.broken

    def to_guess_from(self, known: Iterable[str]) -> Iterable[str]:
        """The names a misspelt one may stand for: looked through a few times only, for looking is slow."""
        self.guesses -= 1
        return known if self.guesses >= 0 else ()

    def knows_event(self, name: str) -> bool:
        """Whether events can be called this; without a tracking plan they can be called anything."""
        return self.plan is None or name in self.plan.events or self.is_declared("event", name)

    def event_names(self) -> Iterable[str]:
        """The names of all events that are known of."""
        planned = self.plan.events if self.plan else {}
        return dict.fromkeys((*planned, *self.declared.get("event", ())))

    def property_type(self, events: tuple[str, ...], path: Path) -> Type:
        """The type a property has in all of these events, ANY when they differ or nobody says."""
        if self.plan is None:
            return Type.ANY
        key = (events, path)
        if key not in self._types:
            types = {self._event_type(name).type_of(path) for name in events}
            self._types[key] = types.pop() if len(types) == 1 else Type.ANY
        return self._types[key]

    def allowed_values(self, events: tuple[str, ...], path: Path) -> tuple[model.Scalar, ...]:
        """The only values a property of these events has according to the tracking plan, () when any."""
        found: dict[model.Scalar, None] = {}
        for name in events:
            known = self._event_type(name).properties.get(path)
            if known is None or not known.enum:
                return ()
            found.update(dict.fromkeys(known.enum))
        return tuple(found)

    def trait_type(self, path: Path) -> Type:
        """The type of a trait of users."""
        return self.plan.traits.type_of(path) if self.plan else Type.ANY

    def keys_of(self, object: str) -> set[Path]:
        """The properties by which relations know an object: the project's own relations, else the prelude's."""
        bound = [relation for relation in self.relations.values() if relation.object == object]
        own = {relation.key for relation in bound if relation.name not in self.given}
        return own or {relation.key for relation in bound}

    def _event_type(self, name: str) -> EventType:
        return self.plan.events.get(name, _UNDESCRIBED) if self.plan else _UNDESCRIBED


_UNDESCRIBED = EventType()


@dataclass(slots=True)
class Scope:
    """
    Where an expression stands: what its names can mean, and whom to tell.

    `events` are those of the trigger, none in a segment or a calendar rule (`place` says which); `about` is the kind of
    object they are about. Inside a count, `counted` are its events. `bound` and `segments` gather what is used.
    `doubtful` says that something used here was declared, but its declaration is broken and has been reported.
    """

    source: Source
    names: Names
    report: Report
    place: str = "a rule"
    events: tuple[str, ...] = ()
    about: str | None = None
    counted: tuple[str, ...] = ()
    bound: list[tuple[nodes.Related, model.Relation]] = field(default_factory=list)
    segments: list[nodes.InSegment] = field(default_factory=list)
    doubtful: bool = False

    def inside(self, counted: tuple[str, ...]) -> Scope:
        """The scope of a filter over `counted` events."""
        return Scope(self.source, self.names, self.report, self.place, self.events, self.about, counted)

    def text(self, span: Span) -> str:
        """What is written there, on one line."""
        return " ".join(self.source.text[span.start : span.end].split())

    def event_names_of(self, written: Iterable[nodes.EventName]) -> tuple[str, ...] | None:
        """The names of events, once each; None, with a report, when one is unknown."""
        names = tuple(event.value for event in written)
        if self.names.plan is None:
            return names if len(names) == 1 else tuple(dict.fromkeys(names))
        unknown = [event for event in written if not self.names.knows_event(event.value)]
        for event in unknown:
            self.report(self._unknown_event(event))
        return None if unknown else tuple(dict.fromkeys(names))

    def _unknown_event(self, event: nodes.EventName) -> Diagnostic:
        return errors.unknown_name(self.source, event.span, "event", event.value, self._events())

    def _events(self) -> Iterable[str]:
        return self.names.to_guess_from(self.names.event_names())

    def relation(self, name: nodes.Name) -> model.Relation | None:
        """The relation of that name; None, with a report unless its declaration was broken."""
        found = self.names.relations.get(name.value)
        if found is None:
            self.unknown("relation", name, self.names.relations)
        return found

    def category(self, name: nodes.Name) -> model.Category | None:
        """The category of that name; None, with a report unless its declaration was broken."""
        found = self.names.categories.get(name.value)
        if found is None:
            self.unknown("category", name, self.names.categories)
        return found

    def segment(self, name: nodes.Name) -> bool:
        """Whether there is a segment of that name, with a report unless its declaration was broken."""
        if name.value in self.names.segments:
            return True
        self.unknown("segment", name, self.names.segments)
        return False

    def unknown(self, kind: Kind, name: nodes.Name, known: Iterable[str]) -> None:
        """Say that a name is unknown, unless its declaration was broken and has been reported."""
        self.doubtful = True
        if not self.names.is_declared(kind, name.value):
            self.report(errors.unknown_name(self.source, name.span, kind, name.value, self.names.to_guess_from(known)))

"""Hover: what a clause means, what a name stands for, which type a property has, and when a rule may send next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from duly.conditions.words import event_words, words
from duly.lsp.keywords import CHOICE_DOCS, DOCS
from duly.lsp.occurrences import Occurrence, way
from duly.lsp.page import Placed
from duly.lsp.plain_words import plain_words
from duly.lsp.upcoming import table, zones_shown
from duly.meaning import model
from duly.meaning.check import Checked
from duly.source import Span
from duly.syntax import nodes
from duly.vocabulary.tracking_plan import PropertyType, TrackingPlan
from duly.vocabulary.types import phrase
from duly.vocabulary.words import name_of_file

_TIMES = (
    nodes.At,
    nodes.AtBestTime,
    nodes.Between,
    nodes.OnDays,
    nodes.OnHolidays,
    nodes.NotOnHolidays,
    nodes.FromDate,
    nodes.EveryYear,
    nodes.After,
    nodes.IfPassed,
    nodes.EveryDay,
    nodes.EveryMonth,
)


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about a span of the page."""

    text: str
    span: Span


def hover(placed: Placed, file: str, offset: int, checked: Checked, zones: tuple[str, ...], now: int) -> Hover | None:
    """What there is to say about the place of an offset, in a piece of the page `file`. `now` is an instant."""
    inner = offset - placed.start
    node = placed.piece.statement
    around = way(node, inner) if node is not None else []
    parts: list[str] = []
    span: Span | None = None
    name = next((o for o in placed.piece.occurrences if o.span.start <= inner <= o.span.end), None)
    if name is not None:
        parts.append(_about_name(name, around, checked))
        span = name.span
    said, place = _meaning(around)
    parts.append(said)
    if node is not None and any(isinstance(each, _TIMES) for each in around):
        parts.append(_next_instants(node, file, checked, zones, now))
    if not any(parts):
        parts, place = _about_word(placed, inner)
    span = span or place
    text = "\n\n".join(part for part in parts if part)
    return Hover(text, placed.span(span)) if text and span is not None else None


def _meaning(around: list[Any]) -> tuple[str, Span | None]:
    """The sentence for the innermost thing around the cursor that has one."""
    for node in reversed(around):
        said = plain_words(node)
        if said:
            return said, node.span
    return "", None


def _next_instants(node: nodes.Statement, file: str, checked: Checked, zones: tuple[str, ...], now: int) -> str:
    rule = rule_meant(node, file, checked)
    if rule is None:
        return ""
    shown = table(rule, checked.rule_set, zones_shown(checked.rule_set, zones), now)
    heading = "The next dates" if isinstance(rule.trigger, model.CalendarTrigger) else "The next openings"
    return f"{heading}, on the clocks of users in\n\n{shown}" if shown else ""


def rule_meant(node: nodes.Statement, file: str, checked: Checked) -> model.Rule | None:
    """The rule that a statement is in the rule set, as it was last looked at."""
    if not isinstance(node, nodes.Rule):
        return None
    name = node.name.value if node.name is not None else name_of_file(file)
    return checked.rule_set.rules.get(name or "")


def _about_word(placed: Placed, inner: int) -> tuple[list[str], Span | None]:
    """A keyword in a statement that does not parse, or that stands outside of any clause."""
    tokens = placed.piece.tokens
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        if start <= inner <= end:
            word = placed.piece.text[start:end]
            docs = DOCS.get(word) or CHOICE_DOCS.get(word, "")
            return [docs], Span(start, end)
    return [], None


# --- names ------------------------------------------------------------------------------------------------------------


def _about_name(name: Occurrence, around: list[Any], checked: Checked) -> str:
    if name.kind == "property":
        return _property(name, around, checked)
    describe = _DESCRIPTIONS.get(name.kind)
    return "\n\n".join(describe(name.name, checked)) if describe is not None else ""


def _rule(name: str, checked: Checked) -> Iterator[str]:
    rule = checked.rule_set.rules.get(name)
    if rule is not None:
        yield f"**rule** `{name}`" + (f": {rule.title}" if rule.title else "")


def _segment(name: str, checked: Checked) -> Iterator[str]:
    segment = checked.rule_set.segments.get(name)
    if segment is not None:
        yield f"**segment** `{name}`"
        yield f"```duly\n{words(segment.where)}\n```"


def _category(name: str, checked: Checked) -> Iterator[str]:
    category = checked.rule_set.categories.get(name)
    if category is not None:
        options = ["opt in" if category.opt_in else "opt out"]
        options += [word for word in ("transactional", "uncounted") if getattr(category, word)]
        title = f" {json.dumps(category.title, ensure_ascii=False)}" if category.title else ""
        yield f"**category** `{name}`{title}: {', '.join(options)}"


def _relation(name: str, checked: Checked) -> Iterator[str]:
    relation = checked.rule_set.relations.get(name)
    if relation is not None:
        removed = f", removed by `{event_words(relation.removed_by)}`" if relation.removed_by else ""
        given = " (of the prelude)" if name in checked.given else ""
        yield (
            f"**relation** `{name}`{given}: user to {relation.object} by `{'.'.join(relation.key)}`, "
            f"added by `{event_words(relation.added_by)}`{removed}"
        )


def _event(name: str, checked: Checked) -> Iterator[str]:
    about = checked.rule_set.events.get(name)
    concerns = f", about a {about.about}: it concerns everybody whom a rule binds to it" if about is not None else ""
    yield f"**event** `{name}`{concerns}"
    plan = checked.tracking_plan
    if plan is not None and name in plan.events:
        known = plan.events[name].properties.items()
        yield "\n".join(f"- `{'.'.join(path)}`: {_type(of)}" for path, of in known)


_DESCRIPTIONS: dict[str, Callable[[str, Checked], Iterator[str]]] = {
    "rule": _rule,
    "segment": _segment,
    "category": _category,
    "relation": _relation,
    "event": _event,
}


# --- properties -------------------------------------------------------------------------------------------------------


def _property(name: Occurrence, around: list[Any], checked: Checked) -> str:
    path = next(node for node in reversed(around) if isinstance(node, nodes.Path)).parts
    if path[0] == "user" and len(path) > 1:
        known = checked.tracking_plan.traits.properties.get(path[1:]) if checked.tracking_plan is not None else None
        return f"**trait** `{name.name}`: {_type(known)}"
    events = _events(around)
    objects = {checked.rule_set.events[event].about for event in events if event in checked.rule_set.events}
    if len(path) > 1 and (path[0] == "event" or path[0] in objects):
        path = path[1:]
    lines = [f"- in `{event}`: {_type(_known(checked.tracking_plan, event, path))}" for event in events]
    heading = f"**property** `{name.name}`"
    return f"{heading}\n\n" + "\n".join(lines) if lines else heading


def _known(plan: TrackingPlan | None, event: str, path: tuple[str, ...]) -> PropertyType | None:
    return plan.events[event].properties.get(path) if plan is not None and event in plan.events else None


def _type(known: PropertyType | None) -> str:
    if known is None:
        return "no tracking plan describes it"
    allowed = f", one of {', '.join(f'`{json.dumps(value)}`' for value in known.enum)}" if known.enum else ""
    return f"{phrase(known.type)}{', required' if known.required else ''}{allowed}"


def _events(around: list[Any]) -> list[str]:
    """The events whose properties a bare name means at this place."""
    for node in reversed(around):
        if isinstance(node, nodes.EventFilter):
            return [event.value for event in node.events]
        if isinstance(node, nodes.Aggregate):
            return [event.value for event in node.events.events]
        if isinstance(node, nodes.Track):
            return [node.event.value]
        if isinstance(node, nodes.Rule):
            return [event.value for clause in node.clauses for event in _heard(clause)]
        if isinstance(node, nodes.Relation):
            return [event.value for event in (*node.added_by, *(node.removed_by or ()))]
    return []


def _heard(clause: nodes.Clause) -> tuple[nodes.EventName, ...]:
    if isinstance(clause, nodes.WhenEvent):
        return clause.events
    if isinstance(clause, nodes.WhenSequence):
        return clause.second
    return clause.first if isinstance(clause, nodes.WhenAbsent) else ()

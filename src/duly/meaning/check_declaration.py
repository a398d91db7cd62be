"""Checks declarations: events, relations, categories and segments."""

from __future__ import annotations

from duly.diagnostics import Diagnostic
from duly.meaning import errors, model
from duly.meaning.check_condition import check_condition
from duly.meaning.names import Names, Report, Scope
from duly.source import Source
from duly.syntax import nodes

SEGMENT = "a segment"


def check_event(node: nodes.Event) -> model.Event:
    """An event that is about something."""
    return model.Event(node.name.value, node.about.value, node.span)


def check_relation(
    source: Source, names: Names, node: nodes.Relation, given: bool, report: Report
) -> model.Relation | None:
    """A relation; the events of a `given` one, from the prelude, need not be in the project's tracking plan."""
    scope = Scope(source, names, report)
    key = node.key.parts[1:] if node.key.parts[0] == "event" and len(node.key.parts) > 1 else node.key.parts
    if node.key.parts[0] == "user" and len(node.key.parts) > 1:
        report(errors.trait_as_key(source, node.key.span, scope.text(node.key.span)))
        return None
    added = _events(scope, node.added_by, given)
    removed = _events(scope, node.removed_by or (), given)
    if added is None or removed is None:
        return None
    both = next((event for event in node.removed_by or () if event.value in added), None)
    if both is not None:
        report(errors.added_and_removed(source, both.span, node.name.value, both.value))
        return None
    return model.Relation(node.name.value, node.object.value, key, added, removed, node.span)


def _events(scope: Scope, written: tuple[nodes.EventName, ...], given: bool) -> tuple[str, ...] | None:
    return tuple(event.value for event in written) if given else scope.event_names_of(written)


def check_category(source: Source, node: nodes.Category, report: Report) -> model.Category | None:
    """A category: opt out unless it says `opt in`."""
    options: dict[str, nodes.CategoryOption] = {}
    found: list[Diagnostic] = []
    for option in node.options:
        if option.value in options:
            line = source.position(options[option.value].span.start).line
            found.append(errors.repeated_clause(source, option.span, option.value, line))
        options.setdefault(option.value, option)
    if "opt in" in options and "opt out" in options:
        last = max(options["opt in"].span, options["opt out"].span)
        found.append(errors.contradiction(source, last, "opt in", "opt out", "keep one of the two"))
    if "uncounted" in options and "transactional" not in options:
        found.append(errors.needless_clause(source, options["uncounted"].span, "uncounted", "`transactional`"))
    for diagnostic in found:
        report(diagnostic)
    flags = ("opt in" in options, "transactional" in options, "uncounted" in options)
    return None if found else model.Category(node.name.value, node.title.value if node.title else "", *flags, node.span)


def check_segment(
    source: Source, names: Names, node: nodes.Segment, report: Report
) -> tuple[model.Segment | None, list[nodes.InSegment]]:
    """A segment, None when its condition is wrong, and the segments it uses."""
    scope = Scope(source, names, report, SEGMENT)
    where = check_condition(scope, node.where)
    return model.Segment(node.name.value, where, node.span) if where else None, scope.segments

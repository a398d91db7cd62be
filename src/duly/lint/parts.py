"""Everything that is written in a rule set, by kind: statements, clauses of rules, and what their conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from duly.meaning import model
from duly.meaning.check import Checked, without_errors
from duly.source import Source
from duly.syntax import nodes
from duly.vocabulary.words import name_of_file

N = TypeVar("N")


class Part(NamedTuple, Generic[N]):
    """A node, the file it stands in, and the rule it belongs to, as meant; None outside of rules."""

    source: Source
    node: N
    rule: model.Rule | None = None


class Wording(NamedTuple):
    """One text of a message: its template and the text without its slots."""

    source: Source
    kind: Literal["title", "body", "link"]
    template: nodes.Template
    plain: str
    rule: model.Rule

    @property
    def written(self) -> str:
        """As it stands in the file, between its quotes."""
        return self.source.text[self.template.span.start + 1 : self.template.span.end - 1]


Found = dict[type, list[Any]]


def parts(checked: Checked) -> Found:
    """
    All nodes of a rule set by their class, as `Part`; the texts of messages as `Wording`.

    Of a rule with errors only the rule itself is there, with no meaning; of a test only the test.
    """
    found: Found = {}
    for file in checked.files:
        for statement in file.statements:
            rule = None
            if isinstance(statement, nodes.Rule):
                rule = _meant(checked, file.source, statement)
            found.setdefault(type(statement), []).append(Part(file.source, statement, rule))
            if isinstance(statement, nodes.Relation):
                _take_events(found, file.source, (*statement.added_by, *(statement.removed_by or ())), None)
            if isinstance(statement, nodes.Rule) and rule is not None:
                _take_clauses(found, file.source, statement, rule)
            elif isinstance(statement, nodes.Segment):
                _take_condition(found, file.source, statement.where, None)
    return found


def all_is_known(checked: Checked) -> bool:
    """Whether what nothing uses is of no use: there are rules, and no error keeps one of them from being read."""
    return bool(checked.rule_set.rules) and without_errors(checked.diagnostics)


def _meant(checked: Checked, source: Source, node: nodes.Rule) -> model.Rule | None:
    name = node.name.value if node.name is not None else name_of_file(source.name)
    rule = checked.rule_set.rules.get(name or "")
    return rule if rule is not None and rule.source is source and rule.span == node.span else None


def _take_clauses(found: Found, source: Source, node: nodes.Rule, rule: model.Rule) -> None:
    for clause in node.clauses:
        kind = type(clause)
        found.setdefault(kind, []).append(Part(source, clause, rule))
        if kind in _NAMING:
            _take_events(found, source, _NAMING[kind](clause), rule)
        if kind is nodes.Where:
            _take_condition(found, source, clause.condition, rule)  # type: ignore[union-attr]
        elif kind is nodes.Send:
            _take_message(found, source, clause, rule)  # type: ignore[arg-type]
        elif kind is nodes.Variant:
            found.setdefault(nodes.Send, []).append(Part(source, clause.message, rule))  # type: ignore[union-attr]
            _take_message(found, source, clause.message, rule)  # type: ignore[union-attr]


def _take_events(found: Found, source: Source, events: Iterable[nodes.EventName], rule: model.Rule | None) -> None:
    named = found.setdefault(nodes.EventName, [])
    for event in events:
        named.append(Part(source, event, rule))


def _take_message(found: Found, source: Source, node: nodes.Send, rule: model.Rule) -> None:
    wordings = found.setdefault(Wording, [])
    if node.title is not None:
        wordings.append(Wording(source, "title", node.title, _plain(node.title), rule))
    if node.body is not None:
        wordings.append(Wording(source, "body", node.body, _plain(node.body), rule))
    if node.link is not None:
        wordings.append(Wording(source, "link", node.link, _plain(node.link), rule))


def _plain(template: nodes.Template) -> str:
    return "".join([part for part in template.parts if type(part) is str])


def _take_condition(found: Found, source: Source, condition: nodes.Condition, rule: model.Rule | None) -> None:
    waiting: list[Any] = [condition]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        found.setdefault(kind, []).append(Part(source, node, rule))
        inner = _INNER.get(kind)
        if inner is not None:
            waiting += inner(node)


def _of_filter(node: nodes.EventFilter) -> Iterable[Any]:
    return (*node.events, node.where) if node.where is not None else node.events


_NAMING: dict[type, Callable[[Any], Iterable[nodes.EventName]]] = {
    nodes.WhenEvent: lambda node: node.events,
    nodes.WhenSequence: lambda node: (*node.first, *node.second),
    nodes.WhenAbsent: lambda node: (*node.first, *node.second),
    nodes.Unless: lambda node: node.events,
    nodes.Goal: lambda node: node.events,
}

_INNER: dict[type, Callable[[Any], Iterable[Any]]] = {
    nodes.And: lambda node: node.terms,
    nodes.Or: lambda node: node.terms,
    nodes.Not: lambda node: (node.term,),
    nodes.Comparison: lambda node: (node.left, node.right),
    nodes.OneOf: lambda node: (node.value, *node.items),
    nodes.Within: lambda node: (node.value, node.low, node.high),
    nodes.TextTest: lambda node: (node.value, node.part),
    nodes.Matches: lambda node: (node.value, node.pattern),
    nodes.Missing: lambda node: (node.value,),
    nodes.Arithmetic: lambda node: (node.left, node.right),
    nodes.Negative: lambda node: (node.value,),
    nodes.Did: lambda node: _of_filter(node.events),
    nodes.DidNot: lambda node: _of_filter(node.events),
    nodes.Count: lambda node: _of_filter(node.events),
    nodes.Aggregate: lambda node: (node.path, *_of_filter(node.events)),
    nodes.TimeSince: lambda node: _of_filter(node.events),
}

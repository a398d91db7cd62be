"""The statements of all files by kind, each name once, with the prelude behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from duly.meaning import errors
from duly.meaning.names import Kind, Names, Report
from duly.source import Source, Span
from duly.syntax import nodes
from duly.syntax.parse import Parsed

N = TypeVar("N", bound=nodes.Statement)

HOUSE = (nodes.Timezone, nodes.Quiet, nodes.Limit, nodes.Gap, nodes.Holdout)

_KINDS: dict[type, Kind] = {
    nodes.Event: "event",
    nodes.Relation: "relation",
    nodes.Segment: "segment",
    nodes.Category: "category",
}
_MOST = {
    nodes.Rule: (100_000, "rules"),
    nodes.Event: (10_000, "events"),
    nodes.Relation: (1_000, "relations"),
    nodes.Segment: (10_000, "segments"),
    nodes.Category: (1_000, "categories"),
    nodes.Limit: (1_000, "limits"),
    nodes.Quiet: (1_000, "quiet hours"),
    nodes.Use: (100, "tracking plans"),
    nodes.Test: (10_000, "tests"),
}


@dataclass(frozen=True, slots=True)
class Statement(Generic[N]):
    """A statement and its file; `given` when it comes from the prelude."""

    source: Source
    node: N
    given: bool = False


@dataclass(slots=True)
class Statements:
    """Statements by kind, in the order they are written."""

    by_kind: dict[type, list[Statement[nodes.Statement]]] = field(default_factory=dict)

    def of(self, *kinds: type[N]) -> Iterator[Statement[N]]:
        """All statements of these kinds, kind by kind."""
        for kind in kinds:
            for statement in self.by_kind.get(kind, ()):
                yield cast("Statement[N]", statement)


def collect(files: Sequence[Parsed], prelude: Parsed | None, names: Names, report: Report) -> Statements:
    """
    Take in every statement; of two that declare one name the first counts.

    `names` learns who is declared where, and the names in statements that could not be parsed.
    """
    statements = Statements()
    for file in files:
        for node in file.statements:
            if _counts(statements, node, report) and _declares(names, file.source, node, report):
                statements.by_kind.setdefault(type(node), []).append(Statement(file.source, node))
                _learn_object(names, node)
        names.broken |= file.broken
    if prelude is not None:
        _give(statements, prelude, names)
    return statements


def _counts(statements: Statements, node: nodes.Statement, report: Report) -> bool:
    most, what = _MOST.get(type(node), (0, ""))
    known = len(statements.by_kind.get(type(node), ()))
    if not most or known < most:
        return True
    last = statements.by_kind[type(node)][-1]
    report(errors.too_many(last.source, _line(last.source, last.node.span), what, most))
    return False


def _line(source: Source, span: Span) -> Span:
    """The first line of a statement, for what concerns all of it."""
    end = source.text.find("\n", span.start, span.end)
    return Span(span.start, end if end >= 0 else span.end)


def _declares(names: Names, source: Source, node: nodes.Statement, report: Report) -> bool:
    kind = _KINDS.get(type(node))
    if kind is None:
        return True
    name = cast("nodes.Event | nodes.Relation | nodes.Segment | nodes.Category", node).name
    return names.declare(kind, name.value, source, name.span, report)


def _learn_object(names: Names, node: nodes.Statement) -> None:
    if isinstance(node, nodes.Event):
        names.objects.add(node.about.value)
    elif isinstance(node, nodes.Relation):
        names.objects.add(node.object.value)


def _give(statements: Statements, prelude: Parsed, names: Names) -> None:
    """What the prelude declares and nobody else does."""
    given = set()
    for node in prelude.statements:
        kind = _KINDS[type(node)]
        name = cast("nodes.Event | nodes.Relation", node).name
        if names.is_declared(kind, name.value):  # by the project, perhaps in a statement that is broken
            continue
        names.declared.setdefault(kind, {})[name.value] = (prelude.source, name.span)
        statements.by_kind.setdefault(type(node), []).append(Statement(prelude.source, node, given=True))
        _learn_object(names, node)
        given.add(name.value)
    names.given = frozenset(given)

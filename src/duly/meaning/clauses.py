"""The clauses of one rule by kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from duly.meaning import errors
from duly.meaning.names import Scope
from duly.syntax import nodes

C = TypeVar("C", bound=nodes.Clause)


class Clauses:
    """The clauses of a rule, to be asked for by kind; a kind that can be said only once complains about the second."""

    __slots__ = ("_by_kind", "scope")

    def __init__(self, scope: Scope, written: Iterable[nodes.Clause]) -> None:
        self.scope = scope
        self._by_kind: dict[type, list[nodes.Clause]] = {}
        for clause in written:
            self._by_kind.setdefault(type(clause), []).append(clause)

    def all(self, kind: type[C]) -> list[C]:
        """Every clause of a kind, in the order they are written."""
        return self._by_kind.get(kind, [])  # type: ignore[return-value]

    def any(self, *kinds: type[Any]) -> list[nodes.Clause]:
        """Every clause of these kinds, kind by kind."""
        return [clause for kind in kinds for clause in self._by_kind.get(kind, ())]

    def one(self, kind: type[C], wording: str) -> C | None:
        """The only clause of a kind; a second one is reported under `wording`."""
        found = self._by_kind.get(kind)
        if found is None:
            return None
        self._complain(found, wording)
        return found[0]  # type: ignore[return-value]

    def one_of(self, kinds: tuple[type[Any], ...], wording: str) -> nodes.Clause | None:
        """The only clause of several kinds that say the same sort of thing."""
        found = sorted(self.any(*kinds), key=lambda clause: clause.span)
        self._complain(found, wording)
        return found[0] if found else None

    def contradict(self, one: type[nodes.Clause], other: type[nodes.Clause], words: tuple[str, str], hint: str) -> None:
        """Report two kinds of clauses that cannot both be meant."""
        if one in self._by_kind and other in self._by_kind:
            last = max(self._by_kind[one][0].span, self._by_kind[other][0].span)
            self.scope.report(errors.contradiction(self.scope.source, last, *words, hint))

    def need(self, kind: type[nodes.Clause], wording: str, needed: tuple[type[nodes.Clause], ...], name: str) -> None:
        """Report a clause that says something about another one, which is not there."""
        if kind in self._by_kind and not any(other in self._by_kind for other in needed):
            span = self._by_kind[kind][0].span
            self.scope.report(errors.needless_clause(self.scope.source, span, wording, name))

    def _complain(self, found: list[nodes.Clause], wording: str) -> None:
        source = self.scope.source
        for second in found[1:]:
            line = source.position(found[0].span.start).line
            self.scope.report(errors.repeated_clause(source, second.span, wording, line))

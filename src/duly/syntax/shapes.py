"""
What is known of statements by their shape, so that the parser is asked about each shape once.

A rule is looked up clause by clause: in an LALR(1) language the parser's way through a clause depends on nothing but
the clause and the word after it. Rules that differ only in which clauses they have, and in what order, need no parser
either.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark import Token, Tree

from duly.source import Span
from duly.syntax import nodes
from duly.syntax.build import Builder, Places, builder
from duly.syntax.scan import Scan, letters

# How many shapes are remembered, and the longest: together they bound the memory that strangers' rules can take.
_MOST = 5_000
_LONGEST = 400
_PIECES = 40
_CLAUSE_WORDS = (
    "when",
    "every",
    "where",
    "in",
    "by",
    "at",
    "between",
    "on",
    "not",
    "from",
    "after",
    "if",
    "max",
    "or",
    "priority",
    "expires",
    "unless",
    "send",
    "variant",
    "experiment",
    "holdout",
    "goal",
    "was",
)


@dataclass(slots=True)
class Shapes:
    """Builders by shape. Bounded: beyond the bound everything still parses, at the speed of the parser."""

    statements: dict[str, Builder] = field(default_factory=dict)
    headers: dict[tuple[str, str], tuple[Builder, ...]] = field(default_factory=dict)
    clauses: dict[tuple[str, str], Builder] = field(default_factory=dict)

    def build(self, text: str, tokens: Scan) -> Any | None:
        """The node of the statement, if its shape is known. Raises `Invalid` for a literal that stands for nothing."""
        if not tokens.shape or not _comments_between_clauses(tokens):
            return None
        known = self.statements.get(tokens.shape)
        if known is not None:
            return known(text, tokens.starts, tokens.ends)
        if tokens.shape[0] in _openers():
            return self._rule(text, tokens, tokens.shape)
        return None

    def _rule(self, text: str, tokens: Scan, shape: str) -> nodes.Rule | None:
        cuts = [found.start() for found in _cuts().finditer(shape)]
        cuts.append(len(shape))
        header = self.headers.get((shape[: cuts[0]], _after(shape, cuts[0]))) if cuts[0] else (_nothing, _nothing)
        if header is None:
            return None
        clauses = self._clauses(text, tokens, shape, cuts)
        if clauses is None:
            return None
        name, title = (part(text, tokens.starts, tokens.ends) for part in header)
        return nodes.Rule(name, title, tuple(clauses), Span(tokens.starts[0], tokens.ends[-1]))

    def _clauses(self, text: str, tokens: Scan, shape: str, cuts: list[int]) -> list[nodes.Clause] | None:
        built: list[nodes.Clause] = []
        at = 0
        while at < len(cuts) - 1:
            for end in range(at + 1, min(at + _PIECES, len(cuts))):
                start, stop = cuts[at], _without_comma(shape, cuts[end])
                known = self.clauses.get((shape[start:stop], _after(shape, stop)))
                if known is not None:
                    built.append(known(text, tokens.starts[start:stop], tokens.ends[start:stop]))
                    at = end
                    break
            else:
                return None
        return built

    def learn(self, tree: Tree[Token], tokens: Scan) -> None:
        """Remember how the statement of this tree is built, unless its tokens cannot be told apart by shape."""
        if not tokens.shape or not _comments_between_clauses(tokens):
            return
        if len(tokens.shape) > _LONGEST or len(self.statements) + len(self.clauses) >= _MOST:
            return
        try:
            if tree.data in ("rule", "unnamed_rule"):
                self._learn_rule(tree, tokens, tokens.shape)
            else:
                self.statements[tokens.shape] = builder(tree, _places(tokens, 0))
        except KeyError:
            return

    def _learn_rule(self, tree: Tree[Token], tokens: Scan, shape: str) -> None:
        places = _places(tokens, 0)
        children = tree.children
        if tree.data == "rule":
            first, _ = places(_tree(children[2]).meta.start_pos, _tree(children[2]).meta.end_pos)
            parts = [builder(child, places) if isinstance(child, Tree) else _nothing for child in children[:2]]
            self.headers[shape[:first], _after(shape, first)] = tuple(parts)
            children = children[2:]
        for child in map(_tree, children):
            start, last = places(child.meta.start_pos, child.meta.end_pos)
            key = shape[start : last + 1], _after(shape, last + 1)
            if key not in self.clauses:
                self.clauses[key] = builder(child, _places(tokens, start))


@cache
def shapes() -> Shapes:
    """Those of this process."""
    return Shapes()


def by_offset(tree: Tree[Token], text: str, end: int) -> Any:
    """The node of a tree, built once. Raises `Invalid` for a literal that stands for nothing."""
    return builder(tree, lambda start, stop: (start, stop))(text, range(end + 1), range(end + 1))


def _tree(child: Tree[Token] | Token | None) -> Tree[Token]:
    assert isinstance(child, Tree)
    return child


def _nothing(_text: str, _starts: object, _ends: object) -> None:
    return None


def _places(tokens: Scan, base: int) -> Places:
    starts = {offset: number - base for number, offset in enumerate(tokens.starts)}
    ends = {offset: number - base for number, offset in enumerate(tokens.ends)}
    return lambda start, end: (starts[start], ends[end])


@cache
def _openers() -> frozenset[str]:
    return frozenset(letters()[word] for word in ("rule", "when", "every"))


@cache
def _cuts() -> re.Pattern[str]:
    return re.compile(f"[{''.join(letters()[word] for word in _CLAUSE_WORDS)}]")


_AFTER = re.compile("[,\u0100-\u01ff]{0,4}")


def _after(shape: str, at: int) -> str:
    """As much of what follows as can matter to the parser: the keywords, of which a phrase has four at most."""
    found = _AFTER.match(shape, at)
    assert found
    return found[0] or shape[at : at + 1]


def _without_comma(shape: str, end: int) -> int:
    return end - 1 if shape[end - 1] == "," else end


def _comments_between_clauses(tokens: Scan) -> bool:
    """Whether no comment divides a phrase, which a shape would not show."""
    if not tokens.comments:
        return True
    assert tokens.shape
    following = (bisect_right(tokens.starts, comment.span.start) for comment in tokens.comments)
    return all(number == len(tokens.starts) or _cuts().match(tokens.shape, number) for number in following)

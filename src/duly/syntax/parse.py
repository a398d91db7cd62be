"""
From text to nodes, statement by statement, so that one bad statement costs no other.

A statement of a shape that has been seen before is built without the parser; only new shapes go through Lark.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from lark import Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Token
from lark.utils import TextSlice

from duly.diagnostics import Diagnostic, ordered
from duly.source import Source, Span
from duly.syntax import nodes
from duly.syntax.build import LISTS, subtrees
from duly.syntax.collection import collection_paused
from duly.syntax.errors import could_go_on, misplaced, unexpected
from duly.syntax.grammar import grammar
from duly.syntax.limits import LIMITS, Limits, forbidden, oversize
from duly.syntax.literals import Invalid
from duly.syntax.scan import Comment, Stretch, scan, statements
from duly.syntax.segments import declared, without
from duly.syntax.shapes import by_offset, shapes

# A statement with a problem is parsed again without the clause that holds it; a long one is not worth the time.
_ATTEMPTS = 5
_LONG = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """
    A file as written.

    `statements` are those without problems, in order; `broken` are the names that the others would have declared, so
    that nobody calls those unknown.
    """

    source: Source
    statements: tuple[nodes.Statement, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    comments: tuple[Comment, ...] = ()
    broken: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Findings:
    """What has been gathered so far."""

    statements: list[nodes.Statement] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def parse(source: Source, limits: Limits = LIMITS) -> Parsed:
    """The statements of a file and everything that is wrong with its text. Never raises, whatever the text."""
    too_long = oversize(source, limits)
    if too_long is not None:
        return Parsed(source, diagnostics=(too_long,))
    found = _Findings()
    bad = list(islice(forbidden(source), limits.problems))
    found.diagnostics.extend(bad)
    with collection_paused():
        _parse_statements(source, limits, found, [problem.span.start for problem in bad])
    return Parsed(
        source,
        tuple(found.statements),
        tuple(ordered(found.diagnostics)),
        tuple(found.comments),
        frozenset(found.broken),
    )


def _parse_statements(source: Source, limits: Limits, found: _Findings, forbidden_at: list[int]) -> None:
    stretches = statements(source.text)
    before = scan(source.text, *next(stretches), limits.tokens)
    found.comments.extend(before.comments)
    if before.starts:
        found.diagnostics.append(misplaced(source, Span(before.starts[0], before.ends[0])))
    for start, end in stretches:
        if len(found.diagnostics) >= limits.problems:
            found.diagnostics.append(_enough(source, start, limits))
            return
        tokens = scan(source.text, start, min(end, start + limits.characters), limits.tokens)
        found.comments.extend(tokens.comments)
        if any(start <= offset < end for offset in forbidden_at):
            found.broken.update(declared(source.text, tokens))
            continue
        _parse_statement(Stretch(source, start, end, tokens), limits, found)


def _enough(source: Source, start: int, limits: Limits) -> Diagnostic:
    message = f"the file has more than {limits.problems} problems; the rest is not read"
    return Diagnostic(source, Span(start, start), "too-many-problems", message, "mend those before it first")


def _parse_statement(stretch: Stretch, limits: Limits, found: _Findings) -> None:
    statement = None
    try:
        statement = _statement(stretch, limits, found)
    except Invalid as problem:
        span = problem.span or Span(stretch.start, stretch.end)
        found.diagnostics.append(Diagnostic(stretch.source, span, problem.code, problem.message, problem.hint))
    except RecursionError:  # the caller's own stack was nearly full
        found.diagnostics.append(_too_deep(stretch, stretch.start))
    if statement is None:
        found.broken.update(declared(stretch.source.text, stretch.tokens))
    else:
        found.statements.append(statement)


def _statement(stretch: Stretch, limits: Limits, found: _Findings) -> nodes.Statement | None:
    """The statement's node, or `None` and findings. Raises `Invalid` for a literal that stands for nothing."""
    problem = _over_limit(stretch, limits)
    if problem is not None:
        found.diagnostics.append(problem)
        return None
    statement = shapes().build(stretch.source.text, stretch.tokens) or _parsed(stretch, limits, found)
    if isinstance(statement, nodes.Rule) and len(statement.clauses) > limits.clauses:
        message = f"a rule has more than {limits.clauses} clauses"
        start = statement.clauses[limits.clauses].span.start
        found.diagnostics.append(_limit(stretch, start, "too-many-clauses", message, "divide it into several rules"))
        return None
    return cast("nodes.Statement | None", statement)


def _parsed(stretch: Stretch, limits: Limits, found: _Findings) -> object:
    """The statement as the parser sees it, remembered by its shape; or `None` and findings."""
    tree = _tree(stretch, found)
    if tree is None:
        return None
    problem = _too_much(stretch, tree, limits)
    if problem is not None:
        found.diagnostics.append(problem)
        return None
    statement = by_offset(tree, stretch.source.text, stretch.end)
    shapes().learn(tree, stretch.tokens)
    return statement


def _tree(stretch: Stretch, found: _Findings) -> Tree[Token] | None:
    """The parse tree, or `None` and what is wrong with each clause."""
    text, attempts = stretch.source.text, _ATTEMPTS if stretch.end - stretch.start <= _LONG else 1
    for attempt in range(attempts):
        try:
            tree = grammar().parse(TextSlice(text, stretch.start, stretch.end))
        except UnexpectedInput as problem:
            diagnostic = unexpected(stretch, problem)
            found.diagnostics.append(diagnostic)
            rest = without(stretch, text, diagnostic.span, could_go_on(problem))
            if rest is None:
                return None
            text = rest
        else:
            return None if attempt else tree
    return None


def _over_limit(stretch: Stretch, limits: Limits) -> Diagnostic | None:
    tokens = stretch.tokens
    if not tokens.complete or stretch.end - stretch.start > limits.characters:
        message = f"a statement has more than {limits.tokens:_} words and signs or {limits.characters:_} characters"
        return _limit(stretch, tokens.starts[0], "statement-too-long", message, "divide it into several statements")
    depth = 0
    text = stretch.source.text
    for start in tokens.starts:
        depth += (text[start] == "(") - (text[start] == ")")
        if depth > limits.nesting:
            return _too_deep(stretch, start)
    return None


def _too_much(stretch: Stretch, tree: Tree[Token], limits: Limits) -> Diagnostic | None:
    for inner, depth in subtrees(tree):
        start, size = inner.meta.start_pos, len(inner.children)
        if depth > limits.nesting:
            return _too_deep(stretch, start)
        if (inner.data in LISTS or inner.data in ("and", "or")) and size > limits.items:
            message = f"a list has more than {limits.items:_} parts"
            return _limit(stretch, start, "list-too-long", message, "divide it, or look the value up in a trait")
    return None


def _too_deep(stretch: Stretch, start: int) -> Diagnostic:
    message = "a condition is nested too deep"
    return _limit(stretch, start, "nested-too-deep", message, "name a part of it with `segment`")


def _limit(stretch: Stretch, start: int, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(stretch.source, Span(start, start + 1), code, message, hint)

"""
From a parse tree to a builder of nodes.

A statement's tree depends only on its shape, so the tree is turned into a builder that makes the nodes of any
statement of that shape from its text and the places of its tokens. The node for a rule of the grammar is the class of
the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeAlias, cast

from lark import Token, Tree

from duly.source import Span
from duly.syntax import nodes
from duly.syntax.literals import VALUES, Invalid, template

Offsets: TypeAlias = Sequence[int]
Builder: TypeAlias = Callable[[str, Offsets, Offsets], Any]
# From offsets in the text to the numbers of the tokens that start and end there.
Places: TypeAlias = Callable[[int, int], tuple[int, int]]

LISTS = frozenset({"events", "counted", "items", "settings"})


def builder(tree: Tree[Token], places: Places) -> Builder:
    """What makes the node of `tree`. Building raises `Invalid` with a span for a literal that stands for nothing."""
    special = _SPECIAL.get(tree.data)
    if special is not None:
        return special(tree, places)
    parts = [_part(child, places) for child in tree.children]
    if tree.data in LISTS:
        return lambda text, starts, ends: tuple([part(text, starts, ends) for part in parts])
    return _construct(_class(tree.data), _arguments(tree, parts), _range(tree, places))


def _part(child: Tree[Token] | Token | None, places: Places) -> Builder:
    if child is None:
        return _none
    return _leaf(child, places) if isinstance(child, Token) else builder(child, places)


def _none(_text: str, _starts: Offsets, _ends: Offsets) -> None:
    return None


def _empty(_text: str, _starts: Offsets, _ends: Offsets) -> tuple[()]:
    return ()


def _leaf(token: Token, places: Places) -> Builder:
    value = VALUES[token.type]
    first, last = places(cast(int, token.start_pos), cast(int, token.end_pos))

    def build(text: str, starts: Offsets, ends: Offsets) -> object:
        start, end = starts[first], ends[last]
        try:
            return value(text[start:end])
        except Invalid as problem:
            problem.span = problem.span or Span(start, end)
            raise

    return build


def _range(tree: Tree[Token], places: Places) -> tuple[int, int]:
    return places(tree.meta.start_pos, tree.meta.end_pos)


def _class(rule: str) -> type[Any]:
    return cast("type[Any]", getattr(nodes, "".join(word.capitalize() for word in rule.split("_"))))


def _arguments(tree: Tree[Token], parts: list[Builder]) -> list[Builder]:
    """One builder for each field but the span. A last field that is a tuple takes all the children that are left."""
    wanted = [field for field in fields(_class(tree.data)) if field.name != "span"]
    last = len(wanted) - 1
    if wanted and wanted[last].type.startswith("tuple") and not _is_list(tree.children[last:]):
        parts = [*parts[:last], _gathered(parts[last:])]
    lists = [field.type.startswith("tuple") and "None" not in field.type for field in wanted]
    parts = parts + [_none] * (len(wanted) - len(parts))
    return [_empty if part is _none and is_list else part for part, is_list in zip(parts, lists, strict=True)]


def _is_list(children: Sequence[Tree[Token] | Token | None]) -> bool:
    """Whether the only child already makes a tuple; the token of a path does."""
    if len(children) != 1:
        return False
    return not isinstance(children[0], Tree) or children[0].data in LISTS


def _gathered(parts: list[Builder]) -> Builder:
    return lambda text, starts, ends: tuple([part(text, starts, ends) for part in parts])


def _construct(make: type[Any], arguments: list[Builder], span: tuple[int, int]) -> Builder:
    first, last = span
    match arguments:
        case [one]:
            return lambda t, s, e: make(one(t, s, e), Span(s[first], e[last]))
        case [one, two]:
            return lambda t, s, e: make(one(t, s, e), two(t, s, e), Span(s[first], e[last]))
        case [one, two, three]:
            return lambda t, s, e: make(one(t, s, e), two(t, s, e), three(t, s, e), Span(s[first], e[last]))
        case _:
            return lambda t, s, e: make(*[part(t, s, e) for part in arguments], Span(s[first], e[last]))


# --- the few rules whose node is not simply the class of their name --------------------------------------------------


def _group(tree: Tree[Token], places: Places) -> Builder:
    return _part(tree.children[0], places)


def _or(tree: Tree[Token], places: Places) -> Builder:
    terms = _gathered([_part(child, places) for child in tree.children])
    mixed = any(isinstance(child, Tree) and child.data == "and" for child in tree.children)
    first, last = _range(tree, places)
    return lambda t, s, e: nodes.Or(terms(t, s, e), mixed, Span(s[first], e[last]))


def _unnamed_rule(tree: Tree[Token], places: Places) -> Builder:
    clauses = _gathered([_part(child, places) for child in tree.children])
    return _construct(nodes.Rule, [_none, _none, clauses], _range(tree, places))


def _negated(make: type[Any]) -> Callable[[Tree[Token], Places], Builder]:
    def special(tree: Tree[Token], places: Places) -> Builder:
        span = _range(tree, places)
        inner = _construct(make, [_part(child, places) for child in tree.children], span)
        return _construct(nodes.Not, [inner], span)

    return special


def _send_body(tree: Tree[Token], places: Places) -> Builder:
    body, link = (_part(child, places) for child in tree.children)
    return _construct(nodes.Send, [_none, body, link], _range(tree, places))


def _broadcast(tree: Tree[Token], places: Places) -> Builder:
    time, action = (_part(child, places) for child in tree.children)
    return _construct(nodes.Step, [time, _none, action], _range(tree, places))


def _template(tree: Tree[Token], places: Places) -> Builder:
    first, last = _range(tree, places)
    return lambda text, starts, ends: template(text, starts[first], ends[last])


def _unpacked(tree: Tree[Token], places: Places) -> Builder:
    make, value = _class(tree.data), _part(tree.children[0], places)
    first, last = _range(tree, places)
    return lambda t, s, e: make(*value(t, s, e), Span(s[first], e[last]))


def _on_day_group(tree: Tree[Token], places: Places) -> Builder:
    days = _part(tree.children[0], places)
    first, last = _range(tree, places)

    def build(text: str, starts: Offsets, ends: Offsets) -> nodes.OnDays:
        span = Span(starts[first], ends[last])
        return nodes.OnDays(tuple(nodes.Weekday(day, span) for day in days(text, starts, ends)), span)

    return build


_SPECIAL: dict[str, Callable[[Tree[Token], Places], Builder]] = {
    "group": _group,
    "or": _or,
    "unnamed_rule": _unnamed_rule,
    "none_of": _negated(nodes.OneOf),
    "not_missing": _negated(nodes.Missing),
    "not_in_segment": _negated(nodes.InSegment),
    "send_body": _send_body,
    "broadcast": _broadcast,
    "template": _template,
    "instant": _unpacked,
    "month_day": _unpacked,
    "on_day_group": _on_day_group,
}


def subtrees(tree: Tree[Token]) -> Iterator[tuple[Tree[Token], int]]:
    """Every tree in `tree` and how many levels of grouping, arithmetic and negation it is inside of. Not recursive."""
    waiting = [(tree, 0)]
    while waiting:
        inner, depth = waiting.pop()
        yield inner, depth
        depth += inner.data in _LEVELS
        waiting.extend((child, depth) for child in inner.children if isinstance(child, Tree))


_LEVELS = frozenset({"group", "arithmetic", "negative", "not"})

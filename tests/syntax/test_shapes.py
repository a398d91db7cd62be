"""Statements of a known shape are built without the parser, and come out no different."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duly.source import Source
from duly.syntax.parse import Parsed, parse
from duly.syntax.shapes import shapes

ACCEPTED = sorted((Path(__file__).parent / "accepted").glob("*.duly"))

CLAUSES = [
    "when {event}",
    "when {event} or {event}",
    "when {event}, then no {event} with the same {path} within {duration}",
    "where {path} = {number}",
    "where user saved product and ({path} > {number} or {path} is missing)",
    "where {path} between {number} and {number}",
    "where {path} -{digits} > -{path}",
    "where count of {event} where {path} = {text} in last {duration} > {number}",
    "where user did {event} in last {duration} or {path} in ({text}, {text})",
    "where {path} matches /a b/ and {path} is not {text}",
    "in category {name}",
    "by {name}",
    "at 18:00 local",
    "at best time between 9:00 and 18:30 local",
    "between 9:00 and 21:00 {text}",
    "on Mon, Wed",
    "on weekdays",
    "not on holidays",
    "every year from Dec 1 to Jan 2",
    "max {digits}/day",
    "max {digits} per {duration} per product",
    "or wait {duration}",
    "priority {digits}",
    "expires after {duration}",
    "expires at {path}",
    "unless {event} with the same {path}",
    "send {text} link {text}",
    "send title {text}, body {text}",
    "variant {name} 50% send {text}",
    "goal {event} within {duration}",
    "holdout 5% seed {text}",
    "experiment {text} coverage 50%",
]
WORDS = {
    "event": ["Product Sale", "Total", "Monday", "Product Added to Wishlist", '"odd"', "X-Ray Taken"],
    "path": ["a", "count", "first", "Total", "user.x", 'event."b c"', "productId", "day", "max", "where"],
    "number": ["1", "-2", "20%", "1_000.5", "a", "(b + 2)", "count of Order Completed", "3 days", "true"],
    "digits": ["1", "20", "3_000"],
    "text": ['"x"', '""', '"Europe/Paris"', '"a # b"'],
    "duration": ["1 hour", "30 minutes", "2.5 days"],
    "name": ["deals", "email", "local", "day", "wait"],
}
SEPARATORS = [" ", ", ", "\n  ", ",\n  ", "  # why\n  ", ", # why\n    "]


@st.composite
def rules(draw: st.DrawFn) -> str:
    clauses = draw(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=5))
    text = "rule " + draw(st.sampled_from(['a "title" ', "b\n  ", "max\n  "]))
    for clause in clauses:
        pieces = clause.split("{")
        text += pieces[0]
        for piece in pieces[1:]:
            kind, rest = piece.split("}", 1)
            text += draw(st.sampled_from(WORDS[kind])) + rest
        text += draw(st.sampled_from(SEPARATORS))
    return text.rstrip(" ,\n") + "\n"


def parsed_afresh(text: str) -> Parsed:
    known = shapes()
    before = (known.statements, known.headers, known.clauses)
    known.statements, known.headers, known.clauses = {}, {}, {}
    try:
        return parse(Source("rules.duly", text))
    finally:
        known.statements, known.headers, known.clauses = before


def assert_same(text: str) -> None:
    afresh, known = parsed_afresh(text), parse(Source("rules.duly", text))
    assert known.statements == afresh.statements
    assert known.diagnostics == afresh.diagnostics
    for one, other in zip(known.statements, afresh.statements, strict=True):
        assert repr_with_spans(one) == repr_with_spans(other)


def repr_with_spans(node: object) -> object:
    if isinstance(node, tuple):
        return tuple(repr_with_spans(part) for part in node)
    if not hasattr(node, "__dataclass_fields__"):
        return node
    return type(node), *(repr_with_spans(getattr(node, name)) for name in node.__dataclass_fields__)


@given(rules())
def test_a_rule_built_by_shape_is_the_rule_that_is_parsed(text: str):
    parse(Source("rules.duly", text))
    assert_same(text)


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_a_file_read_twice_is_the_same(file: Path):
    text = file.read_text("utf-8")
    parse(Source("rules.duly", text))
    assert_same(text)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("when Product Sale, or wait 1 day", "when Product Sale, or # why\n wait 1 day"),
        ("when Product Sale where Total > 2", "when Product Sale where Total Amount > 2"),
        ("when Product Sale where a > 2", "when Product Sale where a > 2x"),
        ("when Product Sale, in category deals", "when Product Sale, in category Deals"),
        ("when Product Sale, after 2 hours", "when Product Sale, after 2hours"),
    ],
)
def test_a_known_shape_does_not_let_a_mistake_pass(good: str, bad: str):
    assert not parse(Source("rules.duly", good)).diagnostics
    assert parse(Source("rules.duly", bad)).diagnostics

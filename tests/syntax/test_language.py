"""What can be written, and the nodes it becomes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from duly.syntax import nodes
from duly.syntax.nodes import (
    Aggregate,
    And,
    Arithmetic,
    At,
    AtBestTime,
    CalendarPeriod,
    Comparison,
    Count,
    Date,
    Did,
    DidNot,
    Duration,
    EventFilter,
    EventName,
    Max,
    Missing,
    Name,
    Negative,
    Not,
    Number,
    OneOf,
    Or,
    Percent,
    Rate,
    Related,
    RollingPeriod,
    Rule,
    Text,
    Time,
    TimeSince,
    Truth,
    WhenAbsent,
    WhenEvent,
    Where,
    Within,
    Zone,
)
from duly.syntax.nodes import Path as Property
from tests.syntax.reading import read, read_one, report

HOUR = 3_600_000_000
ACCEPTED = sorted((Path(__file__).parent / "accepted").glob("*.duly"))


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_every_example_of_the_language_is_read(file: Path):
    text = file.read_text("utf-8")
    parsed = read(text)
    assert not parsed.diagnostics, report(parsed)
    assert len(parsed.statements) == len(re.findall(r"^[^\s#]", text, re.MULTILINE))


def test_the_sentence():
    sentence = "when Product Sale where user saved product, at 18:00 local, max 1/day"
    assert read_one(sentence) == Rule(
        None,
        None,
        (
            WhenEvent((EventName("Product Sale"),)),
            Where(Related(Name("saved"), Name("product"))),
            At(Time(18 * HOUR), Zone(None)),
            Max(Rate(Number(1), CalendarPeriod("day")), None),
        ),
    )


def condition(text: str) -> nodes.Condition:
    rule = read_one(f"when Product Sale where {text}")
    assert isinstance(rule, Rule) and isinstance(rule.clauses[1], Where)
    return rule.clauses[1].condition


def clause(text: str) -> nodes.Clause:
    rule = read_one(f"when Product Sale, {text}")
    assert isinstance(rule, Rule)
    return rule.clauses[1]


A, B = Property(("a",)), Property(("b",))
ORDERS = EventFilter((EventName("Order Completed"),))
NINETY = Duration(90 * 24 * HOUR)


EQUAL = Comparison(A, "=", Number(1))
OTHER = Comparison(B, "=", Number(2))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a = 1", EQUAL),
        ("a is 1", EQUAL),
        ("a is  not 1", Comparison(A, "!=", Number(1))),
        ("a is true", Comparison(A, "=", Truth(value=True))),
        ("a >= 1_000.5", Comparison(A, ">=", Number(1000.5))),
        ("a < 20%", Comparison(A, "<", Percent(0.2))),
        ("a > -2", Comparison(A, ">", Number(-2))),
        ("a > -b", Comparison(A, ">", Negative(B))),
        ("a -1 > b", Comparison(Arithmetic(A, "-", Number(1)), ">", B)),
        ("a - 1 * 2 > b", Comparison(Arithmetic(A, "-", Arithmetic(Number(1), "*", Number(2))), ">", B)),
        ("(a - 1) * 2 > b", Comparison(Arithmetic(Arithmetic(A, "-", Number(1)), "*", Number(2)), ">", B)),
        ("a between 1 and b", Within(A, Number(1), B)),
        ("a in (1, 2)", OneOf(A, (Number(1), Number(2)))),
        ('a not in ("x")', Not(OneOf(A, (Text("x"),)))),
        ("a is missing", Missing(A)),
        ("a is not missing", Not(Missing(A))),
        ("a = null", Comparison(A, "=", Property(("null",)))),
        ("a = 1 and b = 2", And((EQUAL, OTHER))),
        ("a = 1 or b = 2 and a = 1", Or((EQUAL, And((OTHER, EQUAL))), mixed=True)),
        ("a = 1 or (b = 2 and a = 1)", Or((EQUAL, And((OTHER, EQUAL))))),
        ("not a = 1", Not(EQUAL)),
        ("user saved product", Related(Name("saved"), Name("product"))),
        ("user did Order Completed", Did(ORDERS, None)),
        ("user has not done Order Completed in last 90 days", DidNot(ORDERS, NINETY)),
        ("count of Order Completed in last 90 days >= 1", Comparison(Count(ORDERS, NINETY), ">=", Number(1))),
        (
            "count of (Order Completed or Order Paid) >= 1",
            Comparison(
                Count(EventFilter((EventName("Order Completed"), EventName("Order Paid"))), None), ">=", Number(1)
            ),
        ),
        (
            "sum of a over Order Completed where b = 2 in last 90 days > 9",
            Comparison(
                Aggregate("sum", A, EventFilter((EventName("Order Completed"),), OTHER), NINETY), ">", Number(9)
            ),
        ),
        (
            "last a of Order Completed where (a = 1 and b = 2) in last 90 days > 9",
            Comparison(
                Aggregate("last", A, EventFilter((EventName("Order Completed"),), And((EQUAL, OTHER))), NINETY),
                ">",
                Number(9),
            ),
        ),
        ("time since Order Completed > 90 days", Comparison(TimeSince(ORDERS), ">", NINETY)),
    ],
)
def test_conditions(text: str, node: nodes.Condition):
    assert condition(text) == node


@pytest.mark.parametrize(
    "word", ["count", "day", "first", "last", "name", "time", "max", "at", "where", "in_", "product"]
)
def test_properties_may_be_called_like_keywords(word: str):
    assert condition(f"{word} > 3") == Comparison(Property((word,)), ">", Number(3))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("event.user", ("event", "user")),
        ("event.not", ("event", "not")),
        ('event."odd name"', ("event", "odd name")),
        ('user."a.b".c', ("user", "a.b", "c")),
        ("product.price.amount", ("product", "price", "amount")),
        ("Total", ("Total",)),
    ],
)
def test_paths(text: str, parts: tuple[str, ...]):
    assert condition(f"{text} > 3") == Comparison(Property(parts), ">", Number(3))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ('at 6:30 "Europe/Paris"', At(Time(6 * HOUR + HOUR // 2), Zone("Europe/Paris"))),
        ("at best time between 18:00 and 22:00 local", AtBestTime(Time(18 * HOUR), Time(22 * HOUR), Zone(None))),
        ("on weekends", nodes.OnDays((nodes.Weekday(5), nodes.Weekday(6)))),
        ("on Mon, Wed and Friday", nodes.OnDays((nodes.Weekday(0), nodes.Weekday(2), nodes.Weekday(4)))),
        ("not on holidays", nodes.NotOnHolidays()),
        ("from 2026-12-01 to 2026-12-24", nodes.FromDate(Date(date(2026, 12, 1)), Date(date(2026, 12, 24)))),
        ("every year from Dec 1 to Feb 29", nodes.EveryYear(nodes.MonthDay(12, 1), nodes.MonthDay(2, 29))),
        ("if passed next  day", nodes.IfPassed("next day", None)),
        ("if passed within 2 hours", nodes.IfPassed("within", Duration(2 * HOUR))),
        ("max 3 per 12 hours per product", Max(Rate(Number(3), RollingPeriod(Duration(12 * HOUR))), Name("product"))),
        ("or wait 1 week", nodes.OrWait(Duration(7 * 24 * HOUR))),
        ("expires at event.ends_at", nodes.ExpiresAt(Property(("event", "ends_at")))),
        ("unless Order Completed with the same a", nodes.Unless((EventName("Order Completed"),), A)),
        ('send "x"', nodes.Send(None, nodes.Template(("x",)), None)),
        ("by email", nodes.ByChannel(Name("email"))),
        ("holdout 5%", nodes.Holdout(Percent(0.05), None)),
        ("was old_name", nodes.Was(Name("old_name"))),
    ],
)
def test_clauses(text: str, node: nodes.Clause):
    assert clause(text) == node


def test_a_sequence_is_of_what_happened_or_did_not():
    absent = read_one("when Product Added, then no Order Completed with the same cart_id within 2 hours")
    assert isinstance(absent, Rule)
    assert absent.clauses == (
        WhenAbsent(
            (EventName("Product Added"),), (EventName("Order Completed"),), Property(("cart_id",)), Duration(2 * HOUR)
        ),
    )


def test_templates_have_slots_and_braces():
    send = clause(r"""send "{{{product.name or 'it\'s'}}} \u20ac {discount}" """)
    assert isinstance(send, nodes.Send) and send.body is not None
    assert send.body.parts == (
        "{",
        nodes.Slot(Property(("product", "name")), "it's"),
        "} € ",
        nodes.Slot(Property(("discount",)), None),
    )


def test_clauses_come_in_any_order_with_commas_or_lines_between_them():
    one_line = read_one("rule a when Product Sale where a = 1, at 18:00 local, max 1/day")
    lines = read_one("rule a\n\tmax 1/day\n  at 18:00 local,\n\n  # why\n  where a = 1\n  when Product Sale\n")
    assert isinstance(one_line, Rule) and isinstance(lines, Rule)
    assert lines.clauses == tuple(reversed(one_line.clauses))


def test_every_clause_points_at_its_text():
    text = "# 🎉\nrule a\n  when Product Sale where a = 1 and b = 2,\n  max 1/day\n"
    rule = read_one(text)
    assert isinstance(rule, Rule)
    assert [text[each.span.start : each.span.end] for each in rule.clauses] == [
        "when Product Sale",
        "where a = 1 and b = 2",
        "max 1/day",
    ]


def test_comments_are_kept_with_their_places():
    text = "# one\nwhen Product Sale # two\n  # three\n\n# four"
    assert [comment.text for comment in read(text).comments] == ["# one", "# two", "# three", "# four"]

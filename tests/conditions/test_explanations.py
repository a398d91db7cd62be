"""What people are told, what is announced as read, and how messages are filled."""

import pytest

from duly.conditions.explain import explain
from duly.conditions.reads import HistoryRead, reads
from duly.conditions.template import MissingSlot, render
from duly.conditions.words import words
from duly.meaning.model import (
    DAY,
    And,
    Comparison,
    Constant,
    DidNot,
    EventFilter,
    InSegment,
    Matches,
    Missing,
    Moment,
    Not,
    OptedIn,
    Or,
    Property,
    Related,
    Slot,
    TimeSince,
    Type,
)
from tests.conditions.world import World, count, duration, number, prop, text, truth

DISCOUNT = Comparison(">=", prop("discount"), number(0.2))


@pytest.mark.parametrize(
    ("event", "summary"),
    [
        ({}, "unknown: discount is missing"),
        ({"discount": "25"}, "unknown: discount is a text, not a number"),
        ({"discount": float("nan")}, "unknown: discount is not a finite number"),
        ({"discount": 0.1}, "`discount >= 0.2` is false: discount is 0.1"),
        ({"discount": 0.2}, "`discount >= 0.2` is true"),
    ],
)
def test_one_sentence_says_why(event, summary):
    assert explain(DISCOUNT, World(event=event)).summary == summary


def test_only_what_decides_is_told():
    condition = And((Related("saved"), DISCOUNT, Missing(prop("x"))))
    assert explain(condition, World(related={"saved": True})).summary == "unknown: discount is missing"
    assert explain(condition, World()).summary == "`user saved product` is false"
    assert [child.truth for child in explain(condition, World()).children] == [False, None, True]


def test_a_sensitive_value_stays_hidden():
    condition = Comparison("=", prop("user.email"), text("ada@example.org"))
    explained = explain(condition, World(traits={"email": "eve@example.org"}), lambda read: read.path == ("email",))
    assert "eve" not in repr(explained)
    assert explained.summary.endswith("user.email is hidden")


def test_conditions_are_told_in_the_words_of_the_language():
    recent = count("Order Completed", 90, Or((DISCOUNT, Missing(Property("event", ("user",))))))
    condition = And(
        (
            Or((Related("saved"), Not(InSegment("vip")))),
            Comparison(">=", recent, number(3)),
            Comparison("=", prop("user.premium"), truth(True)),
            Comparison("!=", Moment("day of week"), Constant(0, Type.WEEKDAY)),
            DidNot(EventFilter(("order done",)), 7 * DAY),
            Comparison(">", TimeSince(EventFilter(("Sale",))), duration(90 * 60 * 10**6)),
            Matches(prop("odd name"), r"a/b\/c"),
            OptedIn("deals"),
        )
    )
    assert words(condition) == (
        "(user saved product or not user in vip)"
        " and count of Order Completed where (discount >= 0.2 or event.user is missing) in last 90 days >= 3"
        " and user.premium is true and day of week is not Monday"
        ' and user has not done "order done" in last 7 days and time since Sale > 90 minutes'
        r' and event."odd name" matches /a\/b\/c/ and user opted in to deals'
    )


def test_reads_are_known_beforehand():
    where = And((Comparison("=", prop("sku"), prop("product.sku")), Comparison(">", prop("total"), prop("user.least"))))
    found = reads(
        And(
            (
                Related("saved"),
                InSegment("vip"),
                OptedIn("deals"),
                DISCOUNT,
                Comparison(">", count("Order", 7, where), number(1)),
                Comparison(">", count("Order", 30), number(1)),
                DidNot(EventFilter(("View",)), None),
            )
        )
    )
    assert (found.relations, found.segments, found.categories) == ({"saved"}, {"vip"}, {"deals"})
    assert found.properties == {("discount",), ("sku",)}
    assert found.traits == {("least",)}
    assert found.histories == {
        ("Order",): HistoryRead(30 * DAY, frozenset({("sku",), ("total",)})),
        ("View",): HistoryRead(None),
    }


@pytest.mark.parametrize(
    ("value", "percent", "expected"),
    [
        (2.0, False, "2"),
        (0.3, False, "0.3"),
        (0.1 + 0.2, False, "0.3"),
        (1e21, False, "1" + "0" * 21),
        (0.0000001, False, "0.0000001"),
        (-0.0, False, "0"),
        (12345678901234, False, "12345678901234"),
        (0.3, True, "30%"),
        (0.125, True, "12.5%"),
        ("thirty", True, None),
        ("Boots", False, "Boots"),
        (True, False, "true"),
        ("", False, ""),
        (None, False, None),
        ([1], False, None),
        ({"a": 1}, False, None),
        (float("nan"), False, None),
    ],
)
def test_templates_print_as_people_write(value, percent, expected):
    facts = World(event={"x": value})
    template = ("<", Slot(Property("product", ("x",)), None, percent), ">")
    assert render(template, facts) == (MissingSlot("product.x") if expected is None else f"<{expected}>")
    with_fallback = ("<", Slot(Property("event", ("x",)), "none", percent), ">")
    assert render(with_fallback, facts) == f"<{'none' if expected is None else expected}>"


def test_a_template_reads_traits_and_nested_names():
    template = ("Hi ", Slot(prop("user.name.first")))
    assert render(template, World(traits={"name": {"first": "Ada"}})) == "Hi Ada"
    assert render(template, World(traits={"name": "Ada"})) == MissingSlot("user.name.first")
    assert render((), World()) == ""

"""Windows over history against plain lists."""

from hypothesis import given
from hypothesis import strategies as st

from duly.conditions.compile import compile_condition, compile_value
from duly.conditions.context import MISSING
from duly.conditions.explain import explain
from duly.meaning.model import DAY, HOUR, Aggregate, Comparison, Did, DidNot, EventFilter, TimeSince
from tests.conditions.world import NOON, Memory, World, count, duration, number, prop

ORDERS = EventFilter(("Order",))


def aggregate(function, days=7, where=None):
    return Aggregate(function, EventFilter(("Order",), where), days * DAY, () if function == "count" else ("total",))


def world(*past, **more):
    return World(history=Memory({"Order": list(past)}, **more))


def read(value, facts):
    return compile_value(value)(facts)


def test_a_window_is_open_at_its_start_and_closed_at_now():
    for time, inside in [(NOON - 7 * DAY, 0), (NOON - 7 * DAY + 1, 1), (NOON, 1), (NOON + 1, 0)]:
        assert read(count("Order"), world((time, {}))) == inside


def test_nothing_happened():
    facts = world()
    assert read(aggregate("count"), facts) == 0
    assert read(aggregate("sum"), facts) == 0
    for function in ("min", "max", "average", "first", "last"):
        assert read(aggregate(function), facts) is MISSING
    assert read(TimeSince(ORDERS), facts) is MISSING


def test_several_events_are_one_history_and_filters_read_the_counted_event():
    facts = World(
        event={"sku": "a", "total": 99},
        traits={"least": 10},
        history=Memory(
            {"Order": [(NOON - 3, {"sku": "a", "total": 10})], "Sale": [(NOON - 5, {"sku": "b", "total": 5})]}
        ),
    )
    both = EventFilter(("Order", "Sale"))
    assert read(Aggregate("sum", both, DAY, ("total",)), facts) == 15
    assert read(Aggregate("last", both, DAY, ("sku",)), facts) == "a"
    assert read(Aggregate("first", both, DAY, ("sku",)), facts) == "b"
    big = Comparison(">=", prop("total"), prop("user.least"))
    same = Comparison("=", prop("sku"), prop("product.sku"))
    assert read(Aggregate("count", EventFilter(("Order", "Sale"), big), DAY), facts) == 1
    assert read(Aggregate("first", EventFilter(("Order", "Sale"), same), DAY, ("sku",)), facts) == "a"
    assert explain(
        Comparison("=", Aggregate("count", EventFilter(("Order", "Sale"), same), DAY), number(1)), facts
    ).truth


def test_what_is_no_number_spoils_a_sum_and_is_named():
    facts = world((NOON - 2, {"total": 5}), (NOON - 1, {"total": "6"}))
    condition = Comparison(">", aggregate("sum"), number(1))
    assert compile_condition(condition).test(facts) is None
    assert explain(condition, facts).cause == "total is a text in one Order, not a number"
    assert read(aggregate("last"), facts) == "6"


def test_a_young_history_knows_what_happened_but_not_what_did_not():
    young = {"since": NOON - DAY}
    assert compile_condition(Did(ORDERS, 7 * DAY)).test(world((NOON - 1, {}), **young)) is True
    assert compile_condition(DidNot(ORDERS, 7 * DAY)).test(world((NOON - 1, {}), **young)) is False
    for condition in (Did(ORDERS, 7 * DAY), DidNot(ORDERS, 7 * DAY), Comparison("=", count("Order"), number(0))):
        assert compile_condition(condition).test(world(**young)) is None
        explained = explain(condition, world(**young))
        assert explained.code == "warming-up"
        assert explained.summary == "unknown: warming-up: history of Order is younger than 7 days"
    assert compile_condition(DidNot(ORDERS, DAY)).test(world(**young)) is True
    assert compile_condition(DidNot(ORDERS, None)).test(world(**young)) is None


def test_more_events_than_are_kept_are_said_to_be_too_many():
    facts = world((NOON - HOUR, {"total": 1}), full=True)
    condition = Comparison(">=", count("Order"), number(1))
    assert compile_condition(condition).test(facts) is None
    assert explain(condition, facts).code == "too-many-events"
    assert compile_condition(Did(ORDERS, DAY)).test(facts) is True
    assert read(aggregate("last"), facts) == 1
    assert read(aggregate("first"), facts) is MISSING
    assert read(TimeSince(ORDERS), facts) == HOUR


def test_time_since_ignores_what_has_not_happened_yet():
    facts = world((NOON - 2 * HOUR, {}), (NOON + HOUR, {}))
    assert read(TimeSince(ORDERS), facts) == 2 * HOUR
    assert compile_condition(Comparison(">", TimeSince(ORDERS), duration(HOUR))).test(facts) is True


PAST = st.lists(
    st.tuples(st.integers(NOON - 20, NOON + 3), st.fixed_dictionaries({"total": st.integers(-5, 5)})), max_size=12
)


@given(PAST, st.integers(1, 25))
def test_windows_agree_with_plain_lists(past, window):
    facts = world(*past)
    past = sorted(past, key=lambda each: each[0])
    inside = [properties["total"] for time, properties in past if NOON - window < time <= NOON]
    expected = {
        "count": len(inside),
        "sum": sum(inside),
        "min": min(inside, default=MISSING),
        "max": max(inside, default=MISSING),
        "average": sum(inside) / len(inside) if inside else MISSING,
        "first": inside[0] if inside else MISSING,
        "last": inside[-1] if inside else MISSING,
    }
    for function, value in expected.items():
        assert read(Aggregate(function, ORDERS, window, ("total",)), facts) == value
    assert compile_condition(Did(ORDERS, window)).test(facts) is bool(inside)
    assert compile_condition(DidNot(ORDERS, window)).test(facts) is not bool(inside)

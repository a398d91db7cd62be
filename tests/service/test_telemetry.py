"""The numbers that a server tells about itself."""

from __future__ import annotations

import ctypes
import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from duly.client import Client, track
from duly.service.series import OTHER, Counts, Spread
from tests.service.conftest import RULES, running

DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana" / "duly.json"


MORE = """
rule welcome
  when Signed Up, then no Order Completed within 1 day
  unless Left
  max 1/day
"""


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """The page of a server that has ingested, fanned out, decided, delivered and heard reports."""
    store = str(tmp_path_factory.mktemp("numbers") / "data")
    with running(store=store, files={"shop.duly": RULES + MORE}) as server, Client(server.address) as client:
        save = [track("Product Added to Wishlist", user_id=f"u{n}", properties={"product_id": "hat"}) for n in range(3)]
        client.ingest([*save, track("Product Sale", properties={"product_id": "hat"})])
        client.ingest([track("Signed Up", user_id="una"), track("Left", user_id="una")])
        for number in range(2):
            client.decide("una", event=track("Order Completed", properties={"order_id": str(number)}))
        watch = client.watch(max_in_flight=3)
        for result in ("sent", "sent", "failed"):
            client.report(next(watch).decision.decision_id, result)
        watch.close()
        # Two have had theirs today; that of the third failed.
        client.ingest([track("Product Sale", properties={"product_id": "hat"})])
        return urlopen(f"http://{server.http}/metrics").read().decode()


def value(text, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ('duly_verdicts_total{rule="thanks",verdict="notify",reason="due"}', 1),
        ('duly_verdicts_total{rule="thanks",verdict="suppress",reason="capped"}', 1),
        ('duly_verdicts_total{rule="saved_sale",verdict="defer",reason="due"}', 4),
        ('duly_verdicts_total{rule="saved_sale",verdict="notify",reason="due"}', 3),
        ('duly_verdicts_total{rule="saved_sale",verdict="suppress",reason="capped"}', 2),
        ('duly_verdicts_total{rule="welcome",verdict="defer",reason="not-yet"}', 1),
        ('duly_verdicts_total{rule="welcome",verdict="suppress",reason="cancelled"}', 1),
        ('duly_events_total{result="accepted"}', 7),
        ('duly_deliveries_total{attempt="first"}', 3),
        ("duly_lateness_seconds_count", 3),
        ('duly_outcomes_total{outcome="sent"}', 2),
        ('duly_outcomes_total{outcome="failed"}', 1),
        ('duly_call_seconds_count{method="duly.v1.DecisionService/Decide",code="OK"}', 2),
        ("duly_fanout_users_total", 6),
        ("duly_fanouts", 0),
        ("duly_fanout_size_count", 2),
        ("duly_fanout_size_sum", 6),
        ('duly_fanout_size_bucket{le="1"}', 0),
        ('duly_fanout_size_bucket{le="10"}', 2),
        ("duly_rules", 3),
        ("duly_due", 1),
    ],
)
def test_numbers_tell_what_happened(numbers, series, expected):
    assert value(numbers, series) == expected


def test_the_store_is_measured(numbers):
    assert value(numbers, 'duly_store_seconds_count{work="commit"}') > 0
    assert value(numbers, 'duly_store_seconds_count{work="sync"}') > 0


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="the C library does not tell")
def test_memory_is_told_as_it_is(numbers):
    assert value(numbers, "duly_python_blocks") > 50_000
    assert 0 < value(numbers, "duly_heap_bytes") < value(numbers, "duly_resident_bytes") < 2**30


def test_every_line_is_one_that_prometheus_reads(numbers):
    line = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+.\dEe]+(Inf|NaN)?)')
    assert [each for each in numbers.splitlines() if not line.fullmatch(each)] == []


def test_the_dashboard_asks_for_numbers_that_there_are(numbers):
    board = json.loads(DASHBOARD.read_text("utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"duly_\w+", query)}
    assert asked
    assert {name for name in asked if not re.search(rf"^{name}[ {{]", numbers, re.MULTILINE)} == set()


def test_series_are_bounded():
    counts, spread = Counts("c", "C.", ("rule", "x"), most=3), Spread("s", "S.", ("rule",), (1.0,), most=3)
    for number in range(50):
        counts.add((f"r{number}", "y"))
        spread.add((f"r{number}",), 0.5)
    assert len(list(counts.lines())) == 2 + 4
    assert f'c{{rule="{OTHER}",x="y"}} 47' in list(counts.lines())
    assert f's_count{{rule="{OTHER}"}} 47' in list(spread.lines())


def test_labels_are_escaped():
    counts = Counts("c", "C.", ("rule",))
    counts.add(('a"b\\c\nd',))
    assert list(counts.lines())[-1] == 'c{rule="a\\"b\\\\c\\nd"} 1'

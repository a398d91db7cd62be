"""What a server says about itself: numbers and spans."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from duly.client import Client, track
from duly.service.series import OTHER, Counts, Spread
from tests.service.conftest import RULES, running

DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana" / "duly.json"


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """The page of a server that has ingested, fanned out, decided, delivered and heard reports."""
    store = str(tmp_path_factory.mktemp("numbers") / "data")
    with running(store=store) as server, Client(server.address) as client:
        save = [track("Product Added to Wishlist", user_id=f"u{n}", properties={"product_id": "hat"}) for n in range(3)]
        client.ingest([*save, track("Product Sale", properties={"product_id": "hat"})])
        for number in range(2):
            client.decide("una", event=track("Order Completed", properties={"order_id": str(number)}))
        watch = client.watch(max_in_flight=3)
        for result in ("sent", "sent", "failed"):
            client.report(next(watch).decision.decision_id, result)
        watch.close()
        return urlopen(f"http://{server.http}/metrics").read().decode()


def value(text, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ('duly_verdicts_total{rule="thanks",verdict="notify",reason="due"}', 1),
        ('duly_verdicts_total{rule="thanks",verdict="suppress",reason="capped"}', 1),
        ('duly_verdicts_total{rule="saved_sale",verdict="notify",reason="due"}', 3),
        ('duly_events_total{result="accepted"}', 4),
        ('duly_deliveries_total{attempt="first"}', 3),
        ("duly_lateness_seconds_count", 3),
        ('duly_outcomes_total{outcome="sent"}', 2),
        ('duly_outcomes_total{outcome="failed"}', 1),
        ('duly_call_seconds_count{method="duly.v1.DecisionService/Decide",code="OK"}', 2),
        ("duly_fanout_users_total", 3),
        ("duly_fanouts", 0),
        ("duly_rules", 2),
        ("duly_due", 0),
    ],
)
def test_numbers_tell_what_happened(numbers, series, expected):
    assert value(numbers, series) == expected


def test_the_store_is_measured(numbers):
    assert value(numbers, 'duly_store_seconds_count{work="commit"}') > 0
    assert value(numbers, 'duly_store_seconds_count{work="sync"}') > 0


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


TRACED = """
import grpc
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
from duly.service.server import Server
from duly.service.settings import Settings
from duly.v1 import decision_service_pb2 as pb
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
files = (("shop.duly", {rules!r}.encode()),)
server = Server(Settings(files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error"))
server.start()
parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
with grpc.insecure_channel(server.addresses.grpc) as channel:
    DecisionServiceStub(channel).Decide(pb.DecideRequest(user_id="ada"), metadata=(("traceparent", parent),))
server.stop()
(span,) = exporter.get_finished_spans()
print(span.name, format(span.context.trace_id, "032x"), span.attributes["rpc.method"])
"""


def test_calls_have_spans_under_those_of_their_callers():
    pytest.importorskip("opentelemetry.sdk")
    command = [sys.executable, "-c", TRACED.format(rules=RULES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["duly.v1.DecisionService/Decide", "0af7651916cd43dd8448eb211c80319c", "Decide"]

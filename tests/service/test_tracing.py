"""Spans of calls and streams, under those of their callers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

DECIDE, REFUSED, STREAM, INGEST, WATCH = (format(number, "032x") for number in range(1, 6))
CALLER = "b7ad6b7169203331"


@pytest.fixture(scope="module")
def traces():
    """What a server said about five calls, each in a trace of its caller's, by trace."""
    pytest.importorskip("opentelemetry.sdk")
    command = [sys.executable, "-m", "tests.service.traced"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    found = {}
    for span in json.loads(done.stdout):
        found.setdefault(span["trace"], []).append(span)
    assert set(found) == {DECIDE, REFUSED, STREAM, INGEST, WATCH}
    return found


def calls(spans):
    return [span for span in spans if span["kind"] == "SERVER"]


@pytest.mark.parametrize(
    ("trace", "method", "code"),
    [
        (DECIDE, "DecisionService/Decide", "OK"),
        (REFUSED, "DecisionService/Decide", "INVALID_ARGUMENT"),
        (STREAM, "DecisionService/StreamDecide", "OK"),
        (INGEST, "EventService/IngestStream", "OK"),
    ],
)
def test_a_call_has_a_span_under_that_of_its_caller(traces, trace, method, code):
    (span,) = calls(traces[trace])
    assert (span["name"], span["parent"]) == (f"duly.v1.{method}", CALLER)
    told = span["attributes"]
    assert (told["rpc.system.name"], told["rpc.method"]) == ("grpc", f"duly.v1.{method}")
    assert told["rpc.response.status_code"] == code
    assert span["status"] == "UNSET"


def test_each_message_of_a_stream_has_a_span_within_that_of_the_stream(traces):
    for trace, count in ((STREAM, 2), (INGEST, 1)):
        (stream,) = calls(traces[trace])
        messages = [span for span in traces[trace] if span is not stream]
        assert [span["parent"] for span in messages] == [stream["id"]] * count
        assert [span["attributes"]["rpc.message.id"] for span in messages] == list(range(1, count + 1))
        assert all(span["attributes"]["rpc.message.uncompressed_size"] > 0 for span in messages)
        assert all(stream["start"] <= span["start"] < span["end"] <= stream["end"] for span in messages)
        assert stream["attributes"]["duly.messages.sent"] == count


def test_a_watch_has_a_span_that_says_how_much_it_sent_and_that_its_client_left(traces):
    (span,) = traces[WATCH]
    assert (span["name"], span["kind"], span["parent"]) == ("duly.v1.DecisionService/Watch", "SERVER", CALLER)
    assert span["attributes"]["duly.messages.sent"] == 1
    assert span["attributes"]["rpc.response.status_code"] == "CANCELLED"


def test_what_errors_say_is_not_told(traces):
    assert [event for spans in traces.values() for span in spans for event in span["events"]] == []
    assert "no-such-rule-of-ada" not in json.dumps(traces)

"""Everything has a bound, and whoever goes beyond it is told which."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import pytest
from google.protobuf import struct_pb2

from duly.v1 import decision_service_pb2, event_pb2, event_service_pb2, rule_service_pb2, user_service_pb2
from tests.safety.conftest import SLOW, call, details, event, held, ingesting, refusal, serving

INGEST = "duly.v1.EventService.Ingest"
DECISIONS = "duly.v1.DecisionService."


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder, "--streams", "2", "--threads", "1") as found:
        yield found


@pytest.fixture(scope="module")
def channel(server):
    with server.channel() as found:
        yield found


def violation(channel, name, request):
    """The field and the sentence of the one thing that is wrong with a request."""
    error = refusal(call, channel, name, request)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    (found,) = details(error)["BadRequest"].field_violations
    return found.field, found.description


def rejected(channel, message):
    """The field and the sentence with which one event of two is rejected, and the other is not."""
    bad, good = call(channel, INGEST, ingesting(message, event(f"beside-{message.message_id}")))[0].results
    assert bad.status == event_service_pb2.INGEST_STATUS_REJECTED
    assert good.status == event_service_pb2.INGEST_STATUS_ACCEPTED
    return bad.field, bad.description


def test_a_message_has_16_mb_at_most(channel):
    large = ingesting(*(event(f"large-{number}", note="x" * 30_000) for number in range(580)))
    assert 16 * 2**20 < large.ByteSize() < 20 * 2**20
    error = refusal(call, channel, INGEST, large)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in error.details() and str(16 * 2**20) in error.details()
    error = refusal(call, channel, "duly.v1.EventService.IngestStream", messages=[large])
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in error.details()


def test_a_batch_has_so_many_items_at_most(channel):
    events = ingesting(*[event_pb2.Event()] * 10_001)
    assert violation(channel, INGEST, events) == ("events", "events has 10001 events, at most 10000 are allowed")
    questions = decision_service_pb2.BatchDecideRequest(requests=[decision_service_pb2.DecideRequest()] * 1001)
    text = "requests has 1001 items, at most 1000 are allowed"
    assert violation(channel, DECISIONS + "BatchDecide", questions) == ("requests", text)
    assert violation(channel, DECISIONS + "StreamDecide", questions) == ("requests", text)
    outcomes = decision_service_pb2.ReportRequest(outcomes=[decision_service_pb2.Outcome()] * 1001)
    assert violation(channel, DECISIONS + "Report", outcomes)[1].endswith("at most 1000 are allowed")
    files = [rule_service_pb2.RuleFile(name=f"{number}.duly") for number in range(1001)]
    text = "files has 1001 files, at most 1000 are allowed"
    assert (
        violation(channel, "duly.v1.RuleService.CheckRules", rule_service_pb2.CheckRulesRequest(files=files))[1] == text
    )


def test_a_batch_at_its_bound_is_taken(channel):
    results = call(channel, INGEST, ingesting(*[event_pb2.Event()] * 10_000))[0].results
    assert len(results) == 10_000


def nested(levels):
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_properties_have_so_many_levels_at_most(channel):
    deep = event_pb2.Event(message_id="deep", event="A", user_id="una", properties_json=nested(65))
    field, text = rejected(channel, deep)
    assert (field, text[:32]) == ("events[0].properties_json", "properties_json is nested too de")
    assert text.endswith("at most 64 levels are allowed")
    deeper = event_pb2.Event(message_id="deeper", event="A", user_id="una", properties_json=nested(5_000))
    assert rejected(channel, deeper)[0] == "events[0].properties_json"
    fits = event_pb2.Event(message_id="fits", event="A", user_id="una", properties_json=nested(64))
    assert call(channel, INGEST, ingesting(fits))[0].results[0].status == event_service_pb2.INGEST_STATUS_ACCEPTED


def field(message, name):
    """The byte that announces a field with a length."""
    return message.DESCRIPTOR.fields_by_name[name].number << 3 | 2


def delimited(tag, data):
    """A field of protobuf: what builds messages refuses to build one that nobody can read."""
    length, size = len(data), bytearray([tag])
    while length > 127:
        size.append(length & 127 | 128)
        length >>= 7
    return bytes([*size, length]) + data


def test_a_struct_deeper_than_protobuf_allows_is_the_callers_mistake(channel):
    data = b""
    for _ in range(100):
        data = delimited(field(struct_pb2.Value, "list_value"), delimited(field(struct_pb2.ListValue, "values"), data))
    struct = delimited(field(struct_pb2.Struct, "fields"), delimited(2 << 3 | 2, data))
    message = delimited(field(event_pb2.Event, "properties"), struct)
    ingest = channel.unary_unary("/duly.v1.EventService/Ingest")
    error = refusal(ingest, delimited(field(event_service_pb2.IngestRequest, "events"), message), timeout=10)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "nested deeper than protobuf allows" in error.details()


@pytest.mark.parametrize("field", ["properties_json", "traits_json", "context_json"])
def test_properties_have_so_many_bytes_at_most(channel, field):
    text = json.dumps({"a": "x" * 32_761}).encode()
    long = event_pb2.Event(message_id=f"long-{field}", event="A", user_id="una", **{field: text})
    assert len(text) == 32 * 1024 + 2
    assert rejected(channel, long) == (
        f"events[0].{field}",
        f"{field} has 32770 bytes as JSON, at most 32768 are allowed",
    )


def test_ids_and_names_have_so_many_characters_at_most(channel):
    assert rejected(channel, event("a", user="u" * 257))[1] == "user_id has 257 characters, at most 256 are allowed"
    long = call(channel, INGEST, ingesting(event("i" * 257)))[0].results[0]
    assert (long.field, long.reason) == ("events[0].message_id", "too-long")
    assert rejected(channel, event("n", name="A" * 257))[0] == "events[0].event"
    request = user_service_pb2.GetUserRequest(user_id="u" * 257)
    assert violation(channel, "duly.v1.UserService.GetUser", request)[0] == "user_id"
    worker = decision_service_pb2.WatchRequest(worker="w" * 257)
    assert violation(channel, DECISIONS + "Watch", worker)[0] == "worker"


def test_metadata_has_16_kb_at_most(channel):
    get = channel.unary_unary("/duly.v1.RuleService/GetRules")
    error = refusal(get, b"", metadata=(("x-note", "x" * 20_000),), timeout=5)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_streams_have_a_number_at_most(channel):
    watch = channel.unary_stream("/duly.v1.DecisionService/Watch")
    stream = channel.stream_stream("/duly.v1.EventService/IngestStream")
    opened = [stream(iter_until(done := []), timeout=30) for _ in range(2)]
    for each in opened:
        next(each)
    error = refusal(lambda: next(watch(b"", timeout=10)))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.details() == "the server has 2 streams open, which is its bound"
    assert details(error)["RetryInfo"].retry_delay.seconds == 5
    assert call(channel, "duly.v1.RuleService.GetRules")
    done.append(None)
    for each in opened:
        each.cancel()


def iter_until(done):
    """An empty message over and over until there is something in `done`."""
    while not done:
        yield b""


def test_a_http_batch_has_500_kb_at_most(server):
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"http://{server.http}/v1/batch", b" " * 512_001), timeout=10)
    with caught.value as error:
        assert error.code == 413
        assert json.loads(error.read())["message"].startswith("a batch may have 512000 bytes")


def test_a_question_whose_deadline_has_passed_is_not_answered_any_more(tmp_path):
    few = ("--threads", "1", "--streams", "1")
    with serving(tmp_path, *few, program=SLOW) as server, server.channel() as channel:
        question = decision_service_pb2.DecideRequest(user_id="una", event=event("late", name="Product Sale"))
        asked = decision_service_pb2.BatchDecideRequest(requests=[question])
        save = event("saved")
        assert call(channel, INGEST, ingesting(save))
        with held(channel, 3):
            server.waits(1)
            error = refusal(call, channel, DECISIONS + "BatchDecide", asked, timeout=0.3)
            assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        mine = decision_service_pb2.ListDecisionsRequest(user_id="una")
        assert not call(channel, DECISIONS + "ListDecisions", mine)[0].decisions
        assert call(channel, DECISIONS + "BatchDecide", asked)[0].responses[0].decisions
        assert len(call(channel, DECISIONS + "ListDecisions", mine)[0].decisions) == 1


def test_a_single_question_is_answered_though_all_threads_are_taken(tmp_path):
    few = ("--threads", "1", "--streams", "1")
    with serving(tmp_path, *few, program=SLOW) as server, server.channel() as channel:
        asked = decision_service_pb2.DecideRequest(user_id="una", event=event("now", name="Product Sale"))
        assert call(channel, INGEST, ingesting(event("saved")))
        with held(channel, 3):
            server.waits(1)
            assert call(channel, DECISIONS + "Decide", asked)[0].decisions

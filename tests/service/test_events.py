"""Taking events in over gRPC."""

from __future__ import annotations

import time

import grpc
import pytest
from google.protobuf import struct_pb2

from duly.v1 import event_pb2, event_service_pb2
from tests.service.conftest import track

ACCEPTED, DUPLICATE, REJECTED = 1, 2, 3
IDENTIFY = event_pb2.EVENT_TYPE_IDENTIFY


def statuses(results):
    return [result.status for result in results]


def test_one_bad_event_does_not_spoil_the_batch(server):
    bad = event_pb2.Event(message_id="mixed-2", event="Order Completed", user_id="mia", properties_json=b'{"a":')
    results = server.ingest(
        track("Product Added", "mixed-1", "mia"),
        bad,
        track("", "mixed-3", "mia"),
        track("Product Added", "mixed-4", "mia"),
    )
    assert statuses(results) == [ACCEPTED, REJECTED, REJECTED, ACCEPTED]
    assert (results[1].field, results[1].reason) == ("events[1].properties_json", "invalid-json")
    assert (results[2].field, results[2].reason) == ("events[2].event", "missing")


def test_an_event_sent_twice_counts_once(server):
    event = track("Product Added", "twice", "tom")
    assert statuses(server.ingest(event)) == [ACCEPTED]
    assert statuses(server.ingest(event, event)) == [DUPLICATE, DUPLICATE]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"[1]", "not-an-object"),
        (b'{"a": NaN}', "invalid-json"),
        (b'{"a": "' + b"x" * 33_000 + b'"}', "too-long"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "too-deep"),
        (b'{"a":' * 16_000, "too-long"),
        (b'{"a":' * 6_000 + b"1" + b"}" * 400, "too-deep"),
        (b'{"a": "\xff"}', "invalid-json"),
    ],
)
def test_properties_that_are_no_decent_object_are_named(server, raw, reason):
    event = event_pb2.Event(message_id="odd", type=1, event="Odd", user_id="oda", properties_json=raw)
    result = server.ingest(event)[0]
    assert (result.status, result.field, result.reason) == (REJECTED, "events[0].properties_json", reason)


def test_a_struct_is_as_good_as_json(server):
    properties = struct_pb2.Struct()
    properties.update({"order_id": "7", "lines": [{"sku": "a"}], "none": None})
    properties.fields["odd"].number_value = float("nan")
    event = event_pb2.Event(message_id="struct", type=1, event="Order Completed", user_id="sue", properties=properties)
    assert statuses(server.ingest(event)) == [ACCEPTED]


def test_a_message_nested_deeper_than_protobuf_allows_is_a_bad_request(server):
    deep = b""
    for _ in range(200):
        deep = field(5, field(1, field(1, b"a") + field(2, deep)))
    event = track("Deep", "deep", "dee").SerializeToString() + field(10, field(1, field(1, b"a") + field(2, deep)))
    call = server.channel.unary_unary("/duly.v1.EventService/Ingest")
    with pytest.raises(grpc.RpcError) as caught:
        call(field(1, event))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def field(number, content):
    """One length-delimited field as protobuf writes it."""
    length, size = len(content), b""
    while length > 127:
        size += bytes([length % 128 + 128])
        length //= 128
    return bytes([number * 8 + 2]) + size + bytes([length]) + content


def test_fields_that_this_version_does_not_know_are_skipped(server):
    known = track("Product Added", "newer", "nia").SerializeToString()
    newer = event_pb2.Event.FromString(known + b"\xfa\x3e\x05hello")
    assert statuses(server.ingest(newer)) == [ACCEPTED]


@pytest.mark.parametrize("stamp", ["timestamp", "sent_at"])
@pytest.mark.parametrize("nanos", [-4, 1_000_000_000])
def test_a_time_that_is_none_is_named(server, stamp, nanos):
    event = track("Odd", "odd-time", "oda")
    event.timestamp.seconds = 5
    getattr(event, stamp).seconds, getattr(event, stamp).nanos = 5, nanos
    (result,) = server.ingest(event)
    assert (result.status, result.field, result.reason) == (REJECTED, f"events[0].{stamp}", "out-of-range")


def test_an_unknown_type_is_an_error_and_none_is_a_track_event(server):
    strange = event_pb2.Event(message_id="strange", type=99, event="X", user_id="sam")
    absent = event_pb2.Event(message_id="absent", event="Product Added", user_id="sam")
    results = server.ingest(strange, absent, event_pb2.Event(message_id="neither", user_id="sam"))
    assert statuses(results) == [REJECTED, ACCEPTED, REJECTED]
    assert results[0].field == "events[0].type"


def test_time_from_the_future_is_clamped_and_said_so(server):
    event = track("Product Added", "future", "fay")
    event.timestamp.seconds = int(time.time()) + 3600
    result = server.ingest(event)[0]
    assert (result.status, result.reason) == (ACCEPTED, "clamped-time")


def test_a_clock_that_is_wrong_is_corrected(server):
    event = track("Product Added", "skewed", "fia")
    event.timestamp.seconds = int(time.time()) + 3600 - 60
    event.sent_at.seconds = int(time.time()) + 3600
    result = server.ingest(event)[0]
    assert (result.status, result.reason) == (ACCEPTED, "")


def test_a_stream_answers_each_batch_in_order(server):
    batches = [event_service_pb2.IngestRequest(events=[track("E", f"s-{n}", "stu")]) for n in range(50)]
    answers = [answer.results[0] for answer in server.events.IngestStream(iter(batches))]
    assert [answer.message_id for answer in answers] == [f"s-{n}" for n in range(50)]
    assert statuses(answers) == [ACCEPTED] * 50


def test_too_many_events_at_once_are_refused(server):
    with pytest.raises(grpc.RpcError) as caught:
        server.ingest(*[event_pb2.Event()] * 10_001)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


# --- whose event it is ------------------------------------------------------------------------------------------------


def anonymous(name, message_id, device, **properties):
    event = track(name, message_id, **properties)
    event.anonymous_id = device
    return event


def signed_in(message_id, user, device):
    return event_pb2.Event(message_id=message_id, type=IDENTIFY, user_id=user, anonymous_id=device)


def test_an_id_is_known_of_each_user_and_of_none_apart(server):
    events = [track("Product Added", "shared", user) for user in ("ida", "ivo", "")]
    assert statuses(server.ingest(*events)) == [ACCEPTED] * 3
    assert statuses(server.ingest(*events)) == [DUPLICATE] * 3
    other = track("Order Completed", "shared", "ida", order_id="7")
    assert statuses(server.ingest(other)) == [DUPLICATE], "what else it says makes no difference"


def test_an_id_is_known_of_a_person_under_whatever_identity_it_came(server):
    before = anonymous("Product Added", "walk-in", "phone-1")
    assert statuses(server.ingest(before, signed_in("in-1", "jo", "phone-1"))) == [ACCEPTED] * 2
    assert statuses(server.ingest(before, track("Product Added", "walk-in", "jo"))) == [DUPLICATE] * 2


def test_what_came_under_both_identities_before_they_were_one_was_taken_twice(server):
    both = anonymous("Product Added", "both", "phone-2"), track("Product Added", "both", "kim")
    assert statuses(server.ingest(*both, signed_in("in-2", "kim", "phone-2"))) == [ACCEPTED] * 3
    assert statuses(server.ingest(*both)) == [DUPLICATE] * 2


def test_an_id_of_a_shared_device_is_new_for_who_signs_in_next(server):
    before = anonymous("Product Added", "lent", "tablet")
    assert statuses(server.ingest(before, signed_in("in-3", "lea", "tablet"))) == [ACCEPTED] * 2
    assert statuses(server.ingest(signed_in("in-4", "lou", "tablet"), before)) == [ACCEPTED] * 2
    assert statuses(server.ingest(before, track("Product Added", "lent", "lea"))) == [DUPLICATE] * 2

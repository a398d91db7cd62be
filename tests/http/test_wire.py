"""What SDKs send becomes the events that they mean."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from tests.http.conftest import NOON, SECOND, track


def clock(seconds):
    """A moment before or after the server's noon, as SDKs write it."""
    return (datetime.fromtimestamp(NOON // SECOND, UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_batch_is_taken_in(desk):
    answer = desk.batch(track("b1", properties={"total": 3.5}), track("b2"))
    assert (answer.status, answer.body) == (200, {"success": True, "accepted": 2, "duplicates": 0, "rejected": 0})
    event = desk.event("b1")
    assert (event.type, event.name, event.user_id) == ("track", "Order Completed", "una")
    assert json.loads(event.properties) == {"total": 3.5}
    assert event.time == NOON


@pytest.mark.parametrize("type", ["track", "identify", "page", "screen", "group", "alias"])
def test_each_type_has_a_path(desk, type):
    names = {"track": {"event": "X"}, "page": {"name": "X"}, "screen": {"name": "X"}}
    message = {"userId": "pia", "previousId": "old", "groupId": "g", "messageId": f"path-{type}"} | names.get(type, {})
    assert desk.send(f"/v1/{type}", message).body["accepted"] == 1
    event = desk.event(f"path-{type}")
    assert (event.type, event.name) == (type, "X" if type in names else "")


def test_import_is_a_batch(desk):
    assert desk.send("/v1/import", {"batch": [track("imported")]}).body["accepted"] == 1


def test_the_same_message_counts_once(desk):
    assert desk.batch(track("once"), track("once")).body | {"success": 0} == {
        "success": 0,
        "accepted": 1,
        "duplicates": 1,
        "rejected": 0,
    }
    assert desk.batch(track("once")).body["duplicates"] == 1
    assert desk.event("once")


def test_a_message_without_an_id_gets_one(desk):
    message = {"type": "track", "event": "Anonymous Order", "anonymousId": "device"}
    assert desk.batch(message, message).body["accepted"] == 2
    assert len({event.message_id for event in desk.events() if event.name == "Anonymous Order"}) == 2


def test_one_bad_message_does_not_spoil_the_batch(desk):
    answer = desk.batch(
        track("good"),
        track("no-name", event=""),
        track("odd", properties=[1]),
        track("late", timestamp="yesterday"),
        {"type": "identify", "messageId": "nobody"},
        track("strange", type="shrug"),
        7,
        track("good too"),
    )
    assert answer.status == 200
    assert (answer.body["accepted"], answer.body["rejected"]) == (2, 6)
    assert [(error["index"], error["field"], error["reason"]) for error in answer.body["errors"]] == [
        (1, "batch[1].event", "missing"),
        (2, "batch[2].properties", "not-an-object"),
        (3, "batch[3].timestamp", "invalid-value"),
        (4, "batch[4].userId", "missing"),
        (5, "batch[5].type", "unknown"),
        (6, "batch[6]", "invalid-value"),
    ]
    metrics = desk.server._metrics.text()
    assert 'duly_events_total{result="rejected"}' in metrics
    assert 'duly_call_seconds_count{method="POST /v1/batch",code="200"}' in metrics


def test_very_many_bad_messages_are_counted_and_some_are_listed(desk):
    answer = desk.batch(*[{} for _ in range(1000)])
    assert (answer.status, answer.body["rejected"], len(answer.body["errors"])) == (200, 1000, 100)


def test_an_empty_batch_is_one(desk):
    assert desk.batch().status == 200


@pytest.mark.parametrize("type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_the_content_type_does_not_matter(desk, type):
    assert desk.batch(track(f"type {type}"), headers={"Content-Type": type}).body["accepted"] == 1


@pytest.mark.parametrize("pieces", [1, 3])
def test_gzip_is_unpacked(desk, pieces):
    text = json.dumps({"batch": [track(f"zip {pieces}")]}).encode()
    step = -(-len(text) // pieces)
    packed = b"".join(gzip.compress(text[start : start + step]) for start in range(0, len(text), step))
    answer = desk.send("/v1/batch", packed, {"Content-Encoding": "gzip"})
    assert (answer.status, answer.body["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"no", b'{"batch": 1}', b"[]", b"{}", b'{"batch": [NaN]}', b'{"batch": [' + b"[" * 5000, b"\xff"],
)
def test_what_is_no_batch_is_refused(desk, body):
    answer = desk.send("/v1/batch", body)
    assert (answer.status, answer.body["code"]) == (400, "NOT_JSON")


def test_a_single_message_has_to_be_an_object(desk):
    assert desk.send("/v1/track", b"[]").status == 400
    assert desk.send("/v1/track", b"{}").body["errors"][0]["reason"] == "missing"


@pytest.mark.parametrize("body", [b"{}", gzip.compress(b"{}" * 99, mtime=0)[:-9], zlib.compress(b"{}")])
def test_what_is_not_gzip_is_refused(desk, body):
    assert desk.send("/v1/batch", body, {"Content-Encoding": "gzip"}).status == 400


def test_an_encoding_that_nobody_knows_is_refused(desk):
    assert desk.send("/v1/batch", b"{}", {"Content-Encoding": "br"}).status == 415


def test_text_that_was_cut_in_an_emoji_is_mended(desk):
    text = r'{"batch": [{"type": "track", "event": "E", "messageId": "cut", "properties": '
    text += r'{"a": "x\ud83d", "b": "\uDE00y", "c": "\ud83d\ude00", "d": "\\ud83d", "e": "\u00e9"}}]}'
    assert desk.send("/v1/batch", text.encode()).body["accepted"] == 1
    read = json.loads(desk.event("cut").properties)
    assert read == {"a": "x\ufffd", "b": "\ufffdy", "c": "\U0001f600", "d": r"\ud83d", "e": "é"}


def test_a_message_that_is_not_utf_8_is_a_bad_one(desk):
    answer = desk.send("/v1/batch", b'{"batch": [{"event": "\xff"}, {"event": "E", "messageId": "clean"}]}')
    assert (answer.status, answer.body["accepted"], answer.body["rejected"]) == (200, 1, 1)


def test_numbers_are_taken_for_ids(desk):
    desk.batch(track("number", userId=42))
    assert desk.event("number").user_id == "42"


# --- what batches and messages say together ---------------------------------------------------------------------------


def test_the_context_of_the_batch_is_merged_into_each_message(desk):
    own = track("own", context={"timezone": "Europe/Rome", "locale": "it"})
    desk.batch(own, track("common"), context={"timezone": "Asia/Tokyo", "app": {"name": "shop"}})
    assert desk.event("own").context == {"timezone": "Europe/Rome", "locale": "it", "app": {"name": "shop"}}
    assert desk.event("common").context == {"timezone": "Asia/Tokyo", "app": {"name": "shop"}}


def test_a_context_that_is_none_makes_the_messages_bad(desk):
    answer = desk.batch(track("ctx"), context=["x"])
    assert (answer.status, answer.body["errors"][0]["field"]) == (200, "batch[0].context")


def test_traits_stand_at_the_top_or_in_the_context(desk):
    identify = {"type": "identify", "userId": "tia"}
    desk.batch(
        {**identify, "messageId": "top", "traits": {"plan": "pro"}, "context": {"traits": {"plan": "free"}}},
        {**identify, "messageId": "inside", "context": {"traits": {"plan": "free"}}},
        {**identify, "messageId": "empty", "traits": {}, "context": {"traits": {"plan": "free"}}},
        track("not", context={"traits": {"plan": "free"}}),
    )
    plans = {name: desk.event(name).traits for name in ("top", "inside", "empty", "not")}
    assert plans == {"top": {"plan": "pro"}, "inside": {"plan": "free"}, "empty": {"plan": "free"}, "not": None}


@pytest.mark.parametrize(
    ("message", "sent", "happened"),
    [
        ({"timestamp": clock(-60)}, None, -60),
        ({"timestamp": clock(3540)}, clock(3600), -60),
        ({"originalTimestamp": clock(-3660)}, clock(-3600), -60),
        ({"originalTimestamp": clock(3540), "sentAt": clock(3600)}, None, -60),
        ({"originalTimestamp": clock(3540), "sentAt": clock(9999)}, clock(3600), -60),
        ({"timestamp": clock(-500), "originalTimestamp": clock(-1)}, clock(0), -500),
        ({"timestamp": clock(100)}, None, 0),
        ({"timestamp": clock(100)}, clock(0), 0),
        ({"timestamp": clock(-60)}, "never", -60),
        ({"timestamp": clock(-60)}, 12, -60),
        ({"timestamp": clock(-60).removesuffix("+00:00")}, None, -60),
        ({"timestamp": clock(-60).replace("+00:00", ".250Z")}, clock(0), -59.75),
        ({}, clock(-100), 0),
        ({"timestamp": None}, None, 0),
    ],
)
def test_the_clock_of_the_client_need_not_be_right(desk, message, sent, happened):
    message_id = f"clock {message} {sent}"[:250]
    desk.batch(track(message_id, **message), **({} if sent is None else {"sentAt": sent}))
    assert desk.event(message_id).time - NOON == happened * SECOND


def test_a_single_message_says_when_it_was_sent(desk):
    desk.send("/v1/track", track("single", timestamp=clock(3540), sentAt=clock(3600)))
    assert desk.event("single").time - NOON == -60 * SECOND


def test_clocks_at_the_ends_of_time_break_nothing(desk):
    message = track("ends", timestamp="0001-01-01T00:00:00Z")
    assert desk.batch(message, sentAt="9999-12-31T00:00:00Z").status == 200

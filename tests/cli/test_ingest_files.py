"""Files of events are read as far as they go, and every line that is no event is named."""

import gzip
import io
import json

import msgspec
import pytest

from duly.cli.ingest.batches import Reading
from duly.cli.ingest.lines import LONGEST, Broken, Lines
from duly.client.events import Segment, event_of
from duly.v1 import event_pb2


def lines(data):
    return list(Lines(io.BytesIO(data)))


def read(*written, size=100, lenient=False):
    text = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in written)
    reading = Reading("f", Lines(io.BytesIO(text)), size, lenient)
    return list(reading), reading


def track(number, **others):
    return {"type": "track", "event": "E", "userId": "u", "messageId": f"m{number}"} | others


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\n\nb", [b"a", b"", b"b"]),
        (b"\xef\xbb\xbfa\r\n", [b"a\r"]),
        (gzip.compress(b"a\nb\n", mtime=0), [b"a", b"b"]),
        (gzip.compress(b"a\nb", mtime=0) + gzip.compress(b"c\n", mtime=0), [b"a", b"bc"]),
        (gzip.compress(b"a\n", mtime=0) + bytes(512), [b"a"]),
        (gzip.compress(b"", mtime=0), []),
    ],
)
def test_lines_of_plain_and_packed_files(data, found):
    assert lines(data) == found


def test_large_files_come_in_many_chunks():
    whole = [b"%d" % number * 20 for number in range(60_000)]
    assert lines(b"\n".join(whole)) == whole
    assert lines(gzip.compress(b"\n".join(whole))) == whole


def test_a_line_that_is_too_long_is_passed_over():
    long = b"x" * (LONGEST * 3)
    assert lines(b"a\n" + long + b"\nb\n") == [b"a", None, b"b"]
    assert lines(b"a\n" + long) == [b"a", None]


@pytest.mark.parametrize("lost", [1, 8, 9, 500])
def test_a_cut_gzip_file_gives_every_line_before_the_cut(lost):
    whole = [b'{"n": %d}' % (number * 7919 % 10_007) for number in range(5_000)]
    found = []
    with pytest.raises(Broken, match="cut off") as caught:
        found.extend(Lines(io.BytesIO(gzip.compress(b"\n".join(whole) + b"\n")[:-lost])))
    assert found == whole[: len(found)]
    assert len(found) > 3_000
    assert whole[len(found) :][:1] == [] or whole[len(found)].startswith(caught.value.rest)


def test_a_damaged_gzip_file_is_named_as_such():
    packed = bytearray(gzip.compress(b"".join(b"%d\n" % (number * 7919) for number in range(50_000))))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(Broken, match="damaged"):
        lines(bytes(packed))


def test_batches_have_at_most_the_size_and_know_their_lines():
    batches, _ = read(track(1), b"", track(2), track(3), size=2)
    assert [batch.lines for batch in batches] == [[1, 3], [4]]
    assert [event.message_id for batch in batches for event in batch.events] == ["m1", "m2", "m3"]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (b"nonsense", "", "not-json"),
        (b'{"type": "track"', "", "not-json"),
        (b"\xff", "", "not-json"),
        (b"[1]", "", "wrong-type"),
        (track(1, user_id="u"), "user_id", "unknown-field"),
        (track(1, userId=5), "userId", "wrong-type"),
        (track(1, type="trak"), "type", "wrong-type"),
        (track(1, timestamp="2026-01-01T00:00:00"), "timestamp", "no-zone"),
        (track(1, timestamp="yesterday"), "timestamp", "wrong-type"),
        (b"[" * 100_000, "", None),
    ],
)
def test_a_line_that_is_no_event_is_refused_and_the_rest_goes_on(line, field, reason):
    batches, reading = read(track(1), line, track(2))
    assert [event.message_id for batch in batches for event in batch.events] == ["m1", "m2"]
    (refusal,) = reading.refusals
    assert str(refusal.place) == "f:2"
    assert refusal.field == field
    assert reason is None or refusal.reason == reason


def test_an_unknown_field_is_corrected_or_ignored():
    _, reading = read(track(1, user_id="u"))
    assert reading.refusals[0].description == "there is no field `user_id`; did you mean `userId`?"
    (batch,), reading = read(track(1, user_id="v", color=1), lenient=True)
    assert batch.events[0].user_id == "u"
    assert reading.refusals == []


def test_properties_are_passed_on_as_they_are_written():
    written = b'{"type":"track","event":"E","messageId":"m","properties":{"a": 1.50, "b":{"c" :[]}},"traits":null}'
    event = event_of(msgspec.json.decode(written, type=Segment))
    assert event.properties_json == b'{"a": 1.50, "b":{"c" :[]}}'
    assert event.WhichOneof("traits_form") is None
    assert event.WhichOneof("context_form") is None
    assert not event.HasField("timestamp")


def test_the_time_of_an_event_is_kept_to_the_microsecond_and_that_of_sending_is_not_used():
    written = track(
        1, timestamp="2011-12-09T12:50:00.123456+01:00", sentAt="2011-12-09T12:51:00Z", originalTimestamp="x"
    )
    (batch,), _ = read(written)
    (event,) = batch.events
    assert event.timestamp.ToJsonString() == "2011-12-09T11:50:00.123456Z"
    assert not event.HasField("sent_at")


def test_every_kind_of_message_is_known():
    kinds = ["track", "identify", "alias", "group", "page", "screen"]
    (batch,), _ = read(*[{"type": kind, "messageId": kind, "name": "n", "previousId": "p"} for kind in kinds])
    assert [event_pb2.EventType.Name(event.type) for event in batch.events] == [
        f"EVENT_TYPE_{k.upper()}" for k in kinds
    ]


def test_a_cut_file_says_which_line_is_incomplete():
    text = b"".join(json.dumps(track(number)).encode() + b"\n" for number in range(3_000))
    reading = Reading("f.gz", Lines(io.BytesIO(gzip.compress(text)[:-700])), 100, lenient=False)
    taken = sum(len(batch.events) for batch in reading)
    assert 0 < taken < 3_000
    assert reading.refusals == []
    assert reading.broken.startswith("it is cut off after ")
    assert reading.broken.endswith(f"; line {taken + 1} is incomplete") or taken == text.count(b"\n")

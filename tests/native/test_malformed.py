"""Bytes that are no message, or hardly one, are answered by both ways alike, and so is what no longer can be read."""

import random

import msgspec
import pytest
from google.protobuf.struct_pb2 import Struct

from duly.engine.state import User
from duly.engine.store import Commit
from duly.native import batches
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_service_pb2 as intake_pb
from tests.native.played import Playing
from tests.native.serving import Serving, bytes_of
from tests.native.test_taking import RULES, ask, context, event, identify, sale


class Mutating(Playing):
    """Sends messages some bytes of which were changed; some of them are as they were."""

    def _decide(self):
        requests = [mutated(bytes_of(self._request()), self.chance) for _ in range(3)]
        self.decide_bytes(requests)

    def _batch(self):
        items = [mutated(bytes_of(request), self.chance) for request in self._several(self._request)]
        self.batch_bytes(b"".join(b"\x0a" + varint(len(item)) + item for item in items))

    def _several_at_once(self):
        self.batch_bytes(mutated(bytes_of(pb.BatchDecideRequest(requests=self._several(self._request))), self.chance))

    def _ingest(self):
        message = intake_pb.IngestRequest(events=self._several(self._event), history=self.chance.random() < 0.15)
        self.ingest_bytes(mutated(bytes_of(message), self.chance))


def mutated(data, chance):
    """A message with a few changes, or with none."""
    found = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
        place = chance.randrange(len(found) + 1)
        change = chance.choice(CHANGES)
        change(found, place, chance)
    return bytes(found)


def _flip(found, place, chance):
    if place < len(found):
        found[place] ^= 1 << chance.randrange(8)


def _put(found, place, chance):
    if place < len(found):
        found[place] = chance.choice([0, 1, 2, 8, 0x0A, 0x7F, 0x80, 0xFF, chance.randrange(256)])


def _cut(found, place, chance):
    del found[place : place + chance.choice([1, 1, 2, 9, 1000])]


def _insert(found, place, chance):
    found[place:place] = chance.choice([b"\x00", b"\x80\x00", b"\x80", b"\xff" * 9 + b"\x01", chance.randbytes(3)])


def _repeat(found, place, chance):
    """Some of it comes twice, as fields may."""
    part = found[place : place + chance.choice([2, 5, 30])]
    found[place:place] = part


def _lengthen(found, place, chance):
    """A number that is longer than it need be."""
    if place < len(found) and found[place] < 0x80:
        found[place : place + 1] = bytes([found[place] | 0x80]) + b"\x80" * chance.choice([0, 3, 4, 8, 9]) + b"\x00"


CHANGES = (_flip, _flip, _put, _cut, _insert, _repeat, _lengthen)


def varint(number):
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


@pytest.mark.parametrize("block", range(4))
def test_mutated_messages(block, ways):
    for seed in range(block * 6, block * 6 + 6):
        ways.same(lambda: Mutating(seed, steps=150).play(), seed)  # noqa: B023
    assert ways.counts["done"] > 50
    assert ways.counts["unread"] > 100


# --- what protobuf makes of bytes -------------------------------------------------------------------------------------

EVENT = ((b"\x0a", b"\x01", b"m"), (b"\x10", b"\x01", b""), (b"\x1a", b"\x01", b"E"), (b"\x22", b"\x03", b"ada"))
"""The fields of an event: tag, length or number, and content."""


@pytest.mark.parametrize("zeros", range(11))
@pytest.mark.parametrize("part", [0, 1])
def test_numbers_that_are_longer_than_they_need_be(part, zeros, ways):
    def make():
        serving = Serving(RULES)
        for place in range(len(EVENT)):
            fields = [list(field) for field in EVENT]
            fields[place][part] = bytes([fields[place][part][0] | 0x80]) + b"\x80" * zeros + b"\x00"
            message = b"".join(b"".join(field) for field in fields)
            serving.ingest_bytes(item(b"\x0a", message))
            serving.batch_bytes(item(b"\x0a", b"\x0a\x03ada" + item(b"\x1a", message)))
        return serving.close()

    ways.same(make, (part, zeros))


@pytest.mark.parametrize("levels", range(30, 35))
def test_nesting_at_the_limit_of_protobuf(levels, ways):
    def make():
        serving = Serving(RULES)
        struct = inner = Struct()
        for _ in range(levels):
            inner = inner.fields["a"].struct_value
        inner.fields["b"].number_value = 1
        message = b"".join(b"".join(field) for field in EVENT) + item(b"\x52", struct.SerializeToString())
        request = b"\x0a\x03ada" + item(b"\x1a", message)
        serving.decide_bytes([request])
        serving.batch_bytes(item(b"\x0a", request))
        serving.ingest_bytes(item(b"\x0a", message))
        return serving.close()

    said = ways.same(make, levels).said
    assert ("undecodable" in repr(said)) == (levels > 31)


def item(tag, content):
    return tag + varint(len(content)) + content


# --- records that were damaged ----------------------------------------------------------------------------------------


def test_damaged_records(ways, monkeypatch):
    """
    What Python cannot read, the core has Python fail with; else both are the same.

    Only of what it hands on unread the core does not say that it is damaged.
    """
    same = 0
    for seed in range(400):
        with ways.core():
            core = damaged(seed, monkeypatch)
        with ways.plain():
            plain = damaged(seed, monkeypatch)
        for ours, theirs in zip(core.said, plain.said, strict=True):
            assert ours == theirs or (type(ours) is list and type(theirs) is str), seed
            if ours != theirs:
                break
        else:
            assert core.kept == plain.kept, seed
            same += 1
    assert same > 380
    assert ways.counts["done"] > 200
    assert ways.counts["declined"] > 200


def damaged(seed, monkeypatch):
    """A service that is asked things after one of its records was damaged; what was before is written by Python."""
    chance = random.Random(seed)
    serving = Serving(RULES)
    serving.engine._ids._bits = chance.getrandbits
    with monkeypatch.context() as patched:
        patched.setattr(batches, "LOADED", False)
        _fill(serving, chance)
    key, value = chance.choice([pair for pair in sorted(serving.pairs().items()) if pair[0][2:3] in b"uimr"])
    head = b"" if key[2:3] == b"r" else value[:8]
    found = head + mutated(value[len(head) :], chance)
    serving.store.commit(Commit((int.from_bytes(key[:2], "big"),), [], [(key, found)]))
    serving.said.clear()
    for call in (
        lambda: serving.decide(ask(sale("z"))),
        lambda: serving.decide(ask(sale("q"), request_id="r")),
        lambda: serving.ingest(event(message="y")),
        lambda: serving.ingest(identify(message="later")),
        lambda: serving.ingest(event("Saved", message="again")),
    ):
        try:
            call()
        except ValueError as error:
            serving.said.append(type(error).__name__)
    return serving.close()


def _fill(serving, chance):
    serving.ingest(event("Saved", message="saved"))
    traits = b'{"name":"Ada","timezone":"Europe/Paris","n":[1,{"a":2.5}]}'
    more = [
        lambda: serving.ingest(identify(traits=traits)),
        lambda: serving.ingest(event(message="w", **context('{"timezone":"Asia/Tokyo"}'))),
        lambda: serving.decide(ask(sale("a"))),
        lambda: serving.decide(ask(sale("q"), request_id="r")),
        lambda: serving.ingest(event("Unheard", message="t")),
    ]
    for call in chance.sample(more, chance.randrange(len(more) + 1)):
        call()


@pytest.mark.parametrize("value", [["a", "b", 3], 7, "text", None])
@pytest.mark.parametrize("field", ["trait_times", "consent_times", "traits", "consent", "sends", "pending"])
def test_fields_of_another_kind(field, value, ways):
    """Whatever stands where a map or a list should be, nobody takes it for one."""
    fields = [*msgspec.to_builtins(User(version=1, created=1, updated=1))]
    fields[User.__struct_fields__.index(field)] = value

    def make():
        serving = Serving(RULES)
        bucket = serving.engine.keys.bucket("u:ada")
        record = (1).to_bytes(8, "big") + msgspec.msgpack.encode(fields)
        serving.store.commit(Commit((bucket,), [], [(serving.engine.keys.user(bucket, "u:ada"), record)]))
        for call in (lambda: serving.ingest(identify()), lambda: serving.decide(ask())):
            with pytest.raises(msgspec.ValidationError):
                call()
        return serving.close()

    ways.same(make, value)

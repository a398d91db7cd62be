"""Stored records that C++ reads, changes and writes are to the byte those that Python writes."""

import json
import random

import msgspec
import pytest

from duly.engine import observe, state
from duly.engine.direct import is_ordinary
from duly.engine.keys import EVENT, INSTANCE, USER
from duly.engine.settle import enter
from duly.engine.state import Instance, LoggedEvent, User
from tests.engine.test_direct import Run
from tests.native.made import SIZES, TEXTS, a_pending, a_send, a_user, a_value, an_object, number, text

native = pytest.importorskip("duly._native")

WORLDS = 12


@pytest.fixture(scope="module")
def stored():
    """Every record of some kinds in the stores of some worlds."""
    worlds = [Run(seed).play() for seed in range(WORLDS)]
    return {
        kind: [value for world in worlds for _, value in world.everything((kind,))] for kind in (USER, INSTANCE, EVENT)
    }


def test_users_of_real_worlds_are_read_and_written_back(stored):
    ordinary = 0
    for value in stored[USER]:
        ordinary += _compare(value, "a world")
    assert len(stored[USER]) > ordinary > len(stored[USER]) // 3


@pytest.mark.parametrize("block", range(10))
def test_any_user_is_read_and_written_back(block):
    ordinary = [_compare(state.pack(a_user(random.Random(seed))), seed) for seed in range(block * 60, block * 60 + 60)]
    assert True in ordinary and False in ordinary


@pytest.mark.parametrize("block", range(10))
def test_users_change_as_they_do_in_python(block, stored):
    changed = 0
    for seed in range(block * 60, block * 60 + 60):
        chance = random.Random(seed)
        value = chance.choice([None, state.pack(a_user(chance)), *chance.choices(stored[USER], k=2)])
        user = User() if value is None else state.unpack_user(value)
        core = native.stored_user(value)
        for _ in range(chance.choice([1, 1, 2, 6])):
            change = chance.choice([_send, _wait, _traits, _zone])
            assert change(chance, core, user), (seed, change)
            changed += 1
        user.version, user.created, user.updated = number(chance, least=0), number(chance), number(chance)
        core.count(user.version, user.created, user.updated)
        assert core.pack() == state.pack(user), seed
        assert core.seen() == _seen(user), seed
        _compare(state.pack(user), seed)
    assert changed > 100


def test_what_an_earlier_version_did_not_write_has_its_default():
    for seed in range(100):
        user = a_user(random.Random(seed))
        for count in range(26):
            value = (7).to_bytes(8, "big") + msgspec.msgpack.encode(
                msgspec.to_builtins(user, builtin_types=(bytes,))[:count]
            )
            _compare(value, (seed, count))


def test_what_is_not_a_user_of_this_version_is_declined():
    value = state.pack(a_user(random.Random(1)))
    longer = value[:8] + msgspec.msgpack.encode([*msgspec.msgpack.decode(value[8:]), 1])
    old_send = state.pack(User())[:8] + msgspec.msgpack.encode(
        [1, 0, 0, {}, {}, "", 0, {}, [[1, 2, "r", "c", "h", "o", b"d"]]]
    )
    old_wait = state.pack(User())[:8] + msgspec.msgpack.encode([1, 0, 0, {}, {}, "", 0, {}, [], [[b"d", "r"]]])
    for wrong in (
        b"",
        value[:5],
        longer,
        old_send,
        old_wait,
        value + b"\0",
        *(value[:cut] for cut in range(8, len(value))),
    ):
        assert native.stored_user(wrong) is None, wrong
    assert native.stored_user(state.pack(User(traits={"big": 1 << 63}))) is None


def test_traits_that_python_keeps_otherwise_are_declined():
    core = native.stored_user(None)
    assert core.take_traits('{"a": 123456789012345678901}', 1) is None
    assert core.pack() == state.pack(User())


def test_a_name_that_comes_twice_counts_once():
    core, user = native.stored_user(None), User()
    said = '{"a": 1, "b": {"x": 1, "y": 2, "x": 3}, "a": null, "c": 2, "b": {"z": 1, "x": {}, "z": []}}'
    assert core.take_traits(said, 5) is observe._take_traits(user, json.loads(said), 5)
    assert core.pack() == state.pack(user)


# --- instances and events ---------------------------------------------------------------------------------------------


def test_instances_note_what_was_decided(stored):
    for seed in range(1_000):
        chance = random.Random(seed)
        value = chance.choice([None, *chance.choices(stored[INSTANCE], k=3)])
        instance = Instance() if value is None else state.unpack_instance(value)
        more, taken, ingested = chance.choice([0, 1, 300]), chance.random() < 0.5, chance.random() < 0.5
        decided = [(f"rule_{number}", chance.randbytes(20)) for number in range(chance.choice(SIZES))]
        instance.version += more
        instance.taken, instance.ingested = instance.taken or taken, instance.ingested or ingested
        for rule, decision in decided:
            instance.decide(rule, decision)
        assert native.changed_instance(value, more, taken, ingested, decided) == state.pack(instance), seed
        if instance.decisions:
            known = chance.choice(list(instance.decisions))
            assert native.changed_instance(state.pack(instance), 0, True, True, [(known, b"x" * 20)]) is None, seed


def test_an_instance_from_before_decisions_were_replaced_is_read():
    known = Instance(3, True, False, {"a": b"1" * 20})
    former = state.pack(known)[:8] + msgspec.msgpack.encode([3, True, False, known.decisions])
    assert state.unpack_instance(former) == known
    known.decide("b", b"2" * 20)
    assert native.changed_instance(former, 0, False, False, [("b", b"2" * 20)]) == state.pack(known)


def test_what_is_not_an_instance_is_declined():
    known = Instance(3, True, False, {"a": b"1" * 20, "b": b"2" * 20})
    value = state.pack(known)
    older = value[:8] + msgspec.msgpack.encode([1, True, True])
    known.decide("a", b"3" * 20)
    replaced = state.pack(known)
    for wrong in (older, replaced, value + b"\0", *(value[:cut] for cut in range(len(value)))):
        assert native.changed_instance(wrong, 0, False, False, []) is None, wrong


def test_events_of_real_worlds_are_written_as_python_does(stored):
    assert len(stored[EVENT]) > 500
    for value in stored[EVENT]:
        event = state.unpack_event(value)
        assert native.packed_event(event, _json(event.traits), _json(event.context)) == value


def test_any_event_is_written_as_python_does():
    for seed in range(800):
        chance = random.Random(seed)
        texts = [chance.choice(TEXTS) for _ in range(5)]
        times = [number(chance), number(chance)]
        properties = json.dumps(an_object(chance)).encode() + b" " * chance.choice([0, 300, 70_000])
        objects = [chance.choice([None, an_object(chance)]) for _ in range(2)]
        event = LoggedEvent(*texts, *times, properties, *objects, chance.choice(TEXTS), chance.choice(TEXTS))
        assert native.packed_event(event, *map(_json, objects)) == state.pack_event(event), seed


def test_an_event_with_a_number_beyond_64_bits_is_declined():
    event = LoggedEvent("m", "track", "E", "ada", "", 1, 2)
    for large in (1 << 63, 1 << 64, -(1 << 63) - 1, 10**300):
        assert native.packed_event(event, json.dumps({"a": [large]}), None) is None


# --- users ------------------------------------------------------------------------------------------------------------


def _compare(value, told):
    """Compare what is read, and whether it is written back as Python would; whether the user is an ordinary one."""
    user, core = state.unpack_user(value), native.stored_user(value)
    assert core.seen() == _seen(user), told
    assert core.pack() == state.pack(user), told
    return is_ordinary(user) and not user.pointers


def _seen(user):
    return {
        "version": user.version,
        "created": user.created,
        "updated": user.updated,
        "traits": msgspec.msgpack.encode(user.traits),
        "context_zone": user.context_zone,
        "context_zone_time": user.context_zone_time,
        "consent": msgspec.msgpack.encode(user.consent),
        "sends": [msgspec.structs.astuple(send) for send in user.sends],
        "pending": len(user.pending),
        "check": user.check,
        "ordinary": is_ordinary(user) and not user.pointers,
        "odd_sends": any(send.shadow or send.held_until for send in user.sends),
    }


def _json(value):
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _send(chance, core, user):
    send = a_send(chance)
    edge = send.at - chance.choice([1, 1000, 1 << 40])
    core.enter(send, edge)
    enter(user.sends, send, edge)
    return True


def _wait(chance, core, user):
    pending = a_pending(chance)
    pending.key, pending.lapsed, pending.properties = "", 0, b""
    core.wait(pending)
    user.pending.append(pending)
    return True


def _traits(chance, core, user):
    said = an_object(chance)
    for name in chance.sample(list(user.traits), min(3, len(user.traits))):
        said[name] = chance.choice([None, a_value(chance)])
    time = number(chance)
    return core.take_traits(_json(said), time) is observe._take_traits(user, said, time)


def _zone(chance, core, user):
    said, time = chance.choice([user.context_zone, "Europe/Paris", text(chance)]), number(chance)
    return core.take_zone(said, time) is observe._take_zone(user, {"timezone": said}, time)

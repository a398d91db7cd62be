"""What must agree in a store whatever happened: users and due queue, relations and index, sends and log."""

from collections import Counter

from duly.engine.history import past_events
from duly.engine.keys import DECISION
from duly.engine.state import MOVED, unpack_due, unpack_user
from tests.identity.world import GRANTED


def users(world):
    """All users by identity."""
    return {key[3:].decode(): unpack_user(value) for key, value in world.everything((b"u",))}


def assert_whole(world):
    """Nothing is half moved: everything a user has lies where the user is, and nowhere else."""
    known = users(world)
    for identity, user in known.items():
        if user.merged_into:
            assert not (user.pending or user.sends or user.deliveries or user.reserved or user.traits), identity
            person = known[world.engine.session().resolve(identity)]
            assert identity in person.identities + person.pointers
    assert_queued(world, known)
    assert_related(world, known)
    assert_logged(world, known)


def assert_queued(world, known):
    waiting = {(who, each.due, each.decision) for who, user in known.items() for each in user.pending}
    waiting |= {(who, each.lease_until, each.decision) for who, user in known.items() for each in user.deliveries}
    sends = [(who, send) for who, user in known.items() for send in user.sends if send.held_until]
    waiting |= {(who, send.held_until, send.decision) for who, send in sends}
    events = {key[11:]: unpack_due(value)[1] for key, value in world.everything((b"q",))}
    for user in known.values():
        assert all(each.properties or events[each.decision] for each in user.pending), "the event is lost"
    queued = [
        (unpack_due(value)[0].decode(), int.from_bytes(key[3:11], "big"), key[11:], int.from_bytes(key[:2], "big"))
        for key, value in world.everything((b"q",))
    ]
    assert {entry[:3] for entry in queued} >= waiting
    assert all(world.engine.keys.bucket(who) == bucket for who, _, _, bucket in queued)
    alive = [entry for entry in queued if entry[:3] in waiting]
    assert len(alive) == len(waiting)


def assert_related(world, known):
    members = {}
    for key, value in world.everything((b"m",)):
        relation, thing, who = key[3:].decode().split("\0")
        members[who, relation, thing] = value
        assert (value[8:] == MOVED) == bool(known[who].merged_into)
    back = {tuple(key[3:].decode().split("\0")) for key, _ in world.everything((b"f",))}
    assert back == set(members)


def assert_logged(world, known):
    """Every send is a grant in the log, under whichever identity, every grant is a send, and each has its user."""
    logs = {
        identity: world.engine.decisions(identity, 100_000) for identity, user in known.items() if not user.merged_into
    }
    found = Counter(decision.id for log in logs.values() for decision in log)
    assert found == Counter(world.engine.keys.decision_in(key) for key, _ in world.everything((DECISION,)))
    for identity, user in known.items():
        if not user.merged_into:
            log = logs[identity]
            granted = Counter(each.id for each in log if each.standing in GRANTED)
            assert granted == Counter(send.decision for send in user.sends), identity


def remembered(world, identity, name):
    """The message ids of a user's history of one name."""
    key = world.engine.keys.history(world.engine.keys.bucket(identity), identity, name)
    value = world.store.read((key,))[0]
    return [] if value is None else sorted(message for _, _, message in past_events(value))

"""A service on a store of its own, by the compiled core or without it; what it says and keeps can be compared."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from hashlib import blake2b

from google.protobuf.timestamp_pb2 import Timestamp

from duly.engine import state
from duly.engine.decision import unpack_decision
from duly.engine.engine import Engine
from duly.engine.keys import DECISION
from duly.engine.store import bucket_prefix
from duly.native import batches, messages
from duly.native.recent import remembering
from duly.service.convert.flawed import Flawed
from duly.service.deciding import Deciding
from duly.service.events import Events
from duly.service.telemetry import Metrics
from duly.stores.open import open_store
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_service_pb2 as intake_pb
from tests.engine.world import NOON, SECOND
from tests.identity.world import written


class Racing:
    """A store at which now and then somebody else is faster: `rival` is called before the next commit."""

    def __init__(self, store):
        self._store, self.rival = store, None

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit(self, change):
        rival, self.rival = self.rival, None
        if rival is not None:
            rival()
        return self._store.commit(change)


class Serving:
    """A store with those who work on it, by the rules of some texts; `said` is all that was answered."""

    def __init__(self, *texts, url="memory:", now=NOON, members=1, kept_bytes=0):
        self.now, self.plans = now, [written(text) for text in texts]
        self.store = Racing(open_store(url, 16, remembering=remembering(kept_bytes) if kept_bytes else None))
        self.metrics, self.said, self.names = Metrics(), [], {}
        self.members = [self._member() for _ in range(members)]
        self.engine, self.deciding, self.events = self.members[0]

    def _member(self):
        engine = Engine(self.store, self.plans[0], lambda: self.now, self.metrics)
        deciding = Deciding(engine, lambda: self.now, self.metrics)
        return engine, deciding, Events(engine, lambda: self.now, None, self.metrics)

    def close(self):
        """Close the store; `kept` is what it held, `counted` the numbers of what happened."""
        self.kept, self.counted = self._remains(), sorted(self.metrics.text().splitlines())
        self.store.close()
        return self

    # --- calls --------------------------------------------------------------------------------------------------------

    def ingest(self, *events, history=False):
        self.ingest_bytes(bytes_of(intake_pb.IngestRequest(events=events, history=history)))

    def ingest_bytes(self, data):
        self._tell(None, lambda: [self.events.Ingest(data, None)])

    def decide(self, *requests):
        self.decide_bytes([bytes_of(request) for request in requests])

    def decide_bytes(self, requests):
        self._tell(pb.DecideResponse, lambda: self._each(requests))

    def _each(self, requests):
        """The answers alone, with or without the ticket that they are durable by."""
        found = self.deciding.each(requests)
        return found[0] if isinstance(found, tuple) else found

    def batch(self, *requests):
        self.batch_bytes(bytes_of(pb.BatchDecideRequest(requests=requests)))

    def batch_bytes(self, data):
        self._tell(pb.BatchDecideResponse, lambda: [self.deciding.batch(data)])

    def _tell(self, kind, ask):
        """Note what is answered, with ids that tell what they stand for, or what is wrong."""
        try:
            found = ask()
        except Flawed as error:
            self.said.append(repr(error.flaws))
            return
        self.said.append([repr(each.flaws) if isinstance(each, Flawed) else self._named(kind, each) for each in found])

    def _named(self, kind, answer):
        for decision in decisions_in(kind, answer):
            known = bytes.fromhex(decision.decision_id)
            name = self.names[known] = named(known, decision.rule, decision.event_message_id)
            answer = answer.replace(decision.decision_id.encode(), name.hex().encode())
        return answer

    # --- what is left -------------------------------------------------------------------------------------------------

    exact = True
    """Whether each record was written by one way alone, so that it is as often written."""

    def _remains(self):
        """All that the store holds, with ids that tell what they stand for."""
        pairs = self.pairs()
        logged = [unpack_decision(value) for key, value in pairs.items() if key[2:3] == DECISION]
        known = {decision.id: named_of(decision) for decision in logged}
        names = self.names | known
        kept = {_renamed(key, names): _renamed(value, names) for key, value in pairs.items()}
        return kept if self.exact else {key: _unversioned(key, value) for key, value in kept.items()}

    def pairs(self):
        spans = ((bucket_prefix(bucket), bucket_prefix(bucket + 1)) for bucket in range(self.store.buckets))
        return dict(pair for start, stop in spans for pair in self.store.scan(start, stop, 1_000_000))


def bytes_of(message):
    return message.SerializeToString(deterministic=True)


def put(stamp: Timestamp, instant: int) -> None:
    stamp.seconds, micros = divmod(instant, SECOND)
    stamp.nanos = micros * 1000


def decisions_in(kind, answer):
    if kind is pb.DecideResponse:
        return kind.FromString(answer).decisions
    found = [] if kind is None else kind.FromString(answer).responses
    return [decision for response in found for decision in response.decisions]


def named(known, rule, message_id):
    """A decision's id with what it is about in place of what is random."""
    return known[:14] + blake2b(f"{rule} {message_id}".encode(), digest_size=6).digest()


def named_of(decision):
    return named(decision.id, decision.rule, decision.message_id)


def _renamed(data, names):
    for known, name in names.items():
        data = data.replace(known, name).replace(known[8:] + known[2:8], name[8:] + name[2:8])
    return data


def _unversioned(key, value):
    """A record without how often it was written: several items may be written by several ways."""
    read = {b"u": state.unpack_user, b"i": state.unpack_instance}.get(key[2:3])
    if read is None:
        return value
    record = read(value)
    record.version = 0
    return state.pack(record)


class Ways:
    """Has things done by both ways; `counts` are how many messages the core could not read, answered and left."""

    def __init__(self, monkeypatch):
        self._monkeypatch, self.counts = monkeypatch, Counter()

    @contextmanager
    def core(self):
        """By the core."""
        settle = batches.Opened.settle

        def counted(opened):
            ticket, found = settle(opened), opened.answers()
            unread = len(opened.left)
            done = sum(answer is not None for answer in found)
            self.counts += Counter(unread=unread, done=done, declined=len(found) - unread - done)
            return ticket

        with self._monkeypatch.context() as patched:
            patched.setattr(batches.Opened, "settle", counted)
            yield

    @contextmanager
    def plain(self):
        """In Python alone."""
        with self._monkeypatch.context() as patched:
            patched.setattr(batches, "LOADED", False)
            patched.setattr(messages, "LOADED", False)
            yield

    def same(self, make, told):
        """Compare what two services come to that `make` has made and closed."""
        with self.core():
            core = make()
        with self.plain():
            plain = make()
        assert core.said == plain.said, told
        assert core.kept == plain.kept, told
        assert core.counted == plain.counted, told
        return core

"""Takes events in: each once, whatever its order of arrival, and has the rules that hear it evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from duly.engine.answer import FORGOTTEN, Answering
from duly.engine.api import Intake, Taken
from duly.engine.candidate import Candidate, decided, relations_of, thing_of
from duly.engine.direct import Subject, decide, is_ordinary
from duly.engine.event import SCREEN, TRACK, Event, flaw
from duly.engine.keys import thing
from duly.engine.merge import former_identities, instance_of, merge, merges
from duly.engine.settle import Claim
from duly.engine.state import Instance
from duly.engine.triggers.cancel import recheck
from duly.engine.triggers.double import end_doubles
from duly.engine.triggers.occurrence import day_of, rule_of
from duly.engine.triggers.recurrence import occur
from duly.engine.triggers.segment import together
from duly.planning.plan import RulePlan


class FanOut(msgspec.Struct, array_like=True):
    """
    An event about a thing on its way to its audience: how far it has come. `version` is for the store.

    It is at the (relation, thing) pair `pair` in `bucket`; the members of all pairs before have been reached. How far
    it is there says a cursor in that bucket: nobody's identity lies outside of their own bucket.
    """

    version: int
    message_id: str
    name: str
    time: int
    arrival: int
    properties: bytes
    bucket: int = 0
    pair: tuple[str, str] = ("", "")
    reached: int = 0


_encoder = msgspec.msgpack.Encoder()
_fanout = msgspec.msgpack.Decoder(FanOut)


def pack_fanout(work: FanOut) -> bytes:
    """The stored form of a fan-out."""
    return work.version.to_bytes(8, "big") + _encoder.encode(work)


def unpack_fanout(value: bytes) -> FanOut:
    """The fan-out that `pack_fanout` wrote."""
    return _fanout.decode(memoryview(value)[8:])


class Taking(Answering):
    """Takes the events of one batch in, in order, in one session."""

    __slots__ = ()

    def reads(self, event: Event) -> list[bytes]:
        """What will be read to take an event in, as far as it is known beforehand."""
        session, identity = self.session, event.identity
        found = [session.instance_key(identity, event.message_id)]
        if not identity:
            return found
        place = session.place(identity)
        found.append(place.key)
        for update in self.plan.updates.get(event.name, ()):
            for value in update.things(event.properties):
                name = thing(value)
                if name is not None:
                    found.append(session.keys.member(place.bucket, update.relation, name, identity))
        return found

    def take(self, event: Event, history: bool) -> Taken:
        """
        Take one event in; `history` loads it without deciding anything.

        An event that `Decide` has already written down is decided about here, but not written down again.
        """
        wrong = flaw(event)
        if wrong is not None:
            return Taken(Intake.REJECTED, wrong)
        named = event.identity
        identity = self.session.resolve(named)
        if identity and self._is_forgotten(event, identity, named):
            return Taken(Intake.REJECTED, FORGOTTEN)
        instance = instance_of(self.session, identity, event.message_id) if identity else self._unowned(event)
        if instance.taken and instance.ingested:
            return Taken(Intake.DUPLICATE)
        seen = instance.taken
        instance.taken = instance.ingested = True
        self.session.keep_instance(identity, event.message_id)
        if merges(event):
            self._merge(event, identity)
        if not seen:
            self._observe(event, identity, silent=history)
        if not history:
            self._decide(event, identity)
        return Taken(Intake.ACCEPTED)

    def _merge(self, event: Event, identity: str) -> None:
        """Make one person of the identities that the event names, with one notification for each instance."""
        for former in former_identities(event):
            origin, person = self.session.user(former), self.session.user(identity)
            fresh = not origin.merged_into and former != identity
            segments = together(self, person, origin) if fresh else {}
            merge(self.session, former, identity, self.now)
            if fresh:
                person.segments.update(segments)
                end_doubles(self, identity)
                self.retime(identity)

    def _is_forgotten(self, event: Event, identity: str, named: str) -> bool:
        """Whether it happened before everything about the user, or about who they were before, was deleted."""
        if event.time <= self.session.user(identity).forgotten:
            return True
        others = former_identities(event) if merges(event) else []
        if named != identity:
            others.append(named)
        return bool(others) and any(event.time <= self.session.user(other).forgotten for other in others)

    def _unowned(self, event: Event) -> Instance:
        return self.session.instance("", event.message_id)

    def _decide(self, event: Event, identity: str) -> None:
        if event.type not in (TRACK, SCREEN):
            return
        if event.name in self.plan.rule_set.events:
            self._start_fanout(event, identity)
            return
        if identity:
            rules = self.plan.listening(event.name, event.properties)
            if rules or self.session.shadow is not None:
                self._queue_fresh(event, identity, rules)

    def _queue_fresh(self, event: Event, identity: str, rules: Sequence[RulePlan]) -> None:
        shadow, user = self.session.shadow, self.session.user(identity)
        if shadow is None and is_ordinary(user) and not self.session.instance(identity, event.message_id).decisions:
            subject = Subject(self, identity, user, event)
            for rule in rules:
                if not (rule.direct and self._queue_directly(subject, rule)):
                    self.queue(identity, [self.candidate(identity, event, rule)])
            return
        fresh = self.fresh(event, identity, rules)
        if shadow is not None and len(fresh) == len(rules):
            shadow.compare(self, identity, event, fresh)
        self.queue(identity, fresh)

    def _queue_directly(self, subject: Subject, rule: RulePlan) -> bool:
        """Have the rule decide by the direct way; whether that could be done."""
        event, identity = subject.event, subject.identity
        about = thing_of(rule, event.properties)
        related = relations_of(self.session, rule, identity, self.plan, event.properties, about)
        match = subject.match(rule, about, related)
        return match is None or decide(match, Claim.QUEUE) is not None

    def fresh(self, event: Event, identity: str, rules: Iterable[RulePlan]) -> list[Candidate]:
        """New candidates for the rules that have not decided about this user and event yet."""
        instance = instance_of(self.session, identity, event.message_id)
        return [self.candidate(identity, event, rule) for rule in rules if decided(instance, rule) is None]

    def _start_fanout(self, event: Event, identity: str) -> None:
        if not any(event.name in rule.fans_out for rule in self.plan.listening(event.name, event.properties)):
            return
        bucket = self.session.keys.bucket(identity or event.message_id)
        work = FanOut(1, event.message_id, event.name, event.time, event.arrival, event.raw)
        self.session.put(bucket, self.session.keys.fanout(bucket, identity, event.message_id), pack_fanout(work))

    def reach(self, identity: str, event: Event) -> None:
        """Decide about one member of the audience of an event about a thing."""
        identity = self.session.resolve(identity)
        if not self.session.user(identity).version:
            return
        if not event.name:
            self._occur(identity, event.message_id)
            return
        rules = [r for r in self.plan.listening(event.name, event.properties) if event.name in r.fans_out]
        self._queue_fresh(event, identity, rules)
        restarted = frozenset(rule.name for rule in rules if rule.delay)
        if restarted:
            recheck(self, identity, restarted)

    def _occur(self, identity: str, message_id: str) -> None:
        """Make one user's occurrence of a date."""
        rule = self.plan.rule(rule_of(message_id))
        if rule is not None:
            occur(self, identity, rule, day_of(message_id))

    def member_reads(self, bucket: int, identity: str, event: Event) -> Iterable[bytes]:
        """What will be read to decide about one member of an audience, as far as it is known beforehand."""
        keys = self.session.keys
        yield keys.user(bucket, identity)
        yield keys.instance(bucket, identity, event.message_id)
        names = {read.name for rule in self.plan.hearing(event.name) for read in rule.history}
        for name in sorted(names):
            yield keys.history(bucket, identity, name)

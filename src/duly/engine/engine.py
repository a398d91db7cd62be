"""
The engine: events and questions in, decisions out.

Every call reads once, evaluates purely and commits once; what it returns is durable. On a lost race it reads and
evaluates again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from duly.engine.answer import Answering
from duly.engine.api import Answer, Handed, Mode, Question, Report, Reported, Taken, Wanted
from duly.engine.backfill import advanced, finished, gather, gather_merged, users_after
from duly.engine.decision import Decision, DecisionIds
from duly.engine.deliver import Delivering
from duly.engine.event import Event
from duly.engine.handing import Handing
from duly.engine.intake import Taking
from duly.engine.keys import Keys
from duly.engine.locks import BucketLocks
from duly.engine.looking import Looking
from duly.engine.merge import former_identities, merges
from duly.engine.noting import Listener, NotingSession
from duly.engine.opens import Everybody
from duly.engine.outcomes import record
from duly.engine.passing import Passing
from duly.engine.preferences import TIMING, prefer
from duly.engine.reaching import Reaching
from duly.engine.remembered import Backfill, adopt, change_remembered, in_force, load_remembered
from duly.engine.round import Round
from duly.engine.schedule import NEVER
from duly.engine.session import Session
from duly.engine.shadow import Shadow
from duly.engine.state import User
from duly.engine.store import Commit, Conflict, Store
from duly.engine.suppression import Suppression
from duly.planning.plan import Plan

Result = TypeVar("Result")

_ATTEMPTS = 20
_TICK = 1_024
"""About how many users are looked at in one call because time has passed."""


class Engine:
    """
    Decides for one store under one plan; safe for many threads.

    `clock` gives the current instant; `listener` is told what it does by itself. Any method may raise
    `StoreUnavailable`; nothing was acknowledged then.
    """

    def __init__(self, store: Store, plan: Plan, clock: Callable[[], int], listener: Listener | None = None) -> None:
        self.store, self.clock, self._listener = store, clock, listener
        self.keys = Keys(store.buckets)
        self._looking = Looking(store, self.keys)
        self.suppression = Suppression(store, self.keys)
        self.shadow: Shadow | None = None
        self._everybody = Everybody(store, self.keys)
        self._plan = plan
        self.locks = BucketLocks(store.buckets)
        self._handing = Handing(store, self.keys, self.apply, self._deliver)
        self._ids = DecisionIds()
        self._ids_lock = Lock()
        self._since: dict[str, int] = {}
        self._reaching = Reaching(store, self.keys, self.change, self._begin, listener)
        self._passing = Passing(store, self.keys, self.change, self._begin, self._reaching)
        self._gathering = Lock()
        self._adopt(plan)

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self._plan

    def publish(self, plan: Plan) -> None:
        """Put another plan in force for every call that starts from now on; what is pending follows it."""
        self._adopt(plan)

    def _adopt(self, plan: Plan) -> None:
        """What the plan wants remembered is written down from now on, so that nothing is missing later on."""
        with self._gathering:
            record = adopt(self.store, plan, self.clock())
            self._since = record.since
            self._plan = in_force(plan, record)

    # --- questions and events -----------------------------------------------------------------------------------------

    def decide(self, questions: Sequence[Question]) -> list[Answer]:
        """An answer to each question, in order. Durable unless all are PEEK; a flaw is in its answer."""
        answers, ticket = self.answer(questions)
        self.store.sync(ticket)
        return answers

    def answer(self, questions: Sequence[Question]) -> tuple[list[Answer], int]:
        """The same, durable once the store has synced the ticket: before that nobody must be told."""

        def answer(session: Session) -> list[Answer]:
            answering = Answering(session, self._plan, self._ids, self.clock(), self._since)
            session.load(key for question in questions for key in answering.keys(question))
            return [answering.answer(question) for question in questions]

        buckets = {self.keys.bucket(question.identity) for question in questions}
        if all(question.mode is Mode.PEEK for question in questions):
            return self._look(buckets, answer), 0
        return self.apply(buckets, answer, self.session)

    def _look(self, buckets: Iterable[int], work: Callable[[Session], Result]) -> Result:
        """Read and evaluate, again where what was read does not belong together; nobody waits for it but at last."""
        for _ in range(_ATTEMPTS - 1):
            with suppress(Conflict):
                return work(self.session())
        with self.locks.hold(set(buckets)):
            return work(self.session())

    def ingest(self, events: Sequence[Event], history: bool = False) -> list[Taken]:
        """Take events in, in order; durable on return. `history` loads them without deciding anything."""
        results: list[Taken] = []
        ticket = 0
        for run in _runs(events):
            taken, ticket = self.apply(self._buckets(run), partial(self._take, run, history))
            results += taken
        self.store.sync(ticket)
        about = self._plan.rule_set.events
        if not history and any(event.name in about for event in events):
            self._reaching.start(self._plan, [self._fanout_key(event) for event in events if event.name in about])
        return results

    def _fanout_key(self, event: Event) -> bytes:
        bucket = self.keys.bucket(event.identity or event.message_id)
        return self.keys.fanout(bucket, event.identity, event.message_id)

    def _take(self, events: Sequence[Event], history: bool, session: Session) -> list[Taken]:
        taking = self._begin(session)
        session.load(key for event in events for key in taking.reads(event))
        taken = [taking.take(event, history) for event in events]
        if _merging(events):
            gather_merged(session, session.resolve(events[0].identity), taking)
        return taken

    def _buckets(self, events: Sequence[Event]) -> set[int]:
        bucket = self.keys.bucket
        buckets = {bucket(event.identity or event.message_id) for event in events}
        return buckets | set(map(bucket, former_identities(events[0]))) if _merging(events) else buckets

    def report(self, reports: Sequence[Report]) -> list[Reported]:
        """Write down what became of notifications; durable on return."""
        buckets = {self.keys.bucket_in(report.decision) % self.keys.buckets for report in reports}
        return self.change(buckets, lambda session: [record(session, self._plan, report) for report in reports])

    def prefer(self, identity: str, wishes: dict[str, Any]) -> User:
        """Change a user's preferences, see `duly.engine.preferences.prefer`, and when what waits is due; durable."""

        def change(session: Session) -> User:
            whom, now = session.resolve(identity), self.clock()
            user = session.user(whom)
            prefer(user, wishes, now)
            user.created = user.created or now
            user.updated = now
            session.keep_user(whom)
            if user.pending and not TIMING.isdisjoint(wishes):
                self._begin(session).retime(whom)
            return user

        return self.change({self.keys.bucket(identity)}, change)

    def change(
        self, buckets: Iterable[int], work: Callable[[Any], Result], begin: Callable[[], Round] | None = None
    ) -> Result:
        """Read, evaluate and commit, see `apply`; then wait until it is durable."""
        result, ticket = self.apply(buckets, work, begin)
        self.store.sync(ticket)
        return result

    def apply(
        self, buckets: Iterable[int], work: Callable[[Any], Result], begin: Callable[[], Round] | None = None
    ) -> tuple[Result, int]:
        """
        Read, evaluate and commit, again after a lost race; the result and the ticket to wait for.

        Nothing is written into a bucket that is not held: an identity may lead, by a merge, to a person who lives in
        another one, which is known only after reading.
        """
        held, races, begin = set(buckets), 0, begin or self._noting
        while True:
            try:
                with self.locks.hold(held):
                    session = begin()
                    result = work(session)
                    change = session.commit()
                    strays = set(change.buckets) - held
                    ticket = 0 if strays else self._commit(change)
            except Conflict:
                races += 1
                if races == _ATTEMPTS:
                    raise
                continue
            if not strays:
                self._notice(session)
                return result, ticket
            held |= strays

    def _notice(self, session: Round) -> None:
        if session.dues:
            self._handing.notice(session.dues)
        if session.checks:
            self._passing.checks.notice(session.checks)
        if self._listener is not None and isinstance(session, NotingSession) and session.verdicts:
            self._listener.wrote(session.verdicts)

    def session(self) -> Session:
        """A new round of reading and writing; nothing reaches the store by itself."""
        session = Session(self.store, self.keys, self._everybody, self.suppression)
        session.shadow = self.shadow
        return session

    def _noting(self) -> Session:
        session = NotingSession(self.store, self.keys, self._everybody, self.suppression, self.clock())
        session.shadow = self.shadow
        return session

    def _commit(self, change: Commit) -> int:
        return self.store.commit(change) if change.buckets else self.store.latest()

    # --- what is due --------------------------------------------------------------------------------------------------

    def take_due(self, worker: str, limit: int, lease: int, wanted: Wanted | None = None) -> list[Handed]:
        """
        At most `limit` notifications that are due, leased to `worker` for `lease` microseconds; durable.

        Those of rules with a higher priority come first, as far as a page of each bucket shows.
        """
        self.tick()
        return self._handing.take(worker, limit, lease, wanted or Wanted(), self._plan, self.clock())

    def next_due(self) -> int | None:
        """The earliest instant at which something may be due; it may be past. None when nothing waits."""
        earliest = self._handing.schedule.earliest()
        return None if earliest == NEVER else earliest

    def backlog(self, most: int) -> int:
        """How many entries of the due queue are due and not handed out, counted to `most`."""
        return self._handing.backlog(self.clock(), most)

    def wait_due(self, seconds: float) -> None:
        """Return when something was queued, or after `seconds`."""
        self._handing.schedule.wait(seconds)

    def sweep(self) -> int:
        """Close what waited too long and let reservations lapse where no worker came; how many users were looked at."""
        return self._handing.sweep(self.clock())

    def _deliver(self, session: Session) -> Delivering:
        return Delivering(session, self._plan, self._ids, self.clock(), self._since)

    # --- fan-out ------------------------------------------------------------------------------------------------------

    def fan_out(self) -> bool:
        """Do one page of the next fan-out that waits; False when there is none."""
        return self._reaching.page(self._plan)

    def fan_outs(self) -> tuple[int, int, int]:
        """Fan-outs that wait, users those have reached so far, and users reached by this process since it began."""
        return (*self._reaching.progress(), self._reaching.reached)

    def asking(self, session: Session, now: int) -> Taking:
        """What evaluates by the plan in force at the instant `now`, in a session that nobody commits."""
        return Taking(session, self._plan, self._ids, now, self._since)

    def _begin(self, session: Session) -> Taking:
        return Taking(session, self._plan, self._ids, self.clock(), self._since)

    # --- what time brings ---------------------------------------------------------------------------------------------

    def tick(self) -> int:
        """
        Do what the passing of time alone asks for: begin dates, look at users whose segments may change by now.

        To be called about once a second, and again at once while it gives more than 0: how many dates and users there
        were. `take_due` calls it too.
        """
        return self._passing.tick(self._plan, self.clock(), _TICK)

    def next_tick(self) -> int | None:
        """The earliest instant, which may be past, at which `tick` may find something to do; None for never."""
        return self._passing.next_instant(self._plan, self.clock())

    def backfill(self) -> bool:
        """Gather for one page of users what the rules read and nobody kept; False when there is nothing to gather."""
        with self._gathering:
            record = load_remembered(self.store)
            self._since, work = record.since, record.backfill
            if work is None:
                return False
            bucket, identities = users_after(self.store, self.keys, work)
            if identities:
                self.change({bucket}, partial(gather, work, bucket, identities, self._begin))
                change_remembered(self.store, partial(advanced, work, bucket, len(identities)))
            else:
                self._since = change_remembered(self.store, partial(finished, work)).since
            return True

    def backfill_progress(self) -> Backfill | None:
        """What is being gathered and how far that has come, None when all that the rules read is whole."""
        return load_remembered(self.store).backfill

    # --- looking ------------------------------------------------------------------------------------------------------

    def user(self, identity: str) -> User | None:
        """A user's state, None for one never seen."""
        return self._looking.user(identity)

    def waiting(self, identity: str) -> tuple[User | None, list[bytes]]:
        """A user's state and, for each that waits for them, the properties (JSON) of the event that it came from."""
        return self._looking.waiting(identity)

    def decision(self, decision: bytes) -> Decision | None:
        """One record of the decision log."""
        return self._looking.decision(decision)

    def decisions(self, identity: str, limit: int, before: bytes | None = None) -> list[Decision]:
        """The user's decisions under all of their identities, newest first, older than the decision id `before`."""
        return self._looking.decisions(identity, limit, before)

    def relation_counts(self, identity: str) -> dict[str, int]:
        """In how many things' relations a user is, by relation."""
        return self._looking.relation_counts(identity)


def _merging(run: Sequence[Event]) -> bool:
    """Whether a run is one event that merges identities."""
    return len(run) == 1 and merges(run[0])


def _runs(events: Sequence[Event]) -> Iterable[Sequence[Event]]:
    """The events in order, cut so that a merge sees what came before it in the store."""
    start = 0
    for number, event in enumerate(events):
        if merges(event):
            if number > start:
                yield events[start:number]
            yield events[number : number + 1]
            start = number + 1
    if start < len(events):
        yield events[start:]

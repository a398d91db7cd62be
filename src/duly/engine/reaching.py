"""Brings fan-outs to their audiences: a page at a time, in the background or, for small audiences, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

from duly.engine.cursor import Cursor
from duly.engine.event import Event
from duly.engine.fanout import Page, audience, event_of, next_page
from duly.engine.intake import FanOut, Taking, pack_fanout, unpack_fanout
from duly.engine.keys import FANOUT, Keys
from duly.engine.noting import Listener
from duly.engine.session import Session
from duly.engine.store import Commit, Conflict, Store, bucket_in
from duly.planning.plan import Plan

Result = TypeVar("Result")

_INLINE_PAGES = 4
"""Pages of a fan-out that are done at once before the rest is left to the background."""

_PATROL = 8
"""Buckets that are looked into each time although nothing is known to wait there."""


class Change(Protocol):
    """Reads, evaluates and commits in some buckets, again after a lost race, and waits until it is durable."""

    def __call__(self, buckets: Iterable[int], work: Callable[[Session], Result], /) -> Result:
        """What `work` gives."""


class Reaching:
    """
    The fan-outs of one store; one thread of a process at a time works on them.

    `reached` counts the users that this process has brought events to.
    """

    def __init__(
        self,
        store: Store,
        keys: Keys,
        change: Change,
        begin: Callable[[Session], Taking],
        listener: Listener | None = None,
    ) -> None:
        self._store, self._keys, self._change, self._begin, self._listener = store, keys, change, begin, listener
        self._lock = Lock()
        self._likely: dict[int, None] = dict.fromkeys(range(store.buckets))
        self._patrolled = 0
        self.reached = 0

    def page(self, plan: Plan) -> bool:
        """Do one page of the next fan-out that waits, of each bucket in turn; False when none is found."""
        with self._lock:
            for bucket in (*self._likely, *self._patrol()):
                self._likely.pop(bucket, None)
                waiting = self._store.scan(*self._keys.span(bucket, FANOUT), 1)
                if waiting:
                    # At the end of the line again, so that a long one does not hold up the others.
                    self._likely[bucket] = None
                    self._reach_page(plan, *waiting[0])
                    return True
        return False

    def _patrol(self) -> list[int]:
        """The next few buckets in which nobody has said that anything waits: another process may have begun it."""
        start, self._patrolled = self._patrolled, (self._patrolled + _PATROL) % self._keys.buckets
        return [bucket % self._keys.buckets for bucket in range(start, start + _PATROL)]

    def progress(self) -> tuple[int, int]:
        """How many fan-outs wait or are under way, of each bucket one, and how many users those have reached so far."""
        spans = (self._keys.span(bucket, FANOUT) for bucket in range(self._keys.buckets))
        found = [unpack_fanout(value) for start, stop in spans for _, value in self._store.scan(start, stop, 1)]
        return len(found), sum(work.reached for work in found)

    def start(self, plan: Plan, keys: Iterable[bytes]) -> None:
        """Begin these fan-outs, so that a small audience has been reached on return."""
        for key in keys:
            with self._lock:
                self._likely[bucket_in(key)] = None
                for _ in range(_INLINE_PAGES):
                    value = self._store.read((key,))[0]
                    if value is None:
                        break
                    self._reach_page(plan, key, value)

    def _reach_page(self, plan: Plan, key: bytes, value: bytes) -> None:
        work = unpack_fanout(value)
        event = event_of(work)
        cursor = Cursor(self._keys, key)
        after = cursor.read(self._store, work.bucket, work.pair)
        page = next_page(self._store, self._keys, work, audience(plan, event), after)
        if page.rest is not None:
            self._change({page.bucket}, partial(self._reach, page, page.rest.pair, event, cursor))
            self.reached += len(page.members)
        self._advance(key, work, page.rest)
        if page.rest is None or page.bucket != work.bucket:
            cursor.forget(self._store, work.bucket)

    def _reach(self, page: Page, pair: tuple[str, str], event: Event, cursor: Cursor, session: Session) -> None:
        cursor.move(session, page.bucket, pair, page.last)
        taking = self._begin(session)
        session.load(key for identity in page.members for key in taking.member_reads(page.bucket, identity, event))
        for identity in page.members:
            taking.reach(identity, event)
        for identity in page.gone:
            session.delete(page.bucket, self._keys.member(page.bucket, *pair, identity))
            session.delete(page.bucket, self._keys.related(page.bucket, identity, *pair))

    def _advance(self, key: bytes, work: FanOut, rest: FanOut | None) -> None:
        """Note how far a fan-out has come; losing this, or a race for it, repeats a page and decides nothing twice."""
        bucket = int.from_bytes(key[:2], "big")
        if rest is None:
            change = Commit((bucket,), checks=[(key, work.version)], deletes=[key])
        else:
            change = Commit((bucket,), checks=[(key, work.version)], puts=[(key, pack_fanout(rest))])
        with suppress(Conflict):
            self._store.commit(change)
            if rest is None and self._listener is not None:
                self._listener.fanned_out(work.reached)

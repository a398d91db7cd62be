"""Hands out what is due, by priority and from every bucket in turn, and closes what nobody fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Protocol, TypeVar

from duly.engine.api import Handed, Wanted
from duly.engine.deliver import FIRST, LAST, Delivering
from duly.engine.keys import DUE, Keys
from duly.engine.schedule import NEVER, Schedule
from duly.engine.session import Session
from duly.engine.state import unpack_due
from duly.engine.store import Store
from duly.planning.plan import Plan

Result = TypeVar("Result")
Due = dict[str, list[bytes]]
"""Users with the keys of their entries in the due queue."""

_PAGE = 256
_RANKED_PAGE = 64
"""Entries of the due queue that are read at a time; fewer where users have to be read to know who goes first."""

_STRIDE = 97
_RANK = itemgetter(0)


class Apply(Protocol):
    """Reads, evaluates and commits in some buckets; what `work` gave, and the ticket to wait for."""

    def __call__(self, buckets: Iterable[int], work: Callable[[Session], Result], /) -> tuple[Result, int]:
        """Again after a lost race."""


@dataclass(frozen=True, slots=True)
class Order:
    """
    What a worker asks for: at most `limit` notifications, leased for `lease` microseconds.

    `top` is the best rank that a rule has; without `ranked` all have the same.
    """

    worker: str
    limit: int
    lease: int
    wanted: Wanted
    top: int = 0
    ranked: bool = False


@dataclass(slots=True)
class Visit:
    """What was found on a page of a bucket's due queue: `best` is the first rank left, `rest` where the next starts."""

    handed: list[Handed]
    best: int = LAST
    rest: bytes = b""


class Handing:
    """
    The due queue of one store.

    What the best rank in a bucket is, is hoped for until somebody looks, and known from then on until more comes or the
    bucket is empty: so a burst goes out by priority, and of each bucket no more than a page is read to see to that.
    """

    def __init__(self, store: Store, keys: Keys, apply: Apply, begin: Callable[[Session], Delivering]) -> None:
        self.schedule = Schedule(store.buckets)
        self._store, self._keys, self._apply, self._begin = store, keys, apply, begin
        self._known = [FIRST] * store.buckets
        self._calls = 0
        self._plan: Plan | None = None
        self._priorities: set[int] = set()

    def notice(self, dues: Sequence[tuple[int, int]]) -> None:
        """Take note of new entries (bucket, instant) and wake the waiting."""
        for bucket, _ in dues:
            self._known[bucket] = FIRST
        self.schedule.notice(dues)

    # --- handing out --------------------------------------------------------------------------------------------------

    def take(self, worker: str, limit: int, lease: int, wanted: Wanted, plan: Plan, now: int) -> list[Handed]:
        """What is due for a worker; durable on return, with one flush for all buckets."""
        order = self._order(Order(worker, limit, lease, wanted), plan)
        handed: list[Handed] = []
        ticket = self._store.latest()
        for bucket, bound in self._turns(order.top, now):
            page, ticket = self._visit(bucket, bound, replace(order, limit=limit - len(handed)))
            handed += page
            if len(handed) >= limit:
                break
        self._store.sync(ticket)
        return handed

    def _order(self, order: Order, plan: Plan) -> Order:
        if self._plan is not plan:
            self._priorities = {rule.priority for rule in plan.rules.values()} or {0}
            self._plan = plan
        return replace(order, top=-max(self._priorities), ranked=len(self._priorities) > 1)

    def _turns(self, top: int, now: int) -> Iterator[tuple[int, int]]:
        """
        The buckets with something due, that of the best rank first, and the last rank to take there on this visit.

        A bucket comes again while what was left there is before what others have. Among equals each call begins at
        another bucket, so that workers do not wait for each other.
        """
        self._calls += _STRIDE
        known, shift, buckets = self._known, self._calls, self._store.buckets
        turns = [(max(known[b], top), instant, (b + shift) % buckets, b) for instant, b in self.schedule.overdue(now)]
        heapify(turns)
        while turns:
            rank, instant, place, bucket = heappop(turns)
            yield bucket, turns[0][0] if turns else LAST
            if rank < known[bucket]:
                heappush(turns, (known[bucket], instant, place, bucket))

    def _visit(self, bucket: int, bound: int, order: Order) -> tuple[list[Handed], int]:
        """What is handed out of one bucket; what is left there is noted."""
        handed: list[Handed] = []
        best, start, ticket = LAST, self._keys.due(bucket, 0, b""), 0
        while start and best == LAST and len(handed) < order.limit:
            room = replace(order, limit=order.limit - len(handed))
            visit, ticket = self._apply({bucket}, partial(self._page, bucket, start, bound, room))
            handed += visit.handed
            best, start = visit.best, visit.rest
        self._known[bucket] = best if best < LAST else FIRST
        self._settle(bucket)
        return handed, ticket

    def _page(self, bucket: int, start: bytes, bound: int, order: Order, session: Session) -> Visit:
        """Those handed out of one page, best ranks first; a worker passes over what it does not want."""
        delivering = self._begin(session)
        size = _RANKED_PAGE if order.ranked else _PAGE
        users, rest = self._due_users(delivering, bucket, start, size)
        visit = Visit([], rest=rest)
        for rank, identity in _ranked(delivering, users, order):
            room = order.limit - len(visit.handed)
            if rank > bound or room <= 0:
                visit.best = max(rank, order.top)
                break
            visit.handed += delivering.hand_out(identity, order.worker, order.lease, room, order.wanted)
            delivering.clean(identity, users[identity])
        return visit

    # --- what nobody fetched ------------------------------------------------------------------------------------------

    def sweep(self, now: int) -> int:
        """Close what waited too long and let reservations lapse where no worker came; how many users were looked at."""
        return sum(self._sweep_bucket(bucket) for bucket in self.schedule.due(now))

    def _sweep_bucket(self, bucket: int) -> int:
        seen, ticket = 0, 0
        start = self._keys.due(bucket, 0, b"")
        while start:
            (users, start), ticket = self._apply({bucket}, partial(self._sweep_page, bucket, start))
            seen += users
        self._settle(bucket)
        self._store.sync(ticket)
        return seen

    def _sweep_page(self, bucket: int, start: bytes, session: Session) -> tuple[int, bytes]:
        delivering = self._begin(session)
        users, rest = self._due_users(delivering, bucket, start, _PAGE)
        session.load(self._keys.user(bucket, identity) for identity in users)
        for identity, keys in users.items():
            delivering.sweep(identity)
            delivering.clean(identity, keys)
        return len(users), rest

    def backlog(self, now: int, most: int) -> int:
        """How many entries of the queue are due, counted to `most`."""
        count = 0
        for bucket in self.schedule.due(now):
            stop = self._keys.due(bucket, now + 1, b"")
            count += len(self._store.scan(self._keys.due(bucket, 0, b""), stop, most - count))
            if count >= most:
                break
        return count

    # --- the queue ----------------------------------------------------------------------------------------------------

    def _due_users(self, delivering: Delivering, bucket: int, start: bytes, size: int) -> tuple[Due, bytes]:
        """The users of a page of the due queue with the keys of their entries, and where the next page starts."""
        entries = self._store.scan(start, self._keys.due(bucket, delivering.now + 1, b""), size)
        delivering.session.scanned(entries)
        users: Due = {}
        for key, value in entries:
            users.setdefault(unpack_due(value)[0].decode(), []).append(key)
        return users, entries[-1][0] + b"\0" if len(entries) == size else b""

    def _settle(self, bucket: int) -> None:
        """Tell the schedule what the queue of a bucket starts with."""
        mark = self.schedule.mark(bucket)
        start, stop = self._keys.span(bucket, DUE)
        first = self._store.scan(start, stop, 1)
        self.schedule.settle(bucket, mark, self._keys.instant_of(first[0][0]) if first else NEVER)


def _ranked(delivering: Delivering, users: Due, order: Order) -> list[tuple[int, str]]:
    """The users of a page by rank; where all rules have the same, nobody is read who is not served."""
    session = delivering.session
    keys = [session.keys.user(session.keys.bucket(identity), identity) for identity in users]
    if not order.ranked:
        session.load(keys[: order.limit])
        return [(order.top, identity) for identity in users]
    session.load(keys)
    return sorted([(delivering.rank(identity, order.wanted), identity) for identity in users], key=_RANK)

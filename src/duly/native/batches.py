"""Batches of questions or events that the compiled core works on, as far as it knows how to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from duly.engine.engine import Engine
from duly.engine.noting import Verdicts
from duly.engine.store import Commit, Store
from duly.native import LOADED
from duly.native.rules import lower_plan
from duly.native.tally import Tally
from duly.native.zones import zone_parts

if LOADED:
    from duly import _native

if TYPE_CHECKING:
    from duly.planning.plan import Plan


class Opened:
    """
    Some messages that were read; `left` are the numbers of those that the core knows nothing of.

    There are no answers before `settle`, which is to be called once.
    """

    __slots__ = ("_batch", "_count", "_engine", "_plan", "_settled", "left")

    def __init__(self, engine: Engine, plan: Plan, batch: _native.Batch | None, count: int) -> None:
        self._engine, self._plan, self._batch, self._count = engine, plan, batch, count
        self.left: Sequence[int] = range(count) if batch is None else batch.left()
        self._settled: _native.Batch | None = None

    def settle(self) -> int:
        """Deal with them; the ticket until which the store has to be synced. Raises what the engine raises."""
        batch, engine = self._batch, self._engine
        if batch is None or len(self.left) == self._count:
            return 0
        try:
            _, ticket = engine.apply(batch.buckets(), lambda _: batch.work(engine.clock()), self._begin)
        except _Outdated:
            return 0
        batch.count()
        self._settled = batch
        return ticket

    def _begin(self) -> Round:
        """A round by the plan that is in force when it begins, for which a call may have waited a while."""
        if self._engine.plan is not self._plan or self._engine.shadow is not None or self._batch is None:
            raise _Outdated
        return Round(self._engine.store, self._batch)

    def answers(self) -> list[bytes | None]:
        """The answer to each, None for what the engine has to deal with."""
        return [None] * self._count if self._settled is None else self._settled.answers()

    def joined(self, first: int, last: int) -> bytes | None:
        """Answers from one number to another as the items of a message; None if the engine has to deal with some."""
        return None if self._settled is None else self._settled.joined(first, last)


class _Outdated(Exception):
    """Another plan has come into force since a batch was opened."""


class Round:
    """One round of reading, evaluating and writing by the core, see `duly.engine.session.Session`."""

    __slots__ = ("_batch", "_since")

    checks: Sequence[tuple[int, int]] = ()

    def __init__(self, store: Store, batch: _native.Batch) -> None:
        self._batch, self._since = batch, store.latest()
        wanted = batch.begin()
        while wanted:
            wanted = batch.load(store.read(wanted))

    @property
    def dues(self) -> Sequence[tuple[int, int]]:
        """What was entered into the due queue: buckets and instants."""
        return self._batch.dues()

    def commit(self) -> Commit:
        """All that changes."""
        buckets, puts = self._batch.change()
        return Commit(buckets, _Checks(self._batch), puts, (), self._since)


class _Checks:
    """What a batch is to be checked for; made when it is, which is seldom."""

    __slots__ = ("_batch",)

    def __init__(self, batch: _native.Batch) -> None:
        self._batch = batch

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        return iter(self._batch.checks())


class Batches:
    """Opens batches for one engine, by the plan that is in force; any thread may ask."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: tuple[Plan, _native.Plan | None] | None = None
        self._tally = Tally()
        self._lowering = Lock()

    def prepare(self) -> None:
        """Lower the plan in force; until that is done the engine deals with everything, so that nobody waits for it."""
        if LOADED:
            with self._lowering:
                self._lower(self._engine.plan)

    def verdicts(self) -> Verdicts:
        """How often a rule came to a verdict for a reason, as far as the core decided, since this was last asked."""
        return self._tally.take()

    def questions(self, requests: Sequence[bytes], arrival: int) -> Opened:
        """`DecideRequest`s that arrived at the instant `arrival`, to be answered with `DecideResponse`s."""
        plan, lowered = self._plans()
        batch = None if lowered is None else lowered.questions(list(requests), arrival)
        return Opened(self._engine, plan, batch, len(requests))

    def events(self, events: Sequence[bytes], arrival: int, history: bool) -> Opened:
        """`Event`s that arrived at the instant `arrival`, to be answered with `IngestResult`s."""
        plan, lowered = self._plans()
        batch = None if lowered is None else lowered.events(list(events), arrival, history)
        return Opened(self._engine, plan, batch, len(events))

    def _plans(self) -> tuple[Plan, _native.Plan | None]:
        """The plan in force and, where the core may work by it, as the core has it."""
        plan, known = self._engine.plan, self._known
        if not LOADED or self._engine.shadow is not None:
            return plan, None
        if known is not None and known[0] is plan:
            return known
        if not self._lowering.acquire(blocking=False):
            return plan, None
        try:
            return self._lower(plan)
        finally:
            self._lowering.release()

    def _lower(self, plan: Plan) -> tuple[Plan, _native.Plan | None]:
        if self._known is None or self._known[0] is not plan:
            self._known = plan, self._lowered(plan)
        return self._known

    def _lowered(self, plan: Plan) -> _native.Plan | None:
        lowered = lower_plan(plan)
        if lowered is None:
            return None
        seed = int.from_bytes(os.urandom(8), "big")
        store, secret = self._engine.store, self._engine.suppression.secret
        try:
            core = _native.Plan(lowered, store.buckets, secret, zone_parts, seed)
        except _native.Declined:
            return None
        self._tally.follow(core)
        return core

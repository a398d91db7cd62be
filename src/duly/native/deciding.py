"""Answers questions by the compiled core, as far as it knows how to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from duly.engine.engine import Engine
from duly.engine.store import Commit, Store
from duly.native import LOADED
from duly.native.rules import lower_plan
from duly.native.zones import zone_parts

if LOADED:
    from duly import _native

if TYPE_CHECKING:
    from duly.planning.plan import Plan

Verdicts = Mapping[tuple[str, int, str], int]


class Opened:
    """
    Some `DecideRequest`s that were read; `left` are the numbers of those that the core knows nothing of.

    `answers` is to be asked once; a None in it is a request that the engine has to answer.
    """

    __slots__ = ("_count", "_engine", "_questions", "left", "verdicts")

    def __init__(self, engine: Engine, questions: _native.Questions | None, count: int) -> None:
        self._engine, self._questions, self._count = engine, questions, count
        self.left: Sequence[int] = range(count) if questions is None else questions.left()
        self.verdicts: Verdicts = {}

    def answers(self) -> Sequence[bytes | None]:
        """A `DecideResponse` to each request; durable. Raises what the engine raises."""
        questions, store, clock = self._questions, self._engine.store, self._engine.clock
        if questions is None or len(self.left) == self._count:
            return [None] * self._count
        self._engine.change(questions.buckets(), lambda _round: questions.work(clock()), lambda: Round(store, questions))
        self.verdicts = questions.verdicts()
        return questions.answers()


class Round:
    """One round of reading, evaluating and writing by the core, see `duly.engine.session.Session`."""

    __slots__ = ("_questions", "_since")

    checks: Sequence[tuple[int, int]] = ()

    def __init__(self, store: Store, questions: _native.Questions) -> None:
        self._questions, self._since = questions, store.latest()
        wanted = questions.begin()
        while wanted:
            wanted = questions.load(store.read(wanted))

    @property
    def dues(self) -> Sequence[tuple[int, int]]:
        """What was entered into the due queue: buckets and instants."""
        return self._questions.dues()

    def commits(self) -> list[Commit]:
        """All changes, by bucket."""
        return [Commit(bucket, checks, puts, [], self._since) for bucket, checks, puts in self._questions.changes()]


class NativeDeciding:
    """The core's knowledge of one engine's plan."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: tuple[Plan, _native.Plan | None] | None = None

    def open(self, requests: Sequence[bytes], arrival: int) -> Opened:
        """Read requests that arrived at the instant `arrival`."""
        plan = self._plan()
        questions = None if plan is None else plan.questions(list(requests), arrival)
        return Opened(self._engine, questions, len(requests))

    def _plan(self) -> _native.Plan | None:
        engine = self._engine
        if not LOADED or engine.shadow is not None:
            return None
        plan, known = engine.plan, self._known
        if known is None or known[0] is not plan:
            lowered = lower_plan(plan)
            seed = int.from_bytes(os.urandom(8), "big")
            made = None if lowered is None else _native.Plan(
                lowered, engine.store.buckets, engine.suppression.secret, zone_parts, seed
            )
            known = self._known = plan, made
        return known[1]

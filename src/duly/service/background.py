"""What a server does by itself: fan-outs, what time brings, gathering, waking those who wait, and keeping house."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Any

from duly.engine.engine import Engine
from duly.engine.retention import Kept, Retention
from duly.engine.store import StoreError
from duly.service.convert.instant import SECOND
from duly.service.publication import Publication
from duly.service.shadowing import Shadowing
from duly.service.watchers import Watchers

_FAN_OUT_PAUSE = 0.2
_LONGEST_WAIT = 0.5
_HOUSE_PAUSE = 1.0
_FORGET_PAUSE = 0.002
_AFTER_FAILURE = 1.0


class Background:
    """The threads of one server besides those that answer calls."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], int],
        watchers: Watchers,
        publication: Publication,
        log: Any,
        kept: Kept,
        shadowing: Shadowing,
    ) -> None:
        self._shadowing = shadowing
        self._retention = Retention(engine, kept)
        self._engine, self._clock, self._watchers = engine, clock, watchers
        self._publication, self._log = publication, log
        self._stopping = Event()
        self._undelivered: int | None = None
        steps = (self._fan_out, self._backfill, self._wake, self._keep_house, self._forget)
        self._threads = [Thread(target=self._repeat, args=(step,), name=step.__name__, daemon=True) for step in steps]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """End, and return when nothing is being done any more, or after so many seconds: a store may hang."""
        self._stopping.set()
        self._watchers.present.set()
        end = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))

    def _repeat(self, step: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                step()
            except StoreError as error:
                self._log.error("store_failed", task=step.__name__, error=type(error).__name__)
                self._stopping.wait(_AFTER_FAILURE)
            except Exception as error:  # noqa: BLE001  # a thread that dies would never be missed
                self._log.error("task_failed", task=step.__name__, error=type(error).__qualname__)
                self._stopping.wait(_AFTER_FAILURE)

    def _fan_out(self) -> None:
        busy = self._engine.tick()
        if not self._engine.fan_out() and not busy:
            self._stopping.wait(_FAN_OUT_PAUSE)

    def _backfill(self) -> None:
        if not self._engine.backfill():
            self._stopping.wait(_HOUSE_PAUSE)

    def _wake(self) -> None:
        """Wake all watches when something is due; what nobody wanted the last time has to wait for a while."""
        self._watchers.present.wait()
        due, now = self._engine.next_due(), self._clock()
        if due is None or due > now or due == self._undelivered:
            ahead = _LONGEST_WAIT if due is None or due <= now else (due - now) / SECOND
            self._engine.wait_due(min(ahead, _LONGEST_WAIT))
            due, now = self._engine.next_due(), self._clock()
        if due is not None and due <= now:
            self._undelivered = due
            self._watchers.wake()

    def _forget(self) -> None:
        self._stopping.wait(_FORGET_PAUSE if self._retention.step() else _HOUSE_PAUSE)

    def _keep_house(self) -> None:
        self._publication.refresh()
        self._shadowing.refresh()
        if not self._watchers.present.is_set():
            self._engine.sweep()
        self._stopping.wait(_HOUSE_PAUSE)

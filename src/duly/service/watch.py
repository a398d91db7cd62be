"""Streams what becomes due to a worker, as much at a time as it can take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import grpc

from duly.engine.api import Handed, Wanted
from duly.engine.engine import Engine
from duly.engine.event import Flaw, id_flaw
from duly.service.convert.decision import put_decision
from duly.service.convert.flawed import Flawed
from duly.service.convert.instant import SECOND, put_instant
from duly.service.convert.preferences import device_tokens
from duly.service.convert.question import lease_of
from duly.service.streams import Streams
from duly.service.telemetry import Metrics
from duly.service.watchers import Watcher, Watchers
from duly.v1 import decision_service_pb2 as pb

DEFAULT_IN_FLIGHT = 100
MOST_IN_FLIGHT = 10_000

_AT_ONCE = 100
"""How many are leased in one go: their leases run while the first ones travel."""

_LONGEST_SLEEP = 0.5
"""Seconds after which a stream looks again whatever it was told."""


class Watch:
    """The method of the same name."""

    def __init__(
        self, engine: Engine, clock: Callable[[], int], streams: Streams, watchers: Watchers, metrics: Metrics
    ) -> None:
        self._engine, self._clock, self._streams = engine, clock, streams
        self._watchers, self._metrics = watchers, metrics

    def notifications(self, request: pb.WatchRequest, context: grpc.ServicerContext) -> Iterator[pb.Notification]:
        """What is due, as it becomes due, until the client goes away or the server stops."""
        lease, most = _demanded(request)
        wanted = Wanted(frozenset(request.rules), frozenset(request.categories), frozenset(request.channels))
        watcher = Watcher(most)
        context.add_callback(watcher.woken.set)
        self._watchers.add(watcher)
        try:
            with self._streams.told(watcher.woken.set):
                while context.is_active() and not self._streams.stopping:
                    yield from self._take(request.worker, lease, wanted, watcher)
        finally:
            self._watchers.remove(watcher)

    def _take(self, worker: str, lease: int, wanted: Wanted, watcher: Watcher) -> Iterator[pb.Notification]:
        """Deliver what is due, or sleep until something may be."""
        watcher.woken.clear()
        room = min(watcher.room(self._clock()), _AT_ONCE)
        handed = self._engine.take_due(worker, room, lease, wanted) if room > 0 else []
        self._metrics.handed(handed, self._clock())
        for item in handed:
            watcher.deliver(item.decision.id, item.lease_until)
        for item in handed:
            # A worker that reads slowly must not be given what has been handed to another meanwhile.
            if item.lease_until > self._clock():
                yield _notification(item)
        if not handed:
            watcher.woken.wait(self._sleep(watcher, room))

    def _sleep(self, watcher: Watcher, room: int) -> float:
        """Seconds until the next lease or notification is due, if that is soon."""
        now = self._clock()
        due = watcher.next_lapse() if room <= 0 else self._engine.next_due()
        # What is due and yet was not handed out is not for this worker: no reason to ask again at once.
        if due is None or due <= now:
            return _LONGEST_SLEEP
        return min((due - now) / SECOND, _LONGEST_SLEEP)


def _demanded(request: pb.WatchRequest) -> tuple[int, int]:
    """The lease in microseconds and the bound of notifications in flight."""
    flaws: list[Flaw] = []
    lease = lease_of(request, flaws)
    if request.max_in_flight < 0:
        flaws.append(Flaw("max_in_flight", "negative", "max_in_flight must not be negative"))
    wrong = id_flaw("worker", request.worker)
    if wrong is not None:
        flaws.append(wrong)
    if flaws:
        raise Flawed(flaws)
    return lease, min(request.max_in_flight or DEFAULT_IN_FLIGHT, MOST_IN_FLIGHT)


def _notification(handed: Handed) -> pb.Notification:
    message = pb.Notification(attempt=handed.attempt)
    put_decision(message.decision, handed.decision)
    put_instant(message.lease_expire_time, handed.lease_until)
    message.device_tokens.extend(device_tokens(handed.user, handed.decision.channel))
    return message

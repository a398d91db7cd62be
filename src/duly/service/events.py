"""Takes events in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import grpc

from duly.engine.api import Intake
from duly.engine.engine import Engine
from duly.engine.event import Event, Flaw
from duly.native.batches import Batches
from duly.native.messages import joined, split
from duly.service.convert.event import clamped, event_of
from duly.service.convert.flawed import Flawed, flawed
from duly.service.streams import Inbox, Streams
from duly.service.telemetry import Metrics
from duly.service.together import Apart, Asked
from duly.service.wire import parse
from duly.v1 import event_pb2
from duly.v1 import event_service_pb2 as pb

MOST_EVENTS = 10_000


class Events:
    """The methods of `EventService`."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], int],
        streams: Streams,
        metrics: Metrics,
        batches: Batches | None = None,
    ) -> None:
        self._engine, self._clock, self._streams, self._metrics = engine, clock, streams, metrics
        self._batches = batches or Batches(engine)
        metrics.follow(self._batches.verdicts)
        self.asked: dict[str, Asked] = {"Ingest": Apart(self._ingest)}

    def Ingest(self, request: bytes, context: grpc.ServicerContext) -> bytes:  # noqa: N802
        return self._ingest(request)

    def _ingest(self, request: bytes) -> bytes:
        messages, history = _events_in(request)
        if len(messages) > MOST_EVENTS:
            raise flawed("events", "too-many", f"events has {len(messages)} events, at most {MOST_EVENTS} are allowed")
        arrival = self._clock()
        opened = self._batches.events(messages, arrival, history)
        # Nothing is taken in while one of them may still turn out to make the whole batch no message at all.
        left = {number: _item(messages[number]) for number in opened.left}
        ticket = opened.settle()
        results = opened.answers()
        taken = Counter(_status_in(result) for result in results if result is not None)
        for number, result in enumerate(results):
            if result is None and number not in left:
                left[number] = parse(event_pb2.Event, messages[number])
        for number, said in self._at_length(dict(sorted(left.items())), arrival, history):
            results[number] = said.SerializeToString()
            taken[said.status] += 1
        self._engine.store.sync(ticket)
        self._metrics.took(taken)
        return joined([result for result in results if result is not None])

    def _at_length(
        self, messages: dict[int, event_pb2.Event], arrival: int, history: bool
    ) -> Iterable[tuple[int, pb.IngestResult]]:
        """What becomes of the events that the engine deals with by itself."""
        read = {number: _read(message, arrival) for number, message in messages.items()}
        events = [event for event in read.values() if isinstance(event, Event)]
        taken = iter(self._engine.ingest(events, history) if events else ())
        for number, event in read.items():
            message = messages[number]
            if isinstance(event, Event):
                result = next(taken)
                intake, flaw = result.intake, result.flaw or _clamped(message, event)
            else:
                intake, flaw = Intake.REJECTED, event
            target = pb.IngestResult(status=pb.IngestStatus.ValueType(intake), message_id=message.message_id)
            if flaw is not None and intake is not Intake.DUPLICATE:
                target.field = f"events[{number}].{flaw.field}" if flaw.field else ""
                target.reason, target.description = flaw.reason, flaw.description
            yield number, target

    def IngestStream(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:  # noqa: N802
        for request in Inbox(requests).messages(self._streams):
            yield self.Ingest(request, context)


def _events_in(request: bytes) -> tuple[list[bytes], bool]:
    """The events of an `IngestRequest`, and whether they are history; raises `Flawed` for what is none."""
    found = split(request)
    if found is not None:
        return found[0], bool(found[1])
    parsed = parse(pb.IngestRequest, request)
    return [event.SerializeToString() for event in parsed.events], parsed.history


def _item(event: bytes) -> event_pb2.Event:
    """An event of a request, in which protobuf lets messages be nested one level less deep than alone."""
    return parse(pb.IngestRequest, joined((event,))).events[0]


def _status_in(result: bytes) -> int:
    """The status of an `IngestResult` by the core, which writes that first."""
    return result[1]


def _read(message: event_pb2.Event, arrival: int) -> Event | Flaw:
    try:
        return event_of(message, arrival)
    except Flawed as error:
        return error.flaws[0]


def _clamped(message: event_pb2.Event, event: Event) -> Flaw | None:
    if event.time == event.arrival and clamped(message, event):
        return Flaw("", "clamped-time", "timestamp lies in the future and was taken to be the time of arrival")
    return None

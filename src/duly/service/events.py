"""Takes events in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import grpc

from duly.engine.api import Intake, Taken
from duly.engine.engine import Engine
from duly.engine.event import Event, Flaw
from duly.service.convert.event import clamped, event_of
from duly.service.convert.flawed import Flawed, flawed
from duly.service.streams import Inbox, Streams
from duly.service.telemetry import Metrics
from duly.v1 import event_pb2
from duly.v1 import event_service_pb2 as pb

MOST_EVENTS = 10_000

_WORDS = {intake: intake.name.lower() for intake in Intake}


class Events:
    """The methods of `EventService`."""

    def __init__(self, engine: Engine, clock: Callable[[], int], streams: Streams, metrics: Metrics) -> None:
        self._engine, self._clock, self._streams, self._metrics = engine, clock, streams, metrics

    def Ingest(self, request: pb.IngestRequest, context: grpc.ServicerContext) -> pb.IngestResponse:  # noqa: N802
        messages = request.events
        if len(messages) > MOST_EVENTS:
            raise flawed("events", "too-many", f"events has {len(messages)} events, at most {MOST_EVENTS} are allowed")
        arrival = self._clock()
        read = [_read(message, arrival) for message in messages]
        events = [event for event in read if isinstance(event, Event)]
        taken = iter(self._engine.ingest(events, request.history) if events else ())
        response, counts = pb.IngestResponse(), Counter[str]()
        for number, (message, event) in enumerate(zip(messages, read, strict=True)):
            result = next(taken) if isinstance(event, Event) else Taken(Intake.REJECTED, event)
            counts[_WORDS[result.intake]] += 1
            remark = _clamped(message, event) if isinstance(event, Event) else None
            _put_result(response.results.add(), message, number, result, remark)
        self._metrics.took(counts)
        return response

    def IngestStream(  # noqa: N802
        self, requests: Iterator[pb.IngestRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.IngestResponse]:
        for request in Inbox(requests).messages(self._streams):
            yield self.Ingest(request, context)


def _read(message: event_pb2.Event, arrival: int) -> Event | Flaw:
    try:
        return event_of(message, arrival)
    except Flawed as error:
        return error.flaws[0]


def _clamped(message: event_pb2.Event, event: Event) -> Flaw | None:
    if event.time == event.arrival and clamped(message, event):
        return Flaw("", "clamped-time", "timestamp lies in the future and was taken to be the time of arrival")
    return None


def _put_result(
    target: pb.IngestResult, message: event_pb2.Event, number: int, taken: Taken, remark: Flaw | None
) -> None:
    target.status = pb.IngestStatus.ValueType(taken.intake)
    target.message_id = message.message_id
    flaw = taken.flaw or (remark if taken.intake is Intake.ACCEPTED else None)
    if flaw is not None:
        target.field = f"events[{number}].{flaw.field}" if flaw.field else ""
        target.reason, target.description = flaw.reason, flaw.description

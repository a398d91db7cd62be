"""Takes events in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import grpc

from duly.engine.api import Intake
from duly.engine.engine import Engine
from duly.engine.event import Event, Flaw
from duly.service.convert.event import clamped, event_of
from duly.service.convert.flawed import Flawed, flawed
from duly.service.streams import Inbox, Streams
from duly.service.telemetry import Metrics
from duly.v1 import event_pb2
from duly.v1 import event_service_pb2 as pb

MOST_EVENTS = 10_000


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
        response = pb.IngestResponse()
        results = response.results
        for number, (message, event) in enumerate(zip(messages, read, strict=True)):
            if isinstance(event, Event):
                result = next(taken)
                intake, flaw = result.intake, result.flaw or _clamped(message, event)
            else:
                intake, flaw = Intake.REJECTED, event
            target = results.add(status=intake, message_id=message.message_id)
            if flaw is not None and intake is not Intake.DUPLICATE:
                target.field = f"events[{number}].{flaw.field}" if flaw.field else ""
                target.reason, target.description = flaw.reason, flaw.description
        self._metrics.took(Counter([result.status for result in results]))
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

"""A server and its clients in one process that keeps its spans, and prints what they say."""

from __future__ import annotations

import json
import sys
from threading import Event

import grpc
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from duly.service.server import Server
from duly.service.settings import Settings
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_service_pb2
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
from duly.v1.event_service_pb2_grpc import EventServiceStub
from tests.service.conftest import RULES, track

CALLER = "00-{}-b7ad6b7169203331-01"
ORDER = track("Order Completed", "o1", "ada")


def decide(stub, traced):
    stub.Decide(pb.DecideRequest(user_id="ada"), metadata=traced)


def refused(stub, traced):
    try:
        stub.Decide(pb.DecideRequest(user_id="ada", rule="no-such-rule-of-ada"), metadata=traced)
    except grpc.RpcError:
        return


def stream(stub, traced):
    asked = pb.BatchDecideRequest(requests=[pb.DecideRequest(user_id="ada", event=ORDER)])
    answers = stub.StreamDecide(iter([asked, asked]), metadata=traced)
    assert len(list(answers)) == 2


def watch(stub, traced):
    watching = stub.Watch(pb.WatchRequest(), metadata=traced)
    next(watching)
    watching.cancel()


def ingest(channel, traced):
    batch = event_service_pb2.IngestRequest(events=[track("Order Completed", "o2", "ben")])
    list(EventServiceStub(channel).IngestStream(iter([batch]), metadata=traced))


class Ends(SimpleSpanProcessor):
    """Says when the span of the watch has ended: a server that is told to stop before ends it as any stream."""

    def __init__(self, exporter):
        super().__init__(exporter)
        self.watched = Event()

    def on_end(self, span):
        super().on_end(span)
        if span.name.endswith("/Watch"):
            self.watched.set()


def told(span):
    return {
        "name": span.name,
        "kind": span.kind.name,
        "trace": format(span.context.trace_id, "032x"),
        "id": format(span.context.span_id, "016x"),
        "parent": format(span.parent.span_id, "016x") if span.parent else "",
        "attributes": dict(span.attributes),
        "status": span.status.status_code.name,
        "events": [event.name for event in span.events],
        "start": span.start_time,
        "end": span.end_time,
    }


def main():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    ends = Ends(exporter)
    provider.add_span_processor(ends)
    trace.set_tracer_provider(provider)
    files = (("shop.duly", RULES.encode()),)
    server = Server(Settings(files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error"))
    server.start()
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        stub = DecisionServiceStub(channel)
        for number, (work, on) in enumerate(
            [(decide, stub), (refused, stub), (stream, stub), (ingest, channel), (watch, stub)], 1
        ):
            work(on, (("traceparent", CALLER.format(format(number, "032x"))),))
        ends.watched.wait(10)
    server.stop()
    json.dump([told(span) for span in exporter.get_finished_spans()], sys.stdout)


if __name__ == "__main__":
    main()

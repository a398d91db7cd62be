"""Events: how many are made durable in a second."""

from __future__ import annotations

import statistics

import grpc
from rich.console import Console

from benchmarks import processes, workload
from benchmarks.decide import pour
from benchmarks.result import Result
from duly.v1.event_service_pb2 import IngestRequest
from duly.v1.event_service_pb2_grpc import EventServiceStub

BATCH = 500
EVENTS = 100_000
ROUNDS = 3


def run(console: Console, seconds: float) -> list[Result]:
    rates = []
    with processes.duly(workload.rules(100)) as duly:
        stub = EventServiceStub(grpc.insecure_channel(duly.address))
        for number in range(ROUNDS):
            rate = pour(stub.Ingest, requests(number), seconds * 3) * BATCH
            rates.append(rate)
            console.print(f"  ingest: {rate:,.0f} events/s")
        peak = duly.peak_megabytes()
    return [
        Result(
            f"durable events ingested a second, {BATCH} to a message, each updating a relation",
            f"{statistics.median(rates):,.0f}",
            "aim: 50,000",
            statistics.median(rates) / 50_000,
        ),
        Result(f"peak memory after {ROUNDS * EVENTS:,} events", f"{peak:.0f} MB"),
    ]


def requests(seed: int) -> list[IngestRequest]:
    """Orders of ten products each, as a shop sees them."""
    events = [
        workload.track(
            f"a{seed}-{number}",
            "Product Added",
            f"user-{number // 10 % workload.USERS}",
            sku=f"sku{number * 7 % workload.PRODUCTS}",
            name=f"Product {number % workload.PRODUCTS}",
            price=2.55,
            quantity=6,
        )
        for number in range(EVENTS)
    ]
    return [IngestRequest(events=events[at : at + BATCH]) for at in range(0, EVENTS, BATCH)]

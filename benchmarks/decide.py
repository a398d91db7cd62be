"""Decisions: one at a time against a bare echo, and in batches."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Sequence
from itertools import count
from time import perf_counter

import grpc
from rich.console import Console

from benchmarks import processes, workload
from benchmarks.result import Result
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_service_pb2
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
from duly.v1.event_service_pb2_grpc import EventServiceStub

CALLERS = (16, 64)
"""Callers at a time: few, and as many as one flush of the disk is worth its while for."""

ROUNDS = 5
BATCH, POURING = 100, 8
"""Questions to a message, and callers who send such messages."""

FIRST = pb.DecideRequest(user_id="user-0")


def run(console: Console, seconds: float) -> list[Result]:
    """Single questions, then batches, each asked of a service whose users were not asked about before."""
    with processes.duly(workload.rules()) as duly, processes.echo() as echo:
        load(duly.address)
        results = [result for callers in CALLERS for result in unary(console, duly, echo, seconds, callers)]
        peak = duly.peak_megabytes()
    with processes.duly(workload.rules()) as duly:
        load(duly.address)
        results.append(batches(console, duly, seconds))
        peak = max(peak, duly.peak_megabytes())
    results.append(Result("peak memory of the service", f"{peak:.0f} MB"))
    return results


def load(address: str) -> None:
    """Give the service its users and what they saved."""
    stub = EventServiceStub(grpc.insecure_channel(address))
    events = list(workload.save_events())
    for at in range(0, len(events), 1000):
        stub.Ingest(event_service_pb2.IngestRequest(events=events[at : at + 1000], history=True))


def unary(
    console: Console, duly: processes.Server, echo: processes.Server, seconds: float, callers: int
) -> list[Result]:
    """Rounds take turns, so that a noisy neighbour disturbs both alike; the medians are compared."""
    teach(duly.address, echo.address)
    rates: dict[str, list[float]] = {"duly": [], "echo": []}
    costs: dict[str, list[float]] = {"duly": [], "echo": []}
    for number in range(ROUNDS):
        for name, server in (("echo", echo), ("duly", duly)):
            asked = workload.questions(callers * 100 + number, int(12_000 * seconds))
            before = server.cpu_seconds()
            calls, elapsed = hammer(server.address, asked, seconds, callers)
            rates[name].append(calls / elapsed)
            costs[name].append((server.cpu_seconds() - before) / calls)
            rate, busy = rates[name][-1], costs[name][-1] * rates[name][-1]
            console.print(f"  unary, {callers} callers, {name}: {rate:,.0f}/s, {busy:.0%} of a core")
    rate_of = {name: statistics.median(values) for name, values in rates.items()}
    cost_of = {name: statistics.median(values) for name, values in costs.items()}
    said = {
        name: f"{rate_of[name]:,.0f}, keeping {rate_of[name] * cost_of[name]:.0%} of its core busy" for name in rates
    }
    return [
        Result(
            f"durable `Decide` calls a second, {callers} callers in one process on the other core",
            said["duly"],
            f"bare gRPC echo of the same messages: {said['echo']}",
            rate_of["duly"] / rate_of["echo"],
        ),
        Result(
            f"processor time of the service a call, {callers} callers",
            f"{cost_of['duly'] * 1e6:.0f} µs",
            f"the echo: {cost_of['echo'] * 1e6:.0f} µs",
            cost_of["echo"] / cost_of["duly"],
        ),
    ]


def teach(duly: str, echo: str) -> None:
    """Have the echo answer what the service answers."""
    real = DecisionServiceStub(grpc.insecure_channel(duly))
    asked = workload.questions(999, 200)
    answers = [real.Decide(question) for question in asked]
    typical = sorted(answers, key=pb.DecideResponse.ByteSize)[len(answers) // 2]
    lesson = pb.DecideRequest(request_id=typical.SerializeToString().hex())
    DecisionServiceStub(grpc.insecure_channel(echo)).BatchDecide(pb.BatchDecideRequest(requests=[lesson]))


def hammer(address: str, asked: Sequence[pb.DecideRequest], seconds: float, callers: int) -> tuple[int, float]:
    """Ask from several threads for some time; the calls made and the seconds it took."""
    stub = DecisionServiceStub(grpc.insecure_channel(address))
    return in_threads(lambda number: stub.Decide(asked[number]), len(asked), seconds, callers)


def in_threads(call: Callable[[int], object], most: int, seconds: float, callers: int) -> tuple[int, float]:
    numbers = count()
    done = [0] * callers
    end = perf_counter() + seconds

    def work(caller: int) -> None:
        while perf_counter() < end and (number := next(numbers)) < most:
            call(number)
            done[caller] += 1

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(callers)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done), perf_counter() - start


def batches(console: Console, duly: processes.Server, seconds: float) -> Result:
    """Batches of a hundred from so many callers that the service is never idle while it waits for the disk."""
    stub = DecisionServiceStub(grpc.insecure_channel(duly.address))
    rates = []
    for number in range(ROUNDS):
        asked = workload.questions(100 + number, 60_000)
        requests = [pb.BatchDecideRequest(requests=asked[at : at + BATCH]) for at in range(0, len(asked), BATCH)]
        rate = pour(stub.BatchDecide, requests, seconds, POURING) * BATCH
        rates.append(rate)
        console.print(f"  batches of {BATCH}: {rate:,.0f} decisions/s")
    return Result(
        f"durable decisions a second, {BATCH} to a message, {workload.RULES:,} rules",
        f"{statistics.median(rates):,.0f}",
        "aim: 50,000",
        statistics.median(rates) / 50_000,
    )


def pour(call: Callable[[object], object], requests: Sequence[object], seconds: float, callers: int = 2) -> float:
    """Calls a second that a few callers get through."""
    numbers, done = count(), [0] * callers
    end = perf_counter() + seconds

    def work(caller: int) -> None:
        while perf_counter() < end and (number := next(numbers)) < len(requests):
            call(requests[number])
            done[caller] += 1

    start = perf_counter()
    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (perf_counter() - start)

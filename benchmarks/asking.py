"""Callers who ask one question at a time: through `should_notify`, which sends them together, and by unary calls."""

from __future__ import annotations

import asyncio
import statistics
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from time import perf_counter

from rich.console import Console

from benchmarks import processes, workload
from benchmarks.decide import load
from benchmarks.result import Result
from duly.client import AsyncClient, Client
from duly.v1.decision_service_pb2 import DecideRequest

CALLERS = 256
"""Callers at a time, each of whom waits for an answer before asking again."""

ROUNDS = 3


def run(console: Console, seconds: float) -> list[Result]:
    with processes.duly(workload.rules()) as duly:
        load(duly.address)
        rates: dict[str, list[float]] = {"decide": [], "threads": [], "tasks": []}
        for number in range(ROUNDS):
            for place, (name, measure) in enumerate(_MEASURES.items()):
                asked = workload.questions(200 + number * len(_MEASURES) + place, int(12_000 * seconds))
                rates[name].append(measure(duly.address, asked, seconds))
                console.print(f"  one at a time, {name}: {rates[name][-1]:,.0f}/s")
    rate = {name: statistics.median(found) for name, found in rates.items()}
    compared = f"unary `Decide` by {CALLERS} threads: {rate['decide']:,.0f}"
    return [
        Result(
            f"`should_notify` a second, {CALLERS} {kind}", f"{rate[kind]:,.0f}", compared, rate[kind] / rate["decide"]
        )
        for kind in ("threads", "tasks")
    ]


def by_decide(address: str, asked: Sequence[DecideRequest], seconds: float) -> float:
    with Client(address) as client:
        return in_threads(lambda q: client.decide(q.user_id, event=q.event), asked, seconds)


def by_threads(address: str, asked: Sequence[DecideRequest], seconds: float) -> float:
    with Client(address) as client:
        return in_threads(lambda q: client.should_notify(q.user_id, q.event), asked, seconds)


def by_tasks(address: str, asked: Sequence[DecideRequest], seconds: float) -> float:
    async def main() -> float:
        async with AsyncClient(address) as client:
            return await in_tasks(lambda q: client.should_notify(q.user_id, q.event), asked, seconds)

    return asyncio.run(main())


_MEASURES = {"decide": by_decide, "threads": by_threads, "tasks": by_tasks}


def in_threads(ask: Callable[[DecideRequest], object], asked: Sequence[DecideRequest], seconds: float) -> float:
    """Questions a second that the callers get answered."""
    left, end, done = iter(asked), perf_counter() + seconds, [0] * CALLERS

    def work(caller: int) -> None:
        for question in _until(end, left):
            ask(question)
            done[caller] += 1

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(CALLERS)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (perf_counter() - start)


async def in_tasks(
    ask: Callable[[DecideRequest], Awaitable[object]], asked: Sequence[DecideRequest], seconds: float
) -> float:
    """The same with tasks of one event loop."""
    left, end, done = iter(asked), perf_counter() + seconds, [0] * CALLERS

    async def work(caller: int) -> None:
        for question in _until(end, left):
            await ask(question)
            done[caller] += 1

    start = perf_counter()
    await asyncio.gather(*(work(caller) for caller in range(CALLERS)))
    return sum(done) / (perf_counter() - start)


def _until(end: float, questions: Iterator[DecideRequest]) -> Iterator[DecideRequest]:
    while perf_counter() < end and (question := next(questions, None)) is not None:
        yield question

"""Everything at once for minutes: no call fails that should not, and the server's memory stays where it was."""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from collections import Counter
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from urllib.request import urlopen

import pytest

from duly.client import Client, ServiceError, identify, outcome, track
from tests.service.conftest import running

MINUTES = float(os.environ.get("DULY_SOAK_MINUTES", "10"))
USERS, PRODUCTS = 5_000, 500
GROWTH = 0.10
"""By how much of itself a number that is to be flat may grow from the second third of the time to the last."""

SPARE = 5
"""Megabytes by which memory in use may differ besides, because compaction comes and goes."""

SCATTERED = 0.25
"""As GROWTH, for the memory of the process: the holes in its heaps come and go as well."""

CACHE, MEMTABLES = 64, 3 * 32
"""Megabytes that the store may have for blocks, and for what is not yet in files: both fill in the course of a run."""

RULES = """\
event Product Sale about product

rule saved_sale
  when Product Sale where user saved product
  max 3/day
  priority {priority}
  send "{{product.product_id}} is on sale"

rule cart_left
  when Product Added, then no Order Completed with the same cart_id within {wait} seconds
  max 20/day

rule thanks
  when Order Completed
  max 5/day, or wait 1 hour
  send "Thanks for {{order_id}}"
"""


def rules(number: int) -> str:
    return RULES.format(priority=number % 5, wait=20 + number % 3)


class Load:
    """Threads that each do one thing until told to stop; calls are counted, failures kept."""

    def __init__(self, address: str) -> None:
        self.client, self.watching = Client(address, timeout=30), Client(address)
        self.stop, self.lock = Event(), Lock()
        self.calls: Counter[str] = Counter()
        self.slow: dict[str, list[float]] = {}
        self.failures: list[str] = []
        self.delivered: list[int] = []
        self.numbers = count()
        steps = [self.ingest, self.ingest, self.ask, self.ask, self.ask, self.decide, self.publish, self.delete]
        self.threads = [Thread(target=self.repeat, args=(step,)) for step in steps]
        self.threads.append(Thread(target=self.watch))

    def repeat(self, step) -> None:
        while not self.stop.is_set():
            start = time.perf_counter()
            try:
                step()
            except ServiceError as error:
                self.failures.append(f"{step.__name__}: {error.code} {error.message}")
            with self.lock:
                self.calls[step.__name__] += 1
                self.slow.setdefault(step.__name__, []).append(time.perf_counter() - start)

    def someone(self) -> str:
        return f"user-{random.randrange(USERS)}"

    def event(self):
        product, cart, kind = f"p{random.randrange(PRODUCTS)}", f"c{next(self.numbers)}", random.random()
        if kind < 0.5:
            return track("Product Added to Wishlist", user_id=self.someone(), properties={"product_id": product})
        if kind < 0.9:
            return track("Product Added", user_id=self.someone(), properties={"cart_id": cart, "product_id": product})
        if kind < 0.99:
            return identify(self.someone(), traits={"timezone": random.choice(("Europe/Paris", "Asia/Tokyo"))})
        return track("Product Sale", properties={"product_id": product})

    def ingest(self) -> None:
        self.client.ingest([self.event() for _ in range(50)])
        self.stop.wait(0.02)

    def ask(self) -> None:
        order = track("Order Completed", properties={"order_id": str(next(self.numbers))})
        self.client.should_notify(self.someone(), order)

    def decide(self) -> None:
        self.client.decide(self.someone(), mode=random.choice(("commit", "peek", "reserve")))

    def publish(self) -> None:
        self.client.publish({"shop.duly": rules(next(self.numbers)).encode()})
        self.stop.wait(10)

    def delete(self) -> None:
        try:
            self.client.delete_user(self.someone())
        except ServiceError as error:
            if error.code not in ("UNIMPLEMENTED", "NOT_FOUND"):
                raise
        self.stop.wait(0.5)

    def watch(self) -> None:
        finished = SimpleQueue()
        reporting = Thread(target=self.report, args=(finished,))
        reporting.start()
        try:
            for notification in self.watching.watch(worker="soak", max_in_flight=500):
                finished.put(outcome(notification.decision.decision_id, "sent" if random.random() < 0.95 else "failed"))
                with self.lock:
                    self.calls["delivered"] += 1
        except ServiceError as error:
            if not self.stop.is_set():
                self.failures.append(f"watch: {error.code} {error.message}")
        finished.put(None)
        reporting.join()

    def report(self, finished: SimpleQueue) -> None:
        going = True
        while going:
            batch = [finished.get()]
            while len(batch) < 200 and not finished.empty():
                batch.append(finished.get())
            going = None not in batch
            self.client.report_all([each for each in batch if each is not None])


def numbers(http: str) -> dict[str, float]:
    """The numbers without labels that the server tells about itself; bytes as megabytes."""
    with urlopen(f"http://{http}/metrics", timeout=30) as response:
        lines = [line.split() for line in response.read().decode().splitlines()]
    told = {line[0].removeprefix("duly_"): float(line[1]) for line in lines if len(line) == 2 and "{" not in line[0]}
    return {name: value / 2**20 if name.endswith("_bytes") else value for name, value in told.items()}


def thirds(values: list[float]) -> tuple[float, float, float]:
    """The median of each third."""
    third = len(values) // 3
    first, second, last = (statistics.median(values[third * part : third * (part + 1)]) for part in range(3))
    return round(first, 1), round(second, 1), round(last, 1)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class Told:
    """What a server told about itself each second."""

    def __init__(self, seconds: list[dict[str, float]]) -> None:
        self._seconds = seconds

    def __getitem__(self, name: str) -> list[float]:
        return [each[name] for each in self._seconds]

    @property
    def rest(self) -> list[float]:
        """Megabytes in use but for what the store may fill up to its bounds, and for small objects of Python."""
        parts = zip(self["heap_bytes"], self["store_cache_bytes"], self["store_memtable_bytes"], strict=True)
        return [used - cache - memtables for used, cache, memtables in parts]


def loaded(server, load: Load) -> Told:
    """What the server told while it was under load for the time of the test, and then stopped."""
    for thread in load.threads:
        thread.start()
    end, seconds = time.monotonic() + MINUTES * 60, []
    while time.monotonic() < end:
        time.sleep(1)
        load.delivered.append(load.calls["delivered"])
        seconds.append(numbers(server.http))
    load.stop.set()
    load.watching.close()
    for thread in load.threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in load.threads)
    load.client.close()
    assert server.terminate() == 0
    return Told(seconds)


def figures(load: Load, told: Told) -> dict[str, object]:
    return {
        "minutes": MINUTES,
        "calls": dict(load.calls),
        "p99 ms": {name: round(percentile(took, 0.99) * 1000, 1) for name, took in load.slow.items()},
        "MB by thirds": {
            "resident": thirds(told["resident_bytes"]),
            "blocks of the store": thirds(told["store_cache_bytes"]),
            "not yet in files": thirds(told["store_memtable_bytes"]),
            "in use": thirds(told["heap_bytes"]),
            "in use but for those of the store": thirds(told.rest),
        },
        "MB at most": round(max(told["resident_bytes"]), 1),
        "Python blocks by thirds": thirds(told["python_blocks"]),
        "users reached by fan-outs": told["fanout_users_total"][-1],
        "failures": Counter(load.failures),
    }


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="its memory cannot be read")
def test_everything_at_once(tmp_path, capsys):
    with running(files={"shop.duly": rules(0)}, store=str(tmp_path / "data")) as server:
        load = Load(server.address)
        told = loaded(server, load)
    with capsys.disabled():
        print("\n" + json.dumps(figures(load, told), indent=2))  # noqa: T201
    assert not load.failures
    assert load.delivered[-1] > load.delivered[len(load.delivered) // 2], "workers got nothing in the second half"
    assert max(told["store_cache_bytes"]) < CACHE * 1.05, "the store keeps within its bounds"
    assert max(told["store_memtable_bytes"]) < MEMTABLES * 1.05, "the store keeps within its bounds"
    demand_flat("objects of Python", told["python_blocks"], GROWTH)
    demand_flat("memory in use but for the store's", told.rest, GROWTH, SPARE)
    demand_flat("memory of the process", told["resident_bytes"], SCATTERED)


def demand_flat(what: str, values: list[float], growth: float, spare: float = 0) -> None:
    _, warm, last = thirds(values)
    assert last < warm * (1 + growth) + spare, f"{what} grew from {warm} to {last}"

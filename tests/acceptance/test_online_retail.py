"""Half a million events of a real shop: all are taken in, none twice, and a sale reaches exactly who bought."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from duly.client import Client, track
from tests.acceptance import retail
from tests.acceptance.service import Service, duly, start, start_duly

pytestmark = pytest.mark.skipif(not retail.EVENTS.exists(), reason="the shop's events are not here")

SLICE = 40_000


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules" / "shop.duly"
    path.parent.mkdir()
    path.write_text(retail.RULES, encoding="utf-8")
    return path


@pytest.fixture
def sliced(tmp_path: Path) -> Path:
    path = tmp_path / "events.ndjson"
    path.write_text("".join(retail.lines(SLICE)), encoding="utf-8")
    return path


def counts(file: Path, address: str) -> dict[str, int]:
    done = duly("ingest", str(file), "--to", address, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def reached(address: str) -> set[tuple[str, str]]:
    """Announce a sale and see whom it reaches."""
    with Client(address, timeout=60) as client:
        client.ingest([track("Product Sale", properties={"sku": retail.SKU})])
        return {
            (notification.decision.user_id, notification.decision.anonymous_id) for notification in until_quiet(client)
        }


def until_quiet(client: Client) -> Iterator[object]:
    """What `Watch` gives until it has given nothing for three seconds."""
    stream = client.watch(max_in_flight=100_000, lease=timedelta(minutes=10))
    last = time.monotonic()
    arrived: queue.Queue[object] = queue.Queue()
    threading.Thread(target=lambda: [arrived.put(item) for item in _quietly(stream)], daemon=True).start()
    while time.monotonic() - last < 3:
        try:
            item = arrived.get(timeout=0.5)
        except queue.Empty:
            continue
        last = time.monotonic()
        yield item


def _quietly(stream: Iterator[object]) -> Iterator[object]:
    try:
        yield from stream
    except Exception:  # noqa: BLE001 - the client is closed while the stream waits
        return


def test_a_sale_reaches_exactly_who_bought_and_not_returned(rules: Path, sliced: Path, tmp_path: Path) -> None:
    service = start(rules, tmp_path / "data")
    try:
        first = counts(sliced, service.address)
        distinct = retail.distinct(SLICE)
        assert (first["accepted"], first["duplicate"], first["rejected"]) == (distinct, SLICE - distinct, 0)
        again = counts(sliced, service.address)
        assert (again["accepted"], again["duplicate"], again["rejected"]) == (0, SLICE, 0)
        assert reached(service.address) == retail.buyers(retail.SKU, SLICE)
    finally:
        assert service.stop() == 0


def test_a_kill_in_the_middle_of_an_ingest_loses_nothing_acknowledged(
    rules: Path, sliced: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    service = start(rules, data)
    ingest = start_duly("ingest", str(sliced), "--to", service.address, "--json", "--batch", "100")
    time.sleep(1.0)
    service.kill()
    ingest.kill()
    ingest.communicate()
    service = start(rules, data)
    try:
        again = counts(sliced, service.address)
        assert again["accepted"] + again["duplicate"] == SLICE
        assert reached(service.address) == retail.buyers(retail.SKU, SLICE)
    finally:
        service.stop()


@pytest.mark.soak
def test_the_whole_year(rules: Path, tmp_path: Path) -> None:
    service: Service = start(rules, tmp_path / "data")
    try:
        first = counts(retail.EVENTS, service.address)
        assert (first["accepted"], first["accepted"] + first["duplicate"]) == (retail.distinct(), 572_240)
        assert counts(retail.EVENTS, service.address)["duplicate"] == 572_240
        assert reached(service.address) == retail.buyers(retail.SKU)
    finally:
        assert service.stop() == 0

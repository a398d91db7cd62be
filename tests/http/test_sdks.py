"""The SDKs of Segment and RudderStack, unmodified but for their host: whatever goes wrong, every event counts once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from duly.stores.open import open_store
from tests import node
from tests.http.conftest import logged
from tests.http.proxy import LOSE, Proxy
from tests.http.running import KEY, Service

HERE = Path(__file__).parent
COUNT = 60
FAULTS = [500, 429, LOSE, 401, 413]


@pytest.fixture(scope="session")
def modules():
    """The folder of the Node SDKs."""
    return node.modules(HERE / "node")


@pytest.fixture
def service(tmp_path):
    service = Service(tmp_path)
    yield service
    service.close()


@pytest.fixture(params=["segment", "rudder"])
def sdk(request):
    return request.param


def test_a_python_sdk_loses_nothing_and_doubles_nothing(service, sdk):
    command = [sys.executable, str(HERE / "senders" / "python_sdk.py")]
    gzipped = stormy(service, [*command, sdk], os.environ)
    assert gzipped == 1.0


def test_a_node_sdk_loses_nothing_and_doubles_nothing(service, sdk, modules):
    command = ["node", str(HERE / "node" / "sender.js")]
    gzipped = stormy(service, [*command, sdk], {**os.environ, "NODE_PATH": str(modules)})
    assert gzipped == (1.0 if sdk == "rudder" else 0.0)  # Segment's has no gzip


def stormy(service, command, environment):
    """Send through everything that can go wrong; the part of the requests that were gzipped."""
    with Proxy(service.address, FAULTS) as proxy:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        sender = subprocess.Popen([*command, proxy.url, KEY, str(COUNT)], env=environment, text=True, **pipes)
        with sender:
            try:
                told = rest_of_the_story(sender, proxy, service)
            finally:
                sender.kill()
    assert {401, 413} <= set(told["refused"])
    assert not proxy.faults
    service.stop()
    assert service.accepted == COUNT
    assert service.duplicates >= 1  # those whose answer was lost
    assert_once_in_the_log(service.folder / "data")
    return sum("gzip" in headers.get("Content-Encoding", "") for headers in proxy.headers) / len(proxy.headers)


def rest_of_the_story(sender, proxy, service):
    """The first half with faults; then the service is killed, asked while it is gone, and started again."""
    assert sender.stdout.readline(), sender.stderr.read()
    service.kill()
    go(sender)
    assert proxy.refused.wait(20)
    service.start()
    proxy.upstream = service.address
    line = sender.stdout.readline()
    assert line, sender.stderr.read()
    go(sender)
    assert sender.wait(20) == 0
    return json.loads(line)


def go(sender):
    sender.stdin.write("go\n")
    sender.stdin.flush()


def assert_once_in_the_log(folder):
    store = open_store(str(folder))
    try:
        events = list(logged(store))
    finally:
        store.close()
    assert set(Counter(event.message_id for event in events).values()) == {1}
    assert len(events) == COUNT
    assert {event.type for event in events} == {"track", "identify", "page", "screen", "group", "alias"}
    plans = {json.dumps(event.traits) for event in events if event.type == "identify"}
    assert plans == {'{"plan": "pro"}'}

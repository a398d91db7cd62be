"""The clients of the shop run against a real service."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from duly.service.server import Server
from duly.service.settings import Settings
from tests import node

SHOP = Path(__file__).parents[2] / "examples" / "shop"
NODE = SHOP / "node"


@pytest.fixture
def address() -> Iterator[str]:
    """Of a service with the rules of the shop."""
    names = ("shop.duly", "tests.duly", "tracking-plan.json")
    files = tuple((name, (SHOP / name).read_bytes()) for name in names)
    server = Server(Settings(files, store="memory:", grpc="127.0.0.1:0", http="", log_level="error"))
    server.start()
    yield server.addresses.grpc
    server.stop()


def expect(printed: str) -> None:
    assert "by saved_sale: " in printed
    assert "is on its way (shop://order/" in printed


def test_the_python_client_tells_asks_and_works(address, capsys):
    spec = importlib.util.spec_from_file_location("shop_client", SHOP / "client.py")
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    client.main(address)
    expect(capsys.readouterr().out)


def test_the_node_client_tells_asks_and_works(address):
    environment = {**os.environ, "NODE_PATH": str(node.modules(NODE))}
    command = ["node", "client.js", address]
    done = subprocess.run(command, check=False, cwd=NODE, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    expect(done.stdout)

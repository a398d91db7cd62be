"""A real server in another process, and a client of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from duly.v1 import (
    decision_service_pb2_grpc,
    event_pb2,
    event_service_pb2,
    event_service_pb2_grpc,
    rule_service_pb2_grpc,
    user_service_pb2_grpc,
)

RULES = """\
rule saved_sale
  when Product Sale where user saved product
  max 1/day

rule thanks
  when Order Completed
  max 1/day
  send "Thanks for {order_id or 'your order'}" link "shop://orders"
"""


@dataclass
class Running:
    """A server process and its stubs."""

    process: subprocess.Popen
    address: str
    http: str
    channel: grpc.Channel = field(init=False)

    def __post_init__(self):
        self.channel = grpc.insecure_channel(self.address)
        self.events = event_service_pb2_grpc.EventServiceStub(self.channel)
        self.decisions = decision_service_pb2_grpc.DecisionServiceStub(self.channel)
        self.rules = rule_service_pb2_grpc.RuleServiceStub(self.channel)
        self.users = user_service_pb2_grpc.UserServiceStub(self.channel)

    def ingest(self, *events, **more):
        return self.events.Ingest(event_service_pb2.IngestRequest(events=events, **more)).results

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def running(**wish):
    """A server that is told the fields of `Settings` in `wish`; its clock is `ahead` microseconds fast."""
    wish = {"files": {"shop.duly": RULES}, "store": "memory:", "log_level": "error"} | wish
    command = [sys.executable, str(Path(__file__).with_name("runner.py")), json.dumps(wish)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        where = json.loads(process.stdout.readline())
        server = Running(process, where["grpc"], where["http"])
        yield server
        server.channel.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def server():
    """A server that many tests share: each names users of its own."""
    with running() as found:
        yield found


def track(name, message_id, user="", **properties):
    return event_pb2.Event(
        message_id=message_id,
        type=event_pb2.EVENT_TYPE_TRACK,
        event=name,
        user_id=user,
        properties_json=json.dumps(properties).encode(),
    )

"""A server in this process whose clock stands still, and what it wrote down."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass

import pytest

from duly.engine.keys import EVENT, Keys
from duly.engine.state import unpack_event
from duly.service.server import Server
from duly.service.settings import Rights, Scope, Settings

RULES = b'when Order Completed, send "Thanks"\n'
NOON = 1_700_000_000_000_000
SECOND = 1_000_000


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: dict


class Desk:
    """A server, asked over HTTP and looked into."""

    def __init__(self, **settings):
        told = {"files": (("shop.duly", RULES),), "store": "memory:", "log_level": "error", "grace": 5}
        addresses = {"grpc": "127.0.0.1:0", "http": "127.0.0.1:0"}
        self.server = Server(Settings(**told | addresses | settings), clock=lambda: NOON)
        self.server.start()

    def send(self, path, body, headers=None, method="POST"):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(self.server.addresses.http, timeout=20)
        try:
            connection.request(method, path, content, headers or {})
            response = connection.getresponse()
            return Answered(response.status, response.headers, json.loads(response.read() or b"null"))
        finally:
            connection.close()

    def batch(self, *messages, headers=None, **more):
        return self.send("/v1/batch", {"batch": messages, **more}, headers)

    def events(self):
        return logged(self.server._store)

    def event(self, message_id):
        found = [event for event in self.events() if event.message_id == message_id]
        assert len(found) == 1
        return found[0]

    def stop(self):
        self.server.stop()


def logged(store):
    """Everything in the event log of a store."""
    keys = Keys(store.buckets)
    for bucket in range(store.buckets):
        for _, value in store.scan(*keys.span(bucket, EVENT), 100_000):
            yield unpack_event(value)


@pytest.fixture(scope="module")
def desk():
    """One that takes any key; each test names messages of its own."""
    desk = Desk()
    yield desk
    desk.stop()


@pytest.fixture(scope="module")
def locked():
    """One that knows tokens."""
    scopes = {"in": {Scope.INGEST}, "ask": {Scope.DECIDE}, "root": {Scope.ADMIN}}
    desk = Desk(tokens={token: Rights(frozenset(given)) for token, given in scopes.items()})
    yield desk
    desk.stop()


def track(message_id, **more):
    return {"type": "track", "event": "Order Completed", "userId": "una", "messageId": message_id} | more

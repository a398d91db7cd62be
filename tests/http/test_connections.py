"""Connections that ask for nothing, and more of them than there may be."""

from __future__ import annotations

import socket

import pytest

from duly.service.http import connections, face
from tests.http.conftest import Desk, track

HEAD = b"GET /healthz HTTP/1.1\r\nHost: duly\r\n\r\n"


def connected(desk):
    host, _, port = desk.server.addresses.http.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def closed(connection):
    """Whether the server has ended a connection, which is waited for."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def answer(connection):
    """The first answer to what was sent, from its status to its end."""
    received = b""
    while not received.endswith(b"ok\n"):
        received += connection.recv(4096)
    return received


@pytest.fixture
def hasty(monkeypatch):
    """One that waits a moment only."""
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.2)
    desk = Desk()
    yield desk
    desk.stop()


@pytest.mark.parametrize("words", [b"", b"P", b"POST /v1/batch HTTP/1.1\r\nHost: duly\r\n"])
def test_who_does_not_ask_loses_the_connection(hasty, words):
    with connected(hasty) as connection:
        connection.sendall(words)
        assert closed(connection)


def test_who_breaks_off_in_a_later_request_loses_it_too(hasty):
    with connected(hasty) as connection:
        connection.sendall(HEAD)
        assert answer(connection).startswith(b"HTTP/1.1 200")
        connection.sendall(HEAD[:10])
        assert closed(connection)


def test_who_has_asked_may_take_time_for_the_body(hasty):
    with connected(hasty) as late, connected(hasty) as idle:
        late.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: duly\r\nContent-Length: 13\r\n\r\n{")
        # The other one began later: once it has been closed, this one would have been.
        assert closed(idle)
        late.sendall(b'"batch": []}')
        assert late.recv(4096).startswith(b"HTTP/1.1 200")


def test_beyond_the_bound_connections_are_closed_and_the_others_answered(monkeypatch):
    monkeypatch.setattr(face, "most_connections", lambda: 2)
    desk = Desk()
    try:
        with connected(desk) as first, connected(desk) as second:
            for each in (first, second):
                each.sendall(HEAD)
                answer(each)
            with connected(desk) as third:
                assert closed(third)
            first.sendall(HEAD)
            assert answer(first)
            second.close()
            first.close()
            assert desk.batch(track("after the crowd")).status == 200
    finally:
        desk.stop()


def test_the_bound_leaves_files_to_the_store():
    resource = pytest.importorskip("resource")
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))
    try:
        assert connections.most_connections() == 50
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))

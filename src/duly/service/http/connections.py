"""Connections of clients: so many of them, and none that keeps its place without asking for anything."""

from __future__ import annotations

import asyncio
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_TO_ASK = 30.0
"""How long the head of a request may take to arrive, from when the connection is there or the head begins."""

_FAREWELL = 0.25
"""Seconds for the last bytes to leave."""

_MOST = 10_000
_MOST_UNKNOWN = 512
"""Connections where the system does not say how many files a process may open."""


class Connection(H11Protocol):
    """
    One connection, closed when there are too many of them or when its request does not come.

    A stranger who opens connections and says nothing would otherwise take all the files that the process may open, of
    which the store needs some.
    """

    most = _MOST
    _timer: asyncio.TimerHandle | None = None
    _leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there; over TLS, the handshake is done."""
        super().connection_made(cast(asyncio.Transport, transport))
        if len(self.connections) > self.most:
            self.transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Something has arrived."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._unwatch()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: end at once, or when what is under way is answered."""
        self._leaving = True
        super().shutdown()
        self._part()

    def on_response_complete(self) -> None:
        """All of an answer is written."""
        super().on_response_complete()
        if self._leaving:
            self._part()

    def _part(self) -> None:
        """
        Hang up once everything is written.

        Over TLS both sides take leave of each other; one that is idle does not hear of it, and would hold up the stop.
        """
        if self.transport.is_closing():
            written = not self.transport.get_write_buffer_size()
            self.loop.call_later(_FAREWELL, self.transport.abort if written else self._part)

    def _watch(self) -> None:
        """Let the time run while the head of a request is missing. What comes after it is bounded where it is read."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._unwatch()
        elif self._timer is None:
            self._timer = self.loop.call_later(SECONDS_TO_ASK, self.transport.abort)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def most_connections() -> int:
    """How many connections there may be: half as many as the files that the process may open."""
    try:
        import resource
    except ImportError:
        return _MOST_UNKNOWN
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if files == resource.RLIM_INFINITY else min(_MOST, max(1, files // 2))

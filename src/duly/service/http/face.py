"""Listens for HTTP: a server of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
from math import ceil
from threading import Thread
from typing import Any

import uvicorn

from duly.service.http.connections import Connection, most_connections
from duly.service.http.routes import Part, application
from duly.service.http.threads import Threads
from duly.service.listen import demand_free, server_context, why
from duly.service.settings import Tls, split_address

_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: longer than the 10 s after which SDKs send what they have gathered."""

_BACKLOG = 1024

_FAREWELL = 0.5
"""Seconds for connections to close once all requests are answered."""


class HttpFace:
    """
    Answers on one address from `start` until it is closed, over TLS where it is given.

    Raises `AddressInUse`, `BadAddress`, or `StartRefused` for certificates that cannot be used.
    """

    def __init__(self, address: str, part: Part, threads: int, tls: Tls | None = None) -> None:
        context = server_context(tls) if tls else None
        self._socket, self._log = _bound(address), part.log
        config = uvicorn.Config(
            application(part, Threads(threads)),
            http=type("Connection", (Connection,), {"most": most_connections()}),
            loop="asyncio",
            ws="none",
            lifespan="off",
            # Requests are logged where they are answered; what uvicorn says may quote them.
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        config.load()
        # Its own would speak with weaker ciphers.
        config.ssl = context
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._serve, name="http", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, with the port it got."""
        host, port = self._socket.getsockname()[:2]
        return f"[{host!s}]:{port}" if ":" in str(host) else f"{host!s}:{port}"

    def start(self) -> None:
        """Begin to answer. Whoever connects from now on is answered, at the latest when the loop runs."""
        self._socket.listen(_BACKLOG)
        self._thread.start()

    def close(self, grace: float) -> None:
        """Take no more requests, and return when those under way are answered or `grace` seconds are over."""
        self._server.config.timeout_graceful_shutdown = ceil(grace)
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(grace + _FAREWELL)
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._answer())

    async def _answer(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self._failed)
        await self._server.serve([self._socket])

    def _failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Something went wrong outside of any request, of which Python would write more than should be told."""
        error = context.get("exception")
        self._log.error("connection_failed", error=type(error).__qualname__ if error else "")


def _bound(address: str) -> socket.socket:
    host, port = split_address(address)
    demand_free(address)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise why(address, error) from None
    return listener

"""The HTTP face: whether the server lives, whether it is ready, and its numbers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from duly.service.listen import demand_free, why
from duly.service.settings import split_address
from duly.service.telemetry import Metrics


class HttpFace:
    """Answers `/healthz`, `/readyz` and `/metrics` on one address until it is closed."""

    def __init__(self, address: str, metrics: Metrics, ready: Callable[[], bool]) -> None:
        host, port = split_address(address)
        demand_free(address)
        try:
            self._server = _listener(host)((host, port), _handler(metrics, ready))
        except OSError as error:
            raise why(address, error) from None
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="http", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, with the port it got."""
        host, port = self._server.server_address[:2]
        return f"[{host!s}]:{port}" if ":" in str(host) else f"{host!s}:{port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True


class _ListenerV6(_Listener):
    address_family = socket.AF_INET6


def _listener(host: str) -> type[_Listener]:
    return _ListenerV6 if ":" in host else _Listener


def _handler(metrics: Metrics, ready: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    pages: dict[str, Callable[[], tuple[int, str]]] = {
        "/healthz": lambda: (200, "ok\n"),
        "/readyz": lambda: (200, "ready\n") if ready() else (503, "not ready\n"),
        "/metrics": lambda: (200, metrics.text()),
    }

    class Handler(BaseHTTPRequestHandler):
        server_version = "duly"
        sys_version = ""
        timeout = 10

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            status, text = page() if page else (404, "not found\n")
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: probes come every second."""

    return Handler

"""Stands between an SDK and the service, and lets things go wrong."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOSE = "lose"
"""The request reaches the service; its answer reaches nobody."""

_INJECTED = {500: b'{"code": "INTERNAL", "message": "a mistake"}', 429: b'{"code": "OVERLOADED", "message": "later"}'}


class Proxy:
    """
    Passes requests on to `upstream` (host:port), but has each of `faults` happen to one of them, in order.

    401 and 413 are the service's own answers to a request that was changed on the way; 500 and 429 are made up here.
    """

    def __init__(self, upstream, faults):
        self.upstream, self.faults = upstream, list(faults)
        self.statuses, self.headers = [], []
        self.refused = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path, headers, body):
        """The status, headers and content to answer with, None to hang up."""
        with self._lock:
            fault = self.faults.pop(0) if self.faults else None
        self.headers.append(headers)
        if fault in _INJECTED:
            return fault, {"Retry-After": "1"} if fault == 429 else {}, _INJECTED[fault]
        if fault == 401:
            headers = headers | {"Authorization": "Bearer wrong"}
        if fault == 413:
            body, headers = b" " * 600_000, {k: v for k, v in headers.items() if k.lower() != "content-encoding"}
        try:
            answered = self._passed_on(path, headers, body)
        except OSError:
            self.refused.set()
            return None
        return None if fault == LOSE else answered

    def _passed_on(self, path, headers, body):
        connection = http.client.HTTPConnection(self.upstream, timeout=20)
        kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")}
        try:
            connection.request("POST", path, body, kept)
            response = connection.getresponse()
            return response.status, {}, response.read()
        finally:
            connection.close()

    def _handler(self):
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answered = proxy.answer(self.path, dict(self.headers.items()), body)
                proxy.statuses.append(answered and answered[0])
                if answered is None:
                    self.close_connection = True
                    return
                status, headers, content = answered
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                """Say nothing."""

        return Handler

"""
Stands in for FCM and APNs on this machine: answers as they do, and prints what it was sent as lines of JSON.

A device whose token starts with `gone` is unregistered, one that starts with `busy` is refused the first time, one that
starts with `broken` always.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REFUSED: Counter[str] = Counter()


class Provider(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        payload = json.loads(self.rfile.read(int(self.headers["content-length"])))
        token = self.path.removeprefix("/3/device/") if self.path.startswith("/3/") else payload["message"]["token"]
        status = self.status(token)
        apns = {name: value for name, value in self.headers.items() if name.lower().startswith("apns-")}
        line = {"status": status, "path": self.path, "token": token, "apns": apns, "payload": payload}
        # In one piece: each request has a thread of its own, and lines must not mix.
        print(json.dumps(line, ensure_ascii=False) + "\n", end="", flush=True)
        body = b"{}" if status == 200 else json.dumps({"error": {"code": status}, "reason": "Refused"}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def status(self, token: str) -> int:
        if token.startswith("gone"):
            return 410 if self.path.startswith("/3/") else 404
        REFUSED[token] += 1
        busy = token.startswith("busy") and REFUSED[token] == 1
        return 503 if busy or token.startswith("broken") else 200

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing but the lines."""


def main(address: str) -> None:
    host, _, port = address.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Provider)
    print(json.dumps({"listening": f"http://{host}:{server.server_address[1]}"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9090")

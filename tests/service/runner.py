"""Runs a server in a process of its own: one JSON line says where it listens."""

from __future__ import annotations

import json
import sys

from duly.service.server import now, serve
from duly.service.settings import Rights, Scope, Settings


def main(wish: dict[str, object]) -> int:
    ahead = wish.pop("ahead", 0)
    files = tuple((name, text.encode()) for name, text in wish.pop("files").items())
    tokens = {token: Rights(frozenset(map(Scope, scopes))) for token, scopes in wish.pop("tokens", {}).items()}
    settings = Settings(files, **({"grpc": "127.0.0.1:0", "http": "127.0.0.1:0", "tokens": tokens} | wish))
    return serve(settings, announce, lambda: now() + ahead)


def announce(addresses):
    print(json.dumps({"grpc": addresses.grpc, "http": addresses.http}), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))

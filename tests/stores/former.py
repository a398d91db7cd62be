"""Stores as earlier versions made them; run as a program, it opens one and dies at a commit."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import msgspec
from rocksdict import Options, Rdict

from duly.engine import upgrade
from duly.engine.keys import DECISION, INSTANCE, USER, Keys
from duly.engine.state import pack, unpack_due, unpack_instance, unpack_user
from duly.stores.meta import META_KEY
from duly.stores.open import open_store
from duly.stores.rocks import RocksStore


def to_layout_2(folder: Path) -> None:
    """Give a store of layout 3 the records of layout 2: the properties of what waits lie with the user."""
    database = Rdict(str(folder), Options(raw_mode=True))
    meta = json.loads(database[META_KEY])
    for key, value in list(database.items()):
        if key != META_KEY and key[2:3] == USER:
            user = unpack_user(value)
            for pending in user.pending:
                due = Keys(meta["buckets"]).due(int.from_bytes(key[:2], "big"), pending.due, pending.decision)
                identity, properties = unpack_due(database[due])
                pending.properties = pending.properties or properties
                database[due] = identity
            database[key] = pack(user)
    database[META_KEY] = json.dumps({**meta, "layout": 2}).encode()
    database.close()


def to_layout_1(folder: Path) -> None:
    """Give a store the records of layout 1: a decision and its place in time, no decisions replaced."""
    to_layout_2(folder)
    database = Rdict(str(folder), Options(raw_mode=True))
    meta = json.loads(database[META_KEY])
    for key, value in list(database.items()):
        if key != META_KEY and key[2:3] == DECISION:
            database[key[:2] + b"d" + Keys.decision_in(key)] = value
            database[key[:2] + b"l" + key[3:]] = b""
            del database[key]
        elif key != META_KEY and key[2:3] == INSTANCE:
            about = unpack_instance(value)
            former = [about.version, about.taken, about.ingested, about.decisions]
            database[key] = value[:8] + msgspec.msgpack.encode(former)
    database[META_KEY] = json.dumps({**meta, "layout": 1}).encode()
    database.close()


def layout_of(folder: Path) -> int:
    """The layout that a store says it has; nobody may have it open."""
    database = Rdict(str(folder), Options(raw_mode=True))
    meta = json.loads(database[META_KEY])
    database.close()
    return meta["layout"]


def open_and_die(folder: str, most: int, page: int) -> None:
    """Open a store, in pages of so many records, and die at a later commit than so many, or before its end."""
    commit, done = RocksStore.commit, []

    def counted(store, change):
        if len(done) == most:
            os._exit(9)
        done.append(change)
        return commit(store, change)

    RocksStore.commit = counted
    RocksStore.raise_layout = lambda _store, _layout: os._exit(9)
    upgrade._PAGE = page
    open_store(folder)


if __name__ == "__main__":
    open_and_die(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""Copies of a store, made while a service writes to it."""

import re
import shutil
import tarfile
import threading
from itertools import count

from duly.client import Client, ServiceError, track
from duly.engine.keys import DECISION
from duly.engine.store import LAYOUT
from duly.stores.open import open_store
from tests.service.conftest import RULES, running
from tests.stores.former import layout_of, to_layout_1


def pairs(folder):
    store = open_store(str(folder))
    found = {}
    for bucket in range(store.buckets):
        start, stop = bucket.to_bytes(2, "big"), (bucket + 1).to_bytes(2, "big")
        found.update(store.scan(start, stop, 1_000_000))
    store.close()
    return found


def test_a_copy_made_while_events_arrive_holds_all_that_was_acknowledged(duly, tmp_path):
    acknowledged, enough, stop = [], threading.Event(), threading.Event()

    def write(client):
        for number in count():
            if stop.is_set():
                return
            client.ingest([track("Product Added to Wishlist", user_id=f"u{number}", properties={"product_id": "hat"})])
            acknowledged.append(f"u{number}")
            if number == 50:
                enough.set()

    with running(store=str(tmp_path / "live")) as server, Client(server.address) as client:
        writing = threading.Thread(target=write, args=(client,))
        writing.start()
        assert enough.wait(30)
        before = list(acknowledged)
        outcome = duly("backup", tmp_path / "copy.tar", "--to", server.address)
        stop.set()
        writing.join()
    assert outcome.code == 0, outcome.err
    assert not [entry for entry in (tmp_path / "live").iterdir() if entry.name.startswith("backup")]
    assert duly("restore", tmp_path / "copy.tar", "--data", tmp_path / "again").code == 0
    with running(store=str(tmp_path / "again")) as server, Client(server.address) as client:
        assert all(client.user(user).user.relation_counts[0].count == 1 for user in before)
        assert client.rules().files[0].content == RULES.encode()


def test_a_restored_store_equals_the_one_that_was_copied(duly, tmp_path):
    with running(store=str(tmp_path / "live")) as server, Client(server.address) as client:
        client.ingest([track("Order Completed", user_id=f"u{n}") for n in range(300)])
        assert server.terminate() == 0
    assert duly("backup", tmp_path / "copy.tar", "--data", tmp_path / "live").code == 0
    restored = duly("restore", tmp_path / "copy.tar", "--data", tmp_path / "again")
    assert re.search(r"about [\d,]+ records", restored.out)
    assert pairs(tmp_path / "again") == pairs(tmp_path / "live")


def test_nothing_is_overwritten(duly, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine")
    assert duly("backup", tmp_path / "there" / "file", "--data", tmp_path).code == 2
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    assert duly("restore", tmp_path / "empty.tar", "--data", tmp_path / "there").code == 2
    assert (tmp_path / "there" / "file").read_text() == "mine"


def test_what_is_no_backup_is_refused(duly, tmp_path):
    (tmp_path / "text").write_text("hello" * 500)
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.add(tmp_path / "text", arcname="../outside")
    for name in ("text", "empty.tar", "evil.tar"):
        assert duly("restore", tmp_path / name, "--data", tmp_path / "new").code == 2
    assert not (tmp_path / "new").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_only_an_admin_copies_and_only_what_is_in_files(tmp_path):
    with running(tokens={"reader": ["decide"]}) as server, Client(server.address) as client:
        assert failure(client) == "UNAUTHENTICATED"
    with running() as server, Client(server.address) as client:
        assert failure(client) == "FAILED_PRECONDITION"


def failure(client):
    try:
        list(client.backup())
    except ServiceError as error:
        return error.code


def test_an_earlier_versions_store_is_copied_restored_and_served(duly, tmp_path):
    with running(store=str(tmp_path / "live")) as server, Client(server.address) as client:
        for number in range(9):
            client.decide(f"u{number}", event=track("Order Completed", user_id=f"u{number}"))
        before = list(client.decisions())
        assert server.terminate() == 0
    to_layout_1(tmp_path / "live")
    shutil.copytree(tmp_path / "live", tmp_path / "other")
    assert duly("backup", tmp_path / "copy.tar", "--data", tmp_path / "live").code == 0
    assert duly("restore", tmp_path / "copy.tar", "--data", tmp_path / "again").code == 0
    assert layout_of(tmp_path / "again") == LAYOUT
    with running(store=str(tmp_path / "other")) as server, Client(server.address) as client:
        assert len(before) == 9 and list(client.decisions()) == before
        assert list(client.decisions("u3")) == [decision for decision in before if decision.user_id == "u3"]
    assert sum(key[2:3] == DECISION for key in pairs(tmp_path / "again")) == 9

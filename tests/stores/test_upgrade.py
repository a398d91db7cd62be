"""A store of an older layout is brought to this one when it is opened, wherever an earlier attempt ended."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from duly.engine import upgrade
from duly.engine.decision_log import DecisionLog
from duly.engine.engine import Engine
from duly.engine.keys import DUE, INSTANCE, USER
from duly.engine.state import pack_due, unpack_due, unpack_instance, unpack_user
from duly.engine.store import LAYOUT, StoreUnavailable, bucket_prefix
from duly.meaning import model as m
from duly.stores.open import open_store
from duly.stores.rocks import RocksStore
from tests.engine.world import DAY, HOUR, MINUTE, RESERVE, World, plan_of, rule
from tests.identity.world import PHONE, People
from tests.stores import former

CHILD = str(Path(former.__file__))
USERS = ("u:ada", "u:kim", "u:bob", "u:eve", PHONE)


def pairs(store):
    spans = ((bucket_prefix(bucket), bucket_prefix(bucket + 1)) for bucket in range(store.buckets))
    return dict(pair for start, stop in spans for pair in store.scan(start, stop, 1_000_000))


def seen(store):
    """What everybody can see of the log: of each decision by its id, of each user, and of all."""
    engine = Engine(store, plan_of(rule()), lambda: 0)
    by_user = {user: engine.decisions(user, 10_000) for user in USERS}
    log = list(DecisionLog(store, engine.keys).of_everybody())
    return by_user, log, [engine.decision(decision.id) for decision in log]


def replaced(found):
    """The decisions that others took the place of, each with where that is noted."""
    about = {key: unpack_instance(value) for key, value in found.items() if key[2:3] == INSTANCE}
    return {(key, known) for key, instance in about.items() for known in instance.replaced}


def without_notes(found):
    """All records but what is noted of decisions that others took the place of; all properties lie in the due queue."""
    kept = {}
    waiting = {}
    for key, value in found.items():
        if key[2:3] == INSTANCE:
            about = unpack_instance(value)
            about.version, about.replaced = 0, []
            kept[key] = about
        elif key[2:3] == USER:
            kept[key] = user = unpack_user(value)
            waiting |= {(key[:2], each.decision): each.properties for each in user.pending if each.properties}
            for each in user.pending:
                each.properties = b""
        else:
            kept[key] = value
    for key in [key for key in kept if key[2:3] == DUE]:
        identity, properties = unpack_due(kept[key])
        kept[key] = pack_due(identity.decode(), properties or waiting.get((key[:2], key[11:]), b""))
    return kept


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A folder of layout 1, with what was seen and kept before it was given that: merges, waits, replaced decisions."""
    folder = tmp_path_factory.mktemp("lived")
    world = People(f"rocks:{folder / 'data'}", rule(), rule("again"), rule("wait", "W", at_local=18))
    for number in range(30):
        for user in ("ada", "kim", "bob", PHONE):
            world.now += HOUR
            if number % 3:
                world.decide_about(who=user, message=f"m{number}")
            else:
                world.decide_about(who=user, message=f"m{number}", mode=RESERVE, lease=HOUR)
            world.tell("W", user, f"w{number}")
        if number < 9:
            world.decide_about(who=PHONE, message=f"both{number}")
            world.tell(who="ada", message=f"both{number}")
        if number in (9, 19):
            world.sign_in("ada" if number == 9 else "bob", "phone")
    told, kept = seen(world.store), pairs(world.store)
    world.close()
    former.to_layout_1(folder / "data")
    assert replaced(kept), "nothing was replaced"
    return folder / "data", told, kept


@pytest.fixture
def old(lived, tmp_path):
    """A copy of that folder."""
    return Path(shutil.copytree(lived[0], tmp_path / "data"))


def assert_brought(folder, lived):
    store = open_store(str(folder))
    try:
        assert seen(store) == lived[1]
        assert without_notes(pairs(store)) == without_notes(lived[2])
    finally:
        store.close()
    assert former.layout_of(folder) == LAYOUT


def test_all_decisions_are_found_by_id_by_user_and_in_order_of_time(old, lived):
    noted = []
    open_store(str(old), noted=lambda *said: noted.append(said)).close()
    assert noted == [(1, len(lived[1][1]))]
    assert_brought(old, lived)
    open_store(str(old), noted=lambda *said: noted.append(said)).close()
    assert len(noted) == 1, "once is enough"


def test_nothing_is_noted_but_what_nothing_led_to(old, lived):
    store = open_store(str(old))
    brought = replaced(pairs(store))
    store.close()
    assert brought == replaced(lived[2])


@pytest.mark.parametrize("commits", [0, 1, 2, 3, 7, 20, 1_000_000])
def test_an_upgrade_that_was_killed_is_finished_by_the_next(old, lived, commits):
    for _ in range(2):
        died = subprocess.run([sys.executable, CHILD, str(old), str(commits), "7"], check=False)
        assert died.returncode == 9
        assert former.layout_of(old) == 1
    assert_brought(old, lived)


def test_an_upgrade_that_fails_leaves_the_folder_closed_and_to_be_brought(old, lived, monkeypatch):
    def fail(_store, _change):
        raise StoreUnavailable("no room")

    with monkeypatch.context() as patched:
        patched.setattr(RocksStore, "commit", fail)
        with pytest.raises(StoreUnavailable, match="no room"):
            open_store(str(old))
    assert former.layout_of(old) == 1
    assert_brought(old, lived)


@pytest.mark.parametrize("age", [former.to_layout_1, former.to_layout_2, None])
def test_what_waits_since_before_is_handed_out_with_the_words_of_its_event(tmp_path, age):
    said = m.Message(title=(m.Slot(m.Property("event", ("thing",))),))
    rules = rule("wait", "W", at_local=20, message=said), rule("later", "W", at_local=20, message=said)
    url = f"rocks:{tmp_path / 'data'}"
    world = World(url, *rules)
    world.track("W", thing="Lamp")
    world.close()
    if age is not None:
        age(tmp_path / "data")
    world = World(url, *rules)
    world.messages = 1
    world.identify(timezone="Asia/Tokyo")
    world.track("W", thing="Chair")
    world.now += DAY - MINUTE
    handed = world.take()
    assert sorted(each.decision.title for each in handed) == ["Chair", "Chair", "Lamp", "Lamp"]
    assert len(world.queue()) == 4, "their leases"
    world.close()


def test_a_new_store_has_the_newest_layout(tmp_path):
    noted = []
    open_store(str(tmp_path / "data"), noted=lambda *said: noted.append(said)).close()
    assert (former.layout_of(tmp_path / "data"), noted) == (LAYOUT, [])
    assert upgrade.upgrade(open_store("memory:")) == 0

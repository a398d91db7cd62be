"""The decision log, of everybody and of one user, whatever page it is read in and whoever became whom."""

import random

import pytest

from duly.engine import decision_log, own_places
from duly.engine.decision_log import DecisionLog
from duly.engine.dossier import Dossier
from duly.engine.keys import DECISION, INSTANCE
from duly.engine.place import LAST, decision_at, place_of
from duly.engine.privacy import identities_of
from duly.engine.state import pack, unpack_instance
from duly.engine.store import Commit
from tests.engine.world import MINUTE, NOON, SECOND, rule
from tests.identity.world import PHONE, People

ADA = ("u:ada", PHONE)


@pytest.fixture
def world():
    """Ada was the phone, which had some of her messages, too; there are others, of whom ben has more to do."""
    opened, chance = People("memory:", rule(), rule("again")), random.Random(1)
    for number in range(120):
        opened.now += chance.choice([0, 0, SECOND, MINUTE])
        who = chance.choice([*ADA, "u:ben", f"u:other{number % 20}"]).removeprefix("u:")
        for each in ADA if number < 20 else [who]:
            opened.decide_about(who=each.removeprefix("u:"), message=f"m{number}")
    opened.sign_in("ada", "phone")
    yield opened
    opened.close()


@pytest.fixture(params=[(10_000, 1_000, 256), (7, 5, 3), (2, 1, 1)], ids=str)
def chunks(request, monkeypatch):
    held, page, read = request.param
    monkeypatch.setattr(own_places, "_HELD", held)
    monkeypatch.setattr(own_places, "_PAGE", page)
    monkeypatch.setattr(decision_log, "_READ", read)
    monkeypatch.setattr(decision_log, "_HELD", held)


def expected(world, identities=None):
    """The ids that the log holds, newest first."""
    ids = [world.engine.keys.decision_in(key) for key, _ in world.everything((DECISION,))]
    mine = [known for known in ids if identities is None or world.engine.decision(known).identity in identities]
    return sorted(mine, key=place_of, reverse=True)


def log_of(world):
    return DecisionLog(world.store, world.engine.keys)


def ids_of(decisions):
    return [decision.id for decision in decisions]


def test_a_place_tells_the_decision_and_the_key_the_place(world):
    for key, value in world.everything((DECISION,)):
        known = world.engine.keys.decision_in(key)
        assert decision_at(place_of(known)) == known and key[3:] + key[:2] == place_of(known) < LAST
        assert world.engine.decision(known) == decision_log.unpack_decision(value)
        assert world.engine.decision(known).id == known


def test_everybodys_is_read_newest_first_from_any_place(world, chunks):
    everything = expected(world)
    assert ids_of(log_of(world).of_everybody()) == everything
    for number in range(0, len(everything), 7):
        assert ids_of(log_of(world).of_everybody(place_of(everything[number]))) == everything[number + 1 :]


def test_a_users_is_read_newest_first_from_any_place(world, chunks):
    everything = expected(world, ADA)
    assert len(everything) > 80
    assert ids_of(log_of(world).of_user(ADA)) == ids_of(world.engine.decisions("u:ada", 1_000)) == everything
    assert ids_of(world.engine.decisions(PHONE, 1_000)) == everything
    for number in range(0, len(everything), 13):
        rest = everything[number + 1 :]
        assert ids_of(log_of(world).of_user(ADA, place_of(everything[number]))) == rest
        assert ids_of(world.engine.decisions("u:ada", 5, everything[number])) == rest[:5]


def test_a_stretch_of_time_is_given_to_the_millisecond(world, chunks):
    since, until = NOON + 5 * MINUTE, NOON + 20 * MINUTE
    for found, who in (
        (log_of(world).of_user(ADA, None, since, until), ADA),
        (log_of(world).of_everybody(None, since, until), None),
    ):
        within = [known for known in expected(world, who) if since <= world.engine.decision(known).created <= until]
        assert len(within) > 10 and ids_of(found) == within


def test_an_export_gives_each_decision_once_whatever_the_pages(world, chunks):
    decision = world.engine.decision(expected(world, ADA)[9])
    world.report(decision, "sent")
    world.report(decision, "opened")
    known = identities_of(world.engine, "u:ada")
    whole = list(Dossier(world.engine, known).entries())
    assert [entry.id for _, entry in whole if hasattr(entry, "rule")] == expected(world, ADA)[::-1]
    for number in range(0, len(whole), 11):
        assert list(Dossier(world.engine, known).entries(whole[number][0])) == whole[number + 1 :]


def test_what_is_decided_while_the_pages_are_read_moves_nothing(world, chunks):
    everything, before, seen = expected(world, ADA), None, []
    while page := world.engine.decisions("u:ada", 9, before):
        seen += ids_of(page)
        before = page[-1].id
        world.now += SECOND
        world.decide_about(who="ada")
    assert seen == everything


def test_a_decision_that_is_gone_is_passed_over(world):
    gone = expected(world, ADA)[3]
    bucket = world.engine.keys.bucket_in(gone)
    world.store.commit(Commit((bucket,), deletes=[world.engine.keys.decision(bucket, gone)]))
    assert ids_of(world.engine.decisions("u:ada", 1_000)) == expected(world, ADA)


def test_what_another_took_the_place_of_is_found(chunks):
    world = People("memory:", rule(), rule("again"))
    world.decide_about(who=PHONE, message="m")
    world.tell(who="ada", message="m")
    world.sign_in("ada", "phone")
    ids = [known for _, value in world.everything((INSTANCE,)) for known in unpack_instance(value).replaced]
    assert ids, "nothing was replaced"
    assert set(ids) < set(ids_of(world.engine.decisions("u:ada", 10))) == set(expected(world))
    world.close()


def test_the_buckets_are_merged_with_few_records_of_each(world, monkeypatch):
    limits, scan = [], world.store.scan
    monkeypatch.setattr(world.store, "scan", lambda *span, **how: limits.append(span[2]) or scan(*span, **how))
    monkeypatch.setattr(decision_log, "_HELD", 16 * 4)
    log = log_of(world)
    next(log.of_everybody())
    assert limits == [2] * 16
    list(log.of_everybody())
    assert set(limits) == {2, 4}


def test_ids_of_rules_under_former_names_and_of_two_identities_come_once(world):
    """What two identities know of one message names the same decision twice."""
    bucket = world.engine.keys.bucket("u:ada")
    known = expected(world, ADA)[0]
    key = world.engine.keys.instance(bucket, "u:ada", "also")
    about = unpack_instance(world.everything((INSTANCE,))[0][1])
    about.decisions, about.replaced, about.version = {"was": known, "is": known}, [known], 1
    world.store.commit(Commit((bucket,), puts=[(key, pack(about))]))
    assert ids_of(world.engine.decisions("u:ada", 1_000)) == expected(world, ADA)

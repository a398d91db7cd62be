"""Decisions are written down, and told to clients, by C++ to the byte as by Python."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from duly.engine import answer, direct, intake, words
from duly.engine.answer import _encoder, _Request, _request
from duly.engine.decision import Decision, Gate, Standing, Status, Verdict, pack_decision, unpack_decision
from duly.meaning.model import SECOND
from duly.service.convert.decision import put_decision
from duly.timing.zone import zone
from duly.v1 import decision_pb2 as pb
from duly.v1 import decision_service_pb2 as service_pb
from duly.vocabulary.zones import zone_names
from tests.engine.test_direct import Run
from tests.native.made import number, text

native = pytest.importorskip("duly._native")

WORLDS = 25
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", *sorted(zone_names())[::9]]
SOURCES = ["trait timezone", "context timezone", "house", "utc"]
MOVED = ["schedule", "quiet", "gap", "caps"]
OBJECTS = ["", "", '"boots"', '"é\\"x"', '"', "17", "1.5", "-3"]
PASSED = bytes([Status.PASS] * len(Gate))
WAIVED = bytes([1, 1, Status.WAIVED, 1, 1, 1, 1, 1, 1])
STOPPED = {gate: bytes([1] * gate + [Status.FAIL] + [3] * (len(Gate) - gate - 1)) for gate in Gate}
FIRST, LAST = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND for year in (1000, 9999))


@pytest.fixture(scope="module")
def decided():
    """Every decision that the direct way came to in some worlds."""
    found = []

    def kept(*about):
        decision = direct.decide(*about)
        if decision is not None:
            found.append(unpack_decision(pack_decision(decision)))
        return decision

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(answer, "decide", kept)
        patched.setattr(intake, "decide", kept)
        for seed in range(WORLDS):
            Run(seed).play()
    return found


def test_decisions_of_real_worlds_are_written_as_python_does(decided):
    declined = [decision for decision in decided if not _compare(decision, decision.id.hex())]
    # What the core does not know are zones that are none.
    assert all(decision.inputs[Gate.TIME][5] for decision in declined)
    taken = [decision for decision in decided if not decision.inputs[Gate.TIME][5]]
    assert len(taken) > len(decided) // 2 > 100
    assert {decision.verdict for decision in taken} == set(Verdict)


@pytest.mark.parametrize("block", range(10))
def test_any_decision_of_the_direct_way_is_written_as_python_does(block):
    for seed in range(block * 100, block * 100 + 100):
        assert _compare(_decision(random.Random(seed)), seed), seed


def test_what_the_direct_way_does_not_say_is_declined():
    plain = _decision(random.Random(1))
    for other in (
        msgspec.structs.replace(plain, verdict=Verdict.DEFER, reason="snoozed"),
        msgspec.structs.replace(plain, inputs={Gate.TIME: ["time", "UTC", "elsewhere", [], 0, []]}),
        msgspec.structs.replace(plain, inputs={Gate.TIME: ["time", "UTC", "utc", [], 0, [["house", "Nowhere"]]]}),
    ):
        assert native.decision_message(other, 1, _wall) is None


def test_an_answer_without_decisions_has_the_version_alone():
    assert native.decide_response(None, "", 0, _wall) == b""
    expected = service_pb.DecideResponse(rules_version="sha256:ab").SerializeToString()
    assert native.decide_response(None, "sha256:ab", 1, _wall) == expected


def test_a_request_that_nothing_answered_is_kept():
    kept = native.packed_request(b"d" * 16, 12, None, "v")
    assert msgspec.structs.astuple(_request.decode(kept)) == (b"d" * 16, 12, _encoder.encode([]), "v")


@pytest.mark.parametrize("block", range(5))
def test_local_times_are_those_of_python(block):
    for seed in range(block * 600, block * 600 + 600):
        chance = random.Random(seed)
        name = chance.choice(ZONES)
        instant = chance.randrange(FIRST + 2 * 86_400 * SECOND, LAST)
        instant -= instant % chance.choice([1, 1, SECOND, 60 * SECOND, 86_400 * SECOND])
        assert native.local_time(instant, name, _wall) == words.local_time(instant, name), seed


def test_every_day_has_its_date():
    for day in range(-354_285, 2_932_896, 71):
        instant = day * 86_400 * SECOND
        expected = datetime.fromtimestamp(instant // SECOND, UTC).strftime("%Y-%m-%d 00:00 in UTC")
        assert native.local_time(instant, "UTC", lambda _name, instant: instant) == expected, day


def test_years_without_four_digits_are_declined():
    for instant in (FIRST - 1, LAST + 366 * 86_400 * SECOND, -(1 << 63), (1 << 63) - 1):
        assert native.local_time(instant, "UTC", lambda _name, instant: instant) is None


# --- comparing --------------------------------------------------------------------------------------------------------


def _wall(name, instant):
    return zone(name).wall(instant)


def _compare(decision, told):
    """Compare all that is made of a decision; whether it was not declined."""
    packed = native.packed_decision(decision)
    if packed is None:
        return False
    assert packed == pack_decision(decision), told
    kept = _encoder.encode(_Request(b"digest", decision.created, _encoder.encode([decision]), "version"))
    assert native.packed_request(b"digest", decision.created, decision, "version") == kept, told
    assert native.sentence(decision, _wall) == words.sentence(decision), told
    for gate in Gate:
        assert native.gate_sentence(decision, gate, _wall) == words.gate_sentence(decision, gate), (told, gate)
    for level in (0, 1, 2):
        expected = pb.Decision()
        put_decision(expected, decision, level)
        assert native.decision_message(decision, level, _wall) == expected.SerializeToString(), (told, level)
        response = service_pb.DecideResponse(decisions=[expected], rules_version="sha256:0")
        assert native.decide_response(decision, "sha256:0", level, _wall) == response.SerializeToString(), told
    return True


# --- any decision -----------------------------------------------------------------------------------------------------


def _decision(chance):
    """A decision of the direct way, with texts, instants and numbers of all sizes."""
    end = chance.choice([_now, _later, _queued, _capped])
    own, source = chance.choice(ZONES), chance.choice(SOURCES)
    used = {Gate.TIME: ["time", *chance.choice([(own, source), (chance.choice(ZONES), "rule")]), *_moved(chance), []]}
    if end is _capped or chance.random() < 0.6:
        used[Gate.CAPS] = ["cap", text(chance), number(chance), number(chance), chance.choice([0, _instant(chance)])]
    decision = Decision(
        chance.randbytes(20),
        chance.choice(["u:", "a:"]) + text(chance),
        *(text(chance) for _ in range(5)),
        number(chance),
        chance.choice([_instant(chance), number(chance, least=0)]),
        expires=_instant(chance),
        inputs={int(gate): inputs for gate, inputs in used.items()},
        object=chance.choice(OBJECTS),
        category=text(chance),
        channel=text(chance),
        zone=own,
        zone_source=source,
        mode=chance.choice([0, 1, 2, 3]),
    )
    end(chance, decision)
    return decision


def _instant(chance):
    instant = chance.randrange(1 << 53) - (1 << 50)
    return instant - instant % chance.choice([1, SECOND, 60 * SECOND])


def _moved(chance):
    return [name for name in MOVED if chance.random() < 0.3], chance.choice([0, _instant(chance)])


def _now(chance, decision):
    decision.verdict, decision.reason, decision.standing = Verdict.NOTIFY, "due", Standing.COMMITTED
    decision.statuses = chance.choice([PASSED, PASSED, WAIVED])
    decision.title, decision.body, decision.link = (chance.choice(["", text(chance)]) for _ in range(3))


def _queued(chance, decision):
    _now(chance, decision)
    decision.verdict, decision.due, decision.standing = Verdict.DEFER, _instant(chance), Standing.PENDING


def _later(chance, decision):
    decision.verdict, decision.reason, decision.standing = Verdict.DEFER, "not-yet", Standing.PENDING
    gate = chance.choice([Gate.TIME, Gate.CAPS]) if Gate.CAPS in decision.inputs else Gate.TIME
    decision.statuses, decision.due = STOPPED[gate], _instant(chance)
    decision.next, decision.opens = decision.due, {int(gate): decision.due}


def _capped(chance, decision):
    decision.verdict, decision.reason, decision.standing = Verdict.SUPPRESS, "capped", Standing.CLOSED
    decision.statuses, decision.next = STOPPED[Gate.CAPS], chance.choice([0, _instant(chance)])
    if decision.next:
        decision.opens = {int(Gate.CAPS): decision.next}

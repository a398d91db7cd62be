"""Ten thousand notifications due at one instant, and four workers of which one is killed and one hangs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from duly.client import Client, track
from tests.service.conftest import running
from tests.service.worker import AT_ONCE

BURST, URGENT = 10_000, 2_000
LEASE = 4.0
FATE = 150
"""After so many notifications the worker is killed, or hangs."""

AHEAD = 12
SECOND = 1_000_000

RULES = f"""\
rule routine
  when Order Completed after {AHEAD} seconds
  max 1/day

rule urgent
  when Payment Failed after {AHEAD} seconds
  max 1/day
  priority 9
"""


@pytest.fixture(scope="module")
def burst(tmp_path_factory):
    """What the workers noted, and the instant at which all was due; the server goes on."""
    folder = tmp_path_factory.mktemp("burst")
    with running(files={"burst.duly": RULES}, store=str(folder / "data")) as server, Client(server.address) as client:
        start = datetime.now(UTC)
        events = [
            track("Payment Failed" if n % 5 == 0 else "Order Completed", user_id=f"u{n}", time=start)
            for n in range(BURST)
        ]
        for at in range(0, BURST, 1000):
            client.ingest(events[at : at + 1000])
        due = int((start + timedelta(seconds=AHEAD)).timestamp() * SECOND)
        with workers(server.address, folder, "works", "works", "killed", "hangs") as notes:
            until(lambda: len({note["decision"] for note in read(notes)}) >= BURST, 90)
            until(lambda: reported(client, read(notes)), 30)
        yield read(notes), due, client


@contextmanager
def workers(address, folder, *fates):
    script = str(Path(__file__).with_name("worker.py"))
    notes = [folder / f"{number}-{fate}.ndjson" for number, fate in enumerate(fates)]
    processes = [
        subprocess.Popen([sys.executable, script, address, str(file), fate, str(FATE), str(LEASE)])
        for file, fate in zip(notes, fates, strict=True)
    ]
    try:
        yield notes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def until(holds, seconds):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


def read(notes):
    """Every delivery, with the worker it went to, in the order in which leases began."""
    found = []
    for file in notes:
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        found += [json.loads(line) | {"worker": file.stem} for line in lines if line.endswith("}")]
    return sorted(found, key=lambda note: (note["until"], note["attempt"]))


def reported(client, notes):
    """Whether what the lost workers did not report is done with, too."""
    return all(client.decision(decision).outcomes for decision in lost(notes))


def lost(notes):
    """The users of the decisions that the lost workers noted and did not report."""
    return {
        note["decision"]: note["user"]
        for fate in ("killed", "hangs")
        for note in [note for note in notes if fate in note["worker"]][FATE - FATE % AT_ONCE :]
    }


def test_each_is_delivered(burst):
    notes, _, _ = burst
    assert {note["user"] for note in notes} == {f"u{n}" for n in range(BURST)}
    assert len({note["decision"] for note in notes}) == BURST


def test_none_is_with_two_workers_at_once(burst):
    notes, _, _ = burst
    leases = defaultdict(list)
    for note in notes:
        leases[note["decision"]].append(note)
    for held in leases.values():
        for earlier, later in pairwise(held):
            assert later["until"] - LEASE * SECOND >= earlier["until"]
            assert later["attempt"] > earlier["attempt"]


def test_what_a_lost_worker_had_comes_again_under_its_id_and_keeps_its_slot(burst):
    notes, _, client = burst
    again = {note["decision"] for note in notes if "works" in note["worker"] and note["attempt"] > 1}
    assert len(lost(notes)) == 2 * (FATE % AT_ONCE)
    assert set(lost(notes)) <= again
    for decision, user in lost(notes).items():
        assert [send.decision_id for send in client.user(user).user.sends] == [decision]


def test_one_that_hangs_holds_up_little_more_than_it_has_in_hand(burst):
    notes, _, _ = burst
    hanging = [note for note in notes if "hangs" in note["worker"]]
    assert len(hanging) == FATE


def test_the_urgent_ones_go_first(burst):
    notes, _, _ = burst
    first = [note["rule"] for note in notes if note["attempt"] == 1]
    assert first[:URGENT].count("urgent") > 0.9 * URGENT


def test_lateness(burst, record_property, capsys):
    notes, due, _ = burst
    late = sorted((note["at"] - due) / SECOND for note in notes if note["attempt"] == 1)
    again = sorted((note["at"] - due) / SECOND for note in notes if note["attempt"] > 1)
    shown = {"p50": late[len(late) // 2], "p99": late[len(late) * 99 // 100], "max": late[-1], "again": again[-1]}
    record_property("lateness", shown)
    with capsys.disabled():
        print("\n  lateness in seconds: " + ", ".join(f"{name} {value:.2f}" for name, value in shown.items()))  # noqa: T201
    assert late[0] >= 0

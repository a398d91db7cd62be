"""Every script holds on every store, in process and through gRPC, with the same decisions."""

import threading
from pathlib import Path

import pytest

from duly.diagnostics import Severity
from duly.engine.engine import Engine
from duly.meaning.rule_set import read_rules
from duly.planning.compile import compile_plan
from duly.report.findings import Findings, render
from duly.source import Source
from duly.stores.open import open_store
from duly.testing.lots import arranged, ids, lots_of
from duly.testing.run import run_script
from duly.testing.script import read_script
from duly.testing.target import EngineTarget, ManualClock
from duly.testing.text import outcomes_text
from tests.scripts.grpc_target import GrpcTarget

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.rglob("*.duly"))
NAMES = [str(script.relative_to(HERE)) for script in SCRIPTS]


class Recorded:
    """A target that writes down what it shows; message ids stand for decision ids, which are random."""

    def __init__(self, target):
        self._target = target
        self.seen = []

    def __getattr__(self, name):
        return getattr(self._target, name)

    def decisions(self, identity):
        found = self._target.decisions(identity)
        self.seen.append((identity, sorted(map(_facts, found))))
        return found


def _facts(decision):
    said = (decision.title, decision.body, decision.link, decision.variant)
    times = (decision.created, decision.due, decision.next, decision.expires)
    return (decision.rule, decision.message_id, int(decision.verdict), decision.reason, *times, *said, decision.zone)


@pytest.fixture(scope="module")
def stopping():
    """Stops servers while the next tests run, and waits for all of them in the end."""
    threads = []

    def stop(server):
        threads.append(threading.Thread(target=server.stop))
        threads[-1].start()

    yield stop
    for thread in threads:
        thread.join()


@pytest.fixture
def targets(tmp_path, stopping):
    """Makes a target of each kind for a plan: the two stores, and a server."""
    closing = []

    def on_store(url):
        def make(plan, files, as_written):
            clock, store = ManualClock(), open_store(url(len(closing)), 16)
            closing.append(store.close)
            return EngineTarget(Engine(store, plan, clock), clock)

        return make

    def through_grpc(plan, files, as_written):
        target = GrpcTarget(files, None if as_written else plan)
        closing.append(target.close)
        closing.append(lambda: stopping(target.server))
        return target

    rocks = on_store(lambda number: f"rocks:{tmp_path / str(number)}")
    yield {"memory": on_store(lambda _: "memory:"), "rocks": rocks, "grpc": through_grpc}
    for close in closing:
        close()


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_script_holds_everywhere_with_the_same_decisions(script, targets):
    source = Source(script.name, script.read_text("utf-8"))
    checked = read_rules([Source(str(script), source.text)])
    errors = tuple(d for d in checked.diagnostics if d.severity is Severity.ERROR)
    assert not errors, render(Findings(errors, (script.name,)), "full")
    assert checked.tests, "a script tests itself"
    files = {script.name: source.text.encode()} | {
        plan.name: plan.read_bytes() for plan in script.parent.glob("*.json")
    }
    for test in checked.tests:
        written = read_script(test.source, test.node)
        lots = lots_of(written.users)
        rule_set = arranged(checked.rule_set, lots)
        written.ids = ids(rule_set, lots, written.names)
        plan = compile_plan(rule_set)
        seen = {}
        for kind, make in targets.items():
            recorded = Recorded(make(plan, files, rule_set == checked.rule_set))
            outcome = run_script(written, recorded)
            assert outcome.passed, f"{kind}:\n{outcomes_text([outcome])}"
            seen[kind] = recorded.seen
        assert all(one == seen["memory"] for one in seen.values()), written.test.title.value

"""Runs all tests of a rule set, each on an engine of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duly.engine.engine import Engine
from duly.engine.store import StoreError
from duly.meaning import model
from duly.meaning.check import Checked, WrittenTest
from duly.planning.compile import compile_plan
from duly.planning.plan import Plan
from duly.stores.memory import MemoryStore
from duly.testing.coverage import Coverage
from duly.testing.lots import Impossible, Lots, arranged, ids, lots_of
from duly.testing.run import Outcome, run_script
from duly.testing.script import read_script
from duly.testing.target import EngineTarget, ManualClock

_BUCKETS = 16


def run_suite(checked: Checked, tests: Iterable[WrittenTest], coverage: Coverage) -> Iterator[Outcome]:
    """Run tests one by one, each on an empty store in memory; `coverage` learns what they reached."""
    plans = _Plans(checked.rule_set, coverage)
    for test in tests:
        yield _run(plans, test, coverage)


def _run(plans: _Plans, test: WrittenTest, coverage: Coverage) -> Outcome:
    script = read_script(test.source, test.node)
    lots = lots_of(script.users)
    clock, plan = ManualClock(), plans.plan(lots)
    engine = Engine(MemoryStore(_BUCKETS), plan, clock)
    try:
        script.ids = ids(plan.rule_set, lots, script.names)
        return run_script(script, coverage.watch(EngineTarget(engine, clock)))
    except (Impossible, StoreError) as error:
        return Outcome(test.node.title.value, test.source, test.node.span, error=str(error))


class _Plans:
    """The plan for what a test asks of experiments and control groups; tests that ask for the same share one."""

    def __init__(self, rule_set: model.RuleSet, coverage: Coverage) -> None:
        self._rule_set, self._watch = rule_set, coverage.condition
        self._plans: dict[object, Plan] = {}

    def plan(self, lots: Lots) -> Plan:
        key = (frozenset(lots.variants), frozenset(lots.held_out))
        if key not in self._plans:
            self._plans[key] = compile_plan(arranged(self._rule_set, lots), watch=self._watch)
        return self._plans[key]

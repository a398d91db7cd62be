"""Runs all tests of a rule set, each on an engine of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from duly.engine.engine import Engine
from duly.engine.store import Store
from duly.meaning.check import Checked, WrittenTest
from duly.planning.compile import compile_plan
from duly.planning.plan import Plan
from duly.stores.memory import MemoryStore
from duly.testing.coverage import Coverage
from duly.testing.lots import Impossible, arranged, ids, lots_of
from duly.testing.run import Outcome, run_test
from duly.testing.script import Script
from duly.testing.target import EngineTarget, ManualClock, Target

TargetMaker = Callable[[Plan, ManualClock], Target]


def engine_target(plan: Plan, clock: ManualClock, store: Store | None = None) -> Target:
    """An engine in this process, on a memory store unless another is given."""
    return EngineTarget(Engine(store or MemoryStore(16), plan, clock), clock)


def run_suite(
    checked: Checked, tests: Iterable[WrittenTest], coverage: Coverage, target: TargetMaker = engine_target
) -> Iterator[Outcome]:
    """Run tests one by one; `coverage` learns what they reached."""
    for test in tests:
        yield _run(checked, test, coverage, target)


def _run(checked: Checked, test: WrittenTest, coverage: Coverage, make: TargetMaker) -> Outcome:
    def target(script: Script) -> Target:
        lots = lots_of(script.users)
        rule_set = arranged(checked.rule_set, lots)
        script.ids = ids(rule_set, lots, script.names)
        coverage.start(script)
        return coverage.watch(make(compile_plan(rule_set, watch=coverage.condition), ManualClock()))

    try:
        return run_test(test.source, test.node, target)
    except Impossible as error:
        return Outcome(test.node.title.value, test.source, test.node.span, error=str(error))

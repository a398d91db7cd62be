"""One condition in duly, in Python written by hand, and in rule engines a Python team could pick."""

from __future__ import annotations

import importlib
import statistics
from collections.abc import Callable, Mapping
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from benchmarks.result import Result
from duly.conditions.compile import compile_condition
from duly.meaning.rule_set import read_rules
from duly.source import Source

SENTENCE = 'when Product Viewed where discount >= 20% and price < 100 and category in ("shoes", "coats")'
EVENT = {"discount": 0.3, "price": 59.9, "category": "coats", "name": "Coat", "product_id": "p1"}
TIMES = 20_000
ROUNDS = 7


def run(console: Console, seconds: float) -> list[Result]:  # noqa: ARG001  # the runs are counted, not timed
    timings = {name: microseconds(test) for name, test in contestants().items()}
    for name, cost in timings.items():
        console.print(f"  one condition, {name}: {cost:.2f} µs")
    ours = timings.pop("duly")
    return [
        Result("a condition of three comparisons", f"{ours:.2f} µs", f"{name}: {cost:.2f} µs", cost / ours)
        for name, cost in timings.items()
    ]


def contestants() -> dict[str, Callable[[], object]]:
    """Whatever is installed takes part."""
    found = {"duly": duly(), "Python by hand": by_hand}
    for module, make in {"rule_engine": rule_engine, "celpy": celpy, "zen": zen}.items():
        try:
            found[module] = make(importlib.import_module(module))
        except ImportError:
            continue
    for name, test in found.items():
        assert test(), f"{name} does not hold"
    return found


def microseconds(test: Callable[[], object]) -> float:
    """The median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(TIMES):
            test()
        rounds.append((perf_counter() - start) / TIMES * 1e6)
    return statistics.median(rounds)


def duly() -> Callable[[], object]:
    checked = read_rules([Source("bench.duly", SENTENCE)])
    (rule,) = checked.rule_set.rules.values()
    test = compile_condition(rule.where).test
    facts: Any = SimpleNamespace(event=EVENT, traits={}, related={}, consent={}, history=None, now=0, zone=None)
    return lambda: test(facts)


def by_hand() -> bool:
    """As a careful person writes it: missing values and wrong types must not pass or raise."""
    return careful(EVENT)


def careful(event: Mapping[str, Any]) -> bool:
    discount, price, category = event.get("discount"), event.get("price"), event.get("category")
    return (
        isinstance(discount, int | float)
        and not isinstance(discount, bool)
        and discount >= 0.2
        and isinstance(price, int | float)
        and not isinstance(price, bool)
        and price < 100
        and category in ("shoes", "coats")
    )


def rule_engine(module: Any) -> Callable[[], object]:
    rule = module.Rule('discount >= 0.2 and price < 100 and category in ["shoes", "coats"]')
    return lambda: rule.matches(EVENT)


def celpy(module: Any) -> Callable[[], object]:
    environment = module.Environment()
    tree = environment.compile('discount >= 0.2 && price < 100.0 && category in ["shoes", "coats"]')
    program = environment.program(tree)
    activation = {name: module.json_to_cel(value) for name, value in EVENT.items()}
    return lambda: program.evaluate(activation)


def zen(module: Any) -> Callable[[], object]:
    compiled = module.compile_expression('discount >= 0.2 and price < 100 and category in ["shoes", "coats"]')
    return lambda: compiled.evaluate(EVENT)

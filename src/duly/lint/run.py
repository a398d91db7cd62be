"""Runs the lint rules over a rule set."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from duly.diagnostics import Diagnostic
from duly.lint import rules
from duly.lint.rule import LintRule, World, Written
from duly.meaning.check import Checked
from duly.syntax import nodes
from duly.syntax.collection import collection_paused
from duly.vocabulary.words import name_of_file


@cache
def lint_rules() -> dict[str, LintRule]:
    """All lint rules by name: one in each file of `duly.lint.rules`."""
    found = {}
    for module in pkgutil.iter_modules(rules.__path__):
        rule = getattr(import_module(f"{rules.__name__}.{module.name}"), module.name)
        found[rule.name] = rule
    return found


def run_lint(
    checked: Checked, today: date, options: dict[str, dict[str, Any]] | None = None, only: Iterable[str] | None = None
) -> list[Diagnostic]:
    """
    The findings of all lint rules, or of those called `only`, in no particular order.

    Rules with errors are left out of the rule set and so are not linted.
    """
    chosen = lint_rules() if only is None else {name: lint_rules()[name] for name in only}
    world = World(checked, written_rules(checked), today, options or {})
    found: list[Diagnostic] = []
    with collection_paused():
        for rule in chosen.values():
            found += world.once(rule.findings)
    return found


def written_rules(checked: Checked) -> dict[str, Written]:
    """The rules as written, by the name they have in the rule set."""
    found = {}
    for file in checked.files:
        for node in file.statements:
            if isinstance(node, nodes.Rule):
                name = node.name.value if node.name is not None else name_of_file(file.source.name)
                if name is not None:
                    found[name] = Written(file.source, node)
    return found

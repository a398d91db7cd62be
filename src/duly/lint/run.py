"""Runs the lint rules over a rule set."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from duly.diagnostics import Diagnostic, Edit
from duly.lint import rules
from duly.lint.rule import LintRule, World, Written, finding, subjects
from duly.meaning.check import Checked
from duly.source import Source, Span
from duly.syntax import nodes
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
    for rule in chosen.values():
        report = _Reporter(rule, found)
        for subject in subjects(rule, world):
            rule.check(subject, world, report)
    return found


class _Reporter:
    """Collects the findings of one lint rule."""

    def __init__(self, rule: LintRule, found: list[Diagnostic]) -> None:
        self._rule, self._found = rule, found

    def __call__(self, source: Source, span: Span, message: str, hint: str = "", edits: tuple[Edit, ...] = ()) -> None:
        self._found.append(finding(self._rule, source, span, message, hint, edits))


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

"""Which lint rules run, and how bad what they find is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from duly.diagnostics import Diagnostic, Severity
from duly.lint.rule import Group
from duly.lint.run import lint_rules
from duly.vocabulary.words import nearest

ALL = "all"


class UnknownLintRule(ValueError):
    """There is no lint rule and no group of this name. `guess` is the one that was probably meant."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no lint rule and no group `{name}`")
        self.guess = nearest(name, [*lint_rules(), *map(group_name, Group)])


@dataclass(frozen=True, slots=True)
class Selection:
    """The names of the lint rules that run, the severities that differ from their own, and their options by name."""

    names: Collection[str]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    def judged(self, found: Diagnostic) -> Diagnostic:
        """A finding with the severity that was asked for."""
        severity = self.severities.get(found.code)
        return found if severity is None else replace(found, severity=severity)


def group_name(group: Group) -> str:
    """The group in one word, as settings and lists name it."""
    return group.name.lower()


def selection(
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severities: Mapping[str, Severity] | None = None,
    options: Mapping[str, dict[str, Any]] | None = None,
) -> Selection:
    """
    All lint rules, or those selected, without those ignored; the name of a rule counts more than that of a group.

    `select` and `ignore` hold names, groups or `all`. Raises `UnknownLintRule`.
    """
    select, ignore = list(select) or [ALL], list(ignore)
    refused, named = _members(ignore), set(select) & set(lint_rules())
    chosen = [name for name in _members(select) if name not in refused or (name in named and name not in ignore)]
    graded = {name: severity for word, severity in (severities or {}).items() for name in _members([word])}
    return Selection(tuple(sorted(chosen)), graded, dict(_known(options or {})))


def _members(words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        members = {rule.name for rule in lint_rules().values() if word in (rule.name, group_name(rule.group), ALL)}
        if not members and word not in map(group_name, Group):
            raise UnknownLintRule(word)
        found |= members
    return found


def _known(options: Mapping[str, dict[str, Any]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for name, settings in options.items():
        if name not in lint_rules():
            raise UnknownLintRule(name)
        yield name, settings

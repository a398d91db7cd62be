"""
What a lint rule is, and how its file becomes one.

A lint rule is one file of `duly.lint.rules` with one function. Its name is that of the file, with hyphens: it states
the problem, so that "allow uncapped-rule" makes sense. The function's docstring is its page: a first sentence that says
what is reported, why it matters, then an example to avoid and one to prefer, which are its tests.

    @lint(Severity.WARNING, Group.FREQUENCY, each=model.Rule)
    def uncapped_rule(rule: model.Rule, world: World, report: Report) -> None:
        '''
        A rule without a cap can reach one person any number of times.

        Avoid:
            when Product Sale where user saved product

        Prefer:
            when Product Sale where user saved product, max 1/day
        '''
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from textwrap import dedent
from typing import Any, Protocol, TypeVar

from duly.diagnostics import Diagnostic, Edit, Severity
from duly.lint.parts import Part, parts
from duly.meaning import model
from duly.meaning.check import Checked
from duly.source import Source, Span
from duly.syntax import nodes
from duly.syntax.parse import Parsed

T = TypeVar("T")


class Group(Enum):
    """What a lint rule is about; the sections of the documentation."""

    NAMES = "names and types"
    LOGIC = "logic"
    TIME = "time and zones"
    QUIET = "quiet hours"
    FREQUENCY = "caps and fatigue"
    AUDIENCE = "audience and consent"
    EXPERIMENTS = "experiments"
    MESSAGES = "messages"
    PERFORMANCE = "performance"
    STYLE = "style"
    TESTS = "tests"
    HYGIENE = "hygiene"


class Report(Protocol):
    """Takes one finding: a place in a source, a message (lower case, one line, no full stop), a hint, a safe fix."""

    def __call__(self, source: Source, span: Span, message: str, hint: str = "", edits: tuple[Edit, ...] = ()) -> None:
        """Report it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as written: its node and the file it stands in."""

    source: Source
    node: nodes.Rule

    def clauses(self, *kinds: type) -> list[Any]:
        """Its clauses of some kinds, in order."""
        return [clause for clause in self.node.clauses if isinstance(clause, kinds)]


@dataclass(frozen=True, slots=True)
class World:
    """
    What lint rules may look at: the rule set as meant and as written, and what day it is.

    `options` are the settings of `duly.toml` by lint rule name. `today` is a date in UTC.
    """

    checked: Checked
    written: dict[str, Written]
    today: date
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, make: Callable[[World], T]) -> T:
        """What several lint rules need to know of this world, worked out for the first that asks."""
        if make not in self._made:
            self._made[make] = make(self)
        known: T = self._made[make]
        return known

    @property
    def rule_set(self) -> model.RuleSet:
        """The rule set as meant."""
        return self.checked.rule_set


Check = Callable[[Any, World, Report], None]


@dataclass(frozen=True, slots=True)
class LintRule:
    """
    One lint rule. `each` is what its function is called with: `model.Rule`, `model.Segment` and so on for every one of
    the rule set, `Parsed` for every file, `Checked` once for the whole; for a class of `duly.syntax.nodes`, a
    `duly.lint.parts.Part` for every one that is written as a statement, as a clause of a rule or in a condition.
    """

    name: str
    severity: Severity
    group: Group
    each: type
    fixable: bool
    check: Check
    page: str

    def findings(self, world: World) -> list[Diagnostic]:
        """What it finds; asked for with `World.once`, it looks only once."""
        report = _Reporter(self)
        for subject in subjects(self, world):
            self.check(subject, world, report)
        return report.found

    @property
    def summary(self) -> str:
        """The first sentence of its page."""
        return " ".join(self.page.split("\n\n", 1)[0].split())

    @property
    def avoid(self) -> str:
        """The example that it reports."""
        return _example(self.page, "Avoid:")

    @property
    def prefer(self) -> str:
        """The example that it does not report; with a fix, what the fix makes of the other."""
        return _example(self.page, "Prefer:")


class _Reporter:
    """Collects the findings of one lint rule."""

    def __init__(self, rule: LintRule) -> None:
        self._rule = rule
        self.found: list[Diagnostic] = []

    def __call__(self, source: Source, span: Span, message: str, hint: str = "", edits: tuple[Edit, ...] = ()) -> None:
        self.found.append(finding(self._rule, source, span, message, hint, edits))


def lint(
    severity: Severity, group: Group, *, each: type = model.Rule, fixable: bool = False
) -> Callable[[Check], LintRule]:
    """Make a lint rule of a function; its name and page are the function's."""

    def make(check: Check) -> LintRule:
        name = check.__name__.replace("_", "-")
        return LintRule(name, severity, group, each, fixable, check, dedent(check.__doc__ or "").strip())

    return make


def _example(page: str, heading: str) -> str:
    """The indented lines under a heading, without their indentation."""
    lines = page.split("\n")
    if heading not in lines:
        return ""
    taken = []
    for line in lines[lines.index(heading) + 1 :]:
        if line and not line.startswith("    "):
            break
        taken.append(line)
    return dedent("\n".join(taken)).strip("\n") + "\n"


def finding(rule: LintRule, source: Source, span: Span, message: str, hint: str, edits: tuple[Edit, ...]) -> Diagnostic:
    """A finding of a lint rule as a diagnostic."""
    return Diagnostic(source, span, rule.name, message, hint, rule.severity, edits)


def written_parts(world: World) -> dict[type, list[Part[Any]]]:
    """Everything that is written, by its class."""
    return parts(world.checked)


def subjects(rule: LintRule, world: World) -> list[Any]:
    """What a lint rule looks at in a rule set."""
    if rule.each is Checked:
        return [world.checked]
    if rule.each is Parsed:
        return list(world.checked.files)
    rule_set = world.rule_set
    by_type: dict[type, list[Any]] = {
        model.Rule: list(rule_set.rules.values()),
        model.Segment: list(rule_set.segments.values()),
        model.Category: list(rule_set.categories.values()),
        model.Relation: [r for r in rule_set.relations.values() if r.name not in world.checked.given],
        model.Limit: list(rule_set.limits),
        model.Quiet: list(rule_set.quiet),
    }
    return by_type[rule.each] if rule.each in by_type else list(world.once(written_parts).get(rule.each, ()))

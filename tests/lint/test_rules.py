"""Every lint rule keeps its page: reports what to avoid, not what to prefer, and its fix makes one of the other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duly.diagnostics import Diagnostic, Edit
from duly.lint.rule import LintRule
from duly.lint.run import lint_rules, run_lint
from duly.meaning.rule_set import read_rules
from duly.source import Source
from duly.vocabulary.tracking_plan import TrackingPlan, read_tracking_plan

PLAN = read_tracking_plan(Path(__file__).with_name("tracking-plan.json").read_text("utf-8"))
TODAY = date(2026, 7, 1)
RULES = sorted(lint_rules().values(), key=lambda rule: rule.name)


def plan(_rule_file: str, _written: str) -> TrackingPlan:
    """What the examples mean when they use a tracking plan."""
    return PLAN


def findings(rule: LintRule, text: str) -> list[Diagnostic]:
    checked = read_rules([Source("example.duly", text)], plan_loader=plan)
    return [finding for finding in run_lint(checked, TODAY, only=[rule.name]) if finding.code == rule.name]


def applied(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_reports_what_to_avoid(rule: LintRule) -> None:
    assert findings(rule, rule.avoid)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_is_silent_about_what_to_prefer(rule: LintRule) -> None:
    checked = read_rules([Source("example.duly", rule.prefer)], plan_loader=plan)
    assert not [d for d in checked.diagnostics if d.severity.word == "error"]
    assert findings(rule, rule.prefer) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fixable], ids=lambda rule: rule.name)
def test_its_fix_turns_one_into_the_other(rule: LintRule) -> None:
    edits = [edit for finding in findings(rule, rule.avoid) for edit in finding.edits]
    assert applied(rule.avoid, edits) == rule.prefer


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_has_a_page(rule: LintRule) -> None:
    assert rule.summary.endswith(".")
    assert len(rule.page.split("\n\n")) >= 4, "a page says what is reported and why, and shows what to avoid and prefer"

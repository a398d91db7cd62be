"""The examples are sound, laid out, cover their own rules, and keep the promises their tests make."""

from __future__ import annotations

from pathlib import Path

import pytest

from duly.cli.guard import run
from duly.meaning.check import Checked
from duly.meaning.rule_set import read_rules
from duly.planning.compile import compile_plan
from duly.source import Source
from duly.testing.coverage import Coverage
from duly.testing.run import Outcome
from duly.testing.suite import run_suite

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(folder.name for folder in EXAMPLES.iterdir() if any(folder.glob("*.duly")))


def checked(folder: str) -> Checked:
    files = sorted((EXAMPLES / folder).glob("*.duly"))
    return read_rules([Source(str(file), file.read_text("utf-8")) for file in files])


def told(outcome: Outcome) -> str:
    misses = [f"{miss.source.location(miss.span)}: {miss.expected}\n  {miss.happened}" for miss in outcome.misses]
    return "\n".join([outcome.title, outcome.error, *misses])


def test_there_is_an_example_for_each_of_five_kinds_of_app():
    assert FOLDERS == ["food_delivery", "news", "productivity", "shop", "social"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_to_be_said_about_the_rules(folder, capsys):
    assert run(["lint", str(EXAMPLES / folder)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_are_laid_out(folder, capsys):
    assert run(["format", "--diff", str(EXAMPLES / folder)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tests_of_the_example_pass_and_reach_every_rule(folder):
    rules = checked(folder)
    coverage = Coverage(rules.rule_set)
    outcomes = list(run_suite(rules, rules.tests, coverage))
    assert len(outcomes) >= 5
    assert not [told(outcome) for outcome in outcomes if not outcome.passed]
    assert not [gap.rule for gap in coverage.gaps() if gap.what == "no test decides"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_example_has_a_tracking_plan_in_use_and_a_page_that_names_every_rule(folder):
    rules, page = checked(folder), (EXAMPLES / folder / "README.md").read_text("utf-8")
    assert rules.tracking_plan is not None
    assert 4 <= len(rules.rule_set.rules) <= 8
    assert not [name for name in rules.rule_set.rules if f"`{name}`" not in page]


def test_a_cap_is_told_of_with_the_word_of_the_rule():
    plan = compile_plan(checked("social").rule_set)
    assert [cap.text for cap in plan.rules["direct_message"].caps] == ["max 1 per 5 minutes per conversation"]
    assert plan.rules["close_friend"].caps[1].text == "max 1/day per author"

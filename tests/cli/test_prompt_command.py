"""`duly prompt` says what a language model has to know, and nothing that is not so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from duly.cli.commands import duly
from duly.meaning.rule_set import read_rules
from duly.prompt import EXAMPLES, prompt
from duly.source import Source
from duly.syntax.grammar import keywords
from duly.vocabulary.tracking_plan import read_tracking_plan

PLAN = """{"rules": [
  {"type": "TRACK", "key": "Product Sale", "jsonSchema": {"properties": {"properties": {
    "properties": {"discount": {"type": "number"}, "odd name": {"type": "string"},
    "season": {"type": "string", "enum": ["summer", "winter"]}}, "required": ["discount"]}}}},
  {"type": "TRACK", "key": "order_completed", "jsonSchema": {}},
  {"type": "IDENTIFY", "jsonSchema": {"properties": {"traits": {"properties": {"plan": {"type": "string"}}}}}}
]}
"""


def test_its_examples_are_correct():
    assert read_rules([Source("examples.duly", EXAMPLES)]).diagnostics == ()


def test_it_is_the_same_every_time():
    assert prompt(read_tracking_plan(PLAN)) == prompt(read_tracking_plan(PLAN))


def test_it_names_the_events_properties_and_traits_of_the_plan():
    text = prompt(read_tracking_plan(PLAN))
    assert "- Product Sale\n" in text
    assert '- "order_completed"' in text
    assert "- `discount`: number, always there" in text
    assert '- `season`: text, may be missing, one of "summer", "winter"' in text
    assert '- `event."odd name"`: text' in text
    assert "- `user.plan`: text" in text


def test_it_spells_every_rule_of_the_grammar():
    text = prompt()
    written = set(re.findall(r"[a-z]+", text.split("## The grammar")[1]))
    only_in_literals = {"nd", "st", "rd", "th", "null", "nil", "none", "empty", "undefined"}
    missing = {word for word in keywords() if word.islower()} - written - only_in_literals
    assert missing <= {"seconds", "second", "minutes", "minute", "hours", "days", "weeks", "months", "year", "years"}
    assert not re.search(r"= [A-Z_]{2,}|\\[bs]", text.split("## The grammar")[1])


def test_the_command_reads_a_plan(tmp_path: Path):
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN, "utf-8")
    result = CliRunner().invoke(duly, ["prompt", str(plan)])
    assert result.exit_code == 0
    assert result.output == prompt(read_tracking_plan(PLAN))


@pytest.mark.parametrize(("text", "why"), [(None, "cannot read"), ("[1", "is not a tracking plan")])
def test_a_plan_that_cannot_be_read_is_said(tmp_path: Path, text, why):
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text, "utf-8")
    result = CliRunner().invoke(duly, ["prompt", str(plan)])
    assert result.exit_code == 2
    assert why in result.output

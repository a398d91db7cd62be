"""`duly rule`, and the documentation that is made of the same pages."""

import json
import sys
from pathlib import Path

from duly.lint.run import lint_rules

ROOT = Path(__file__).parents[2]


def test_a_page_says_what_why_and_how(duly):
    outcome = duly("rule", "uncapped-rule")
    assert outcome.code == 0
    assert outcome.out.startswith("uncapped-rule  warning, caps and fatigue\n\nA rule without a cap")
    assert "Avoid:\n    when" in outcome.out and "Prefer:\n    when" in outcome.out
    assert "\x1b" not in outcome.out


def test_a_page_has_colours_on_a_terminal(duly, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31mAvoid:\x1b[0m" in duly("rule", "uncapped-rule").out


def test_all_rules_are_listed(duly):
    lines = duly("rule").out.splitlines()
    assert lines[-1] == f"{len(lint_rules())} lint rules"
    assert len(lines) == len(lint_rules()) + 1
    listed = json.loads(duly("rule", "--json").out)
    assert {each["name"] for each in listed} == set(lint_rules())
    assert all(set(each) == {"name", "severity", "group", "fixable", "summary"} for each in listed)


def test_one_rule_as_json_has_its_examples(duly):
    page = json.loads(duly("rule", "uncapped-rule", "--json").out)
    assert page["avoid"].startswith("when ") and "max" in page["prefer"]


def test_an_unknown_rule_is_corrected(duly):
    outcome = duly("rule", "uncaped-rule")
    assert (outcome.code, "did you mean `uncapped-rule`?" in outcome.err) == (2, True)


def test_the_documentation_has_a_page_for_every_rule():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from generate_lint_docs import document
    finally:
        sys.path.pop(0)
    text = document(sorted(lint_rules().values(), key=lambda rule: rule.name))
    assert all(f"\n### {name}\n" in text and f"](#{name})" in text for name in lint_rules())

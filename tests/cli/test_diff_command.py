"""`duly diff` as people call it."""

import json

import pytest

RULE = "rule a\n  when Order Completed\n  max {}/day\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "old.duly").write_text(RULE.format(1))
    (tmp_path / "new.duly").write_text(RULE.format(2))
    return tmp_path


def test_differences_have_a_line_each_and_a_case(duly, files):
    outcome = duly("diff", "old.duly", "new.duly")
    assert outcome.code == 1
    assert outcome.out.startswith("~ a: sends more\n    `max 1/day` became `max 2/day`\n      at ")
    assert outcome.out.endswith("1 changed, of 1 rule\n")


def test_no_difference_is_said(duly, files):
    outcome = duly("diff", "old.duly", "old.duly")
    assert (outcome.code, outcome.out) == (0, "no difference in meaning, 1 rule\n")


def test_what_only_reads_differently_is_told_and_is_no_difference(duly, files):
    (files / "new.duly").write_text(RULE.format(1).replace("rule a", 'rule a "A title"'))
    outcome = duly("diff", "old.duly", "new.duly")
    assert outcome.code == 0
    assert outcome.out.endswith("1 written differently, of 1 rule\n")


def test_rules_that_changed_alike_stand_together(duly, files):
    for name, limit in (("old", 1), ("new", 2)):
        (files / f"{name}.duly").write_text(
            "".join(RULE.format(limit).replace("rule a", f"rule a{n}") for n in range(9))
        )
    outcome = duly("diff", "old.duly", "new.duly")
    assert outcome.out.startswith("~ a0, a1, a2, a3, a4 and 4 more rules: sends more\n")


def test_json_has_everything(duly, files):
    (rule,) = json.loads(duly("diff", "old.duly", "new.duly", "--json").out)["rules"]
    assert (rule["rule"], rule["change"], rule["effect"], rule["users_moved"]) == ("a", "changed", "sends more", None)
    (witness,) = rule["aspects"][0]["witnesses"]
    assert (witness["before"], witness["after"]) == ("suppressed by `max 1/day`", "sent")


def test_rules_with_errors_are_not_compared(duly, files):
    (files / "new.duly").write_text("rule a\n  when Order Completed where user savd product\n")
    outcome = duly("diff", "old.duly", "new.duly")
    assert (outcome.code, outcome.out) == (2, "")
    assert "new.duly:2:" in outcome.err
    assert duly("diff", "old.duly", "nowhere.duly").code == 2

"""What the linter can prove of conditions, what it leaves open, and that its fixes keep the meaning."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from duly.conditions.words import words
from duly.diagnostics import Diagnostic
from duly.lint.logic.reason import IMPOSSIBLE, OPEN, Example, Reason
from duly.lint.logic.told import told
from duly.lint.logic.wants import Want
from duly.lint.rule import Group
from duly.lint.run import lint_rules, run_lint
from duly.meaning.rule_set import read_rules
from duly.source import Source
from tests.lint.test_logic_oracle import SEGMENTS, Writer

TODAY = date(2026, 7, 1)
ROOT = Path(__file__).parents[2]
LOGIC = [name for name, rule in lint_rules().items() if rule.group is Group.LOGIC]
HEAD = "segment grown: user.age >= 18\nsegment young: not (user in grown)\n"


def read(text: str):
    checked = read_rules([Source("example.duly", text)])
    assert not [each for each in checked.diagnostics if each.severity.word == "error"], text
    return checked


def condition(text: str):
    checked = read(f"{HEAD}rule it when Order Completed where {text}\n")
    return checked.rule_set.rules["it"].where, Reason(checked.rule_set.segments)


def findings(text: str, only=None) -> list[Diagnostic]:
    return run_lint(read(text), TODAY, only=only or LOGIC)


def codes(where: str) -> set[str]:
    return {each.code for each in findings(f"{HEAD}rule it when Order Completed where {where}, max 1/day\n")}


# --- proofs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "total > 10 and total < 5",
        "total >= 10 and total < 10",
        'country = "DE" and country = "AT"',
        'country = "DE" and country = 5',
        'country in ("DE", "AT") and country in ("FR", "IT")',
        "total is missing and total > 5",
        "total is missing and total != 5",
        "total is missing and not total = 5",
        'name starts with "ab" and name < "aa"',
        'name ends with "ab" and not (name ends with "b")',
        "user in grown and user in young",
        "user in grown and user.age = 17",
        "user.premium is true and user.premium is false",
        "address.city is not missing and address is missing",
        "today > 2026-12-24 and today < 2026-12-25",
        "today = 2026-07-01 and day of week is Monday",
        "ends_at > 2026-12-24 and ends_at < 2026-12-01",
        "count of Visit in last 7 days > 2 and count of Visit in last 30 days < 3",
        "user did Visit in last 7 days and user has not done Visit",
        "count of Visit > 2 and count of Visit < 3",
        "discount = discount and discount is missing",
        "total > old_total and total <= old_total",
        "user opted in to default and not (user opted in to default)",
    ],
)
def test_is_never_true(text):
    where, reason = condition(text)
    assert reason.never(where)
    assert reason.satisfiable(where) is IMPOSSIBLE
    assert codes(text) & {"never-true", "contradicts-trigger"}


@pytest.mark.parametrize(
    "text",
    [
        "total > 10 and total < 11",
        "total >= 10 and total <= 10",
        'country = "DE" or country = 5',
        'not (country = "DE")',
        'country != "DE" and country != 5 or country is missing',
        'tags contains "a" and not (tags contains "ab")',
        'name matches /ab/ and name ends with "b"',
        "user in young and user.age > 17.5",
        "address.city is missing and address is not missing",
        "total > old_total and old_total > 5",
        "count of Visit in last 7 days = 2 and count of Visit in last 30 days = 5",
        "time since Visit > 3 days and user did Visit",
        "count of Visit where size > 3 in last 7 days = 2 and count of Visit in last 7 days = 4",
        "ends_at >= 2026-12-24 and ends_at != 2026-12-25",
    ],
)
def test_an_example_is_found(text):
    where, reason = condition(text)
    found = reason.satisfiable(where)
    assert isinstance(found, Example)
    assert told(found)


def test_what_is_missing_is_neither_equal_nor_unequal():
    where, reason = condition('not (country = "DE")')
    absent, _ = condition("country is missing")
    assert reason.overlap(where, absent) is IMPOSSIBLE
    assert not reason.always(condition('country = "DE" or country != "DE"')[0])
    assert reason.never_false(condition('country = "DE" or country != "DE"')[0])


def test_implication_knows_windows_segments_and_texts():
    for one, other in (
        ("count of Visit in last 7 days >= 3", "user did Visit in last 30 days"),
        ("user.age > 20", "user in grown"),
        ('name = "abc"', 'name contains "b"'),
        ("total between 5 and 6", "total > 4"),
        ("today = 2026-07-01", "day of week is Wednesday"),
    ):
        reason = condition(one)[1]
        assert reason.implies(condition(one)[0], condition(other)[0])
        assert not reason.implies(condition(other)[0], condition(one)[0])


def test_beyond_the_bound_nothing_is_said():
    # seven choices of three, all on different things but the last: 2,187 terms
    alternatives = " and ".join(f"(a{n} = 1 or b{n} = 1 or c{n} = 1)" for n in range(7))
    where, reason = condition(f"{alternatives} and a0 * 2 > 5 and a0 * 2 < 6")
    assert reason.satisfiable(where) is OPEN
    assert reason.terms(where) is None
    assert not reason.never(where)


# --- findings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("total > 5 and user in grown and user.age >= 18", "implied-clause"),
        ("count of Visit in last 7 days > 2 and user did Visit in last 7 days", "implied-clause"),
        ("total > 5 or (total > 8 and items = 2)", "absorbed-alternative"),
        ("items = 2 or (total < 5 and total > 8)", "never-true-alternative"),
        ("user in grown or not (user.age >= 18) or user.age is missing", "never-false"),
        ('status is missing or status is not missing and status contains "x"', "mixed-and-or"),
        ("not (not (total > 5))", "double-negation"),
        ("not (total is not missing)", "double-negation"),
        ("count of Visit >= 0", "impossible-count"),
        ("count of Visit = 1.5", "impossible-count"),
        ("0 < price and -1 < price", "negative-amount"),
        ("total / 3 = 1", "float-equality"),
        ("sum of total over Order Completed in last 7 days != 10", "float-equality"),
    ],
)
def test_reports(where, code):
    assert code in codes(where)


@pytest.mark.parametrize(
    "where",
    [
        "total > 5 and total is not missing",
        "sender != user.id or user.id is missing",
        "total is missing or total > 5",
        "(a = 1 and b = 2) or (a = 2 and b = 1)",
        "sum of total over Order Completed in last 7 days = 0",
        "count of Order Completed in last 30 days = 1",
        "user has not done Visit in last 30 days",
        'not (status in ("a", "b"))',
        "discount = 20% and temperature < -5",
        "user in grown and user.country = user.home",
        'kind contains "a" and kind contains "b"',
        'kind = "a" or kind = 5',
        "total > 5 or total is missing",
    ],
)
def test_is_silent_about(where):
    assert not codes(where)


def test_names_only_the_clauses_that_conflict():
    found = findings("when Order Completed where items = 3 and total > 5 and paid is true and total < 2, max 1/day")
    assert "`total > 5` and `total < 2` are never true together" in found[0].message


def test_a_rule_that_waits_for_somebody_to_leave_a_segment_cannot_ask_that_they_are_in_it():
    rule = "rule it when user leaves grown where user in grown, max 1/day\n"
    assert [each.code for each in findings(HEAD + rule)] == ["contradicts-trigger"]
    assert not findings(HEAD + rule.replace("leaves", "enters"))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["implied-rule"]),
        ("limit all 1/day\n", []),
        ("gap 1 hour\n", []),
        ("limit mails 1/day by email\n", ["implied-rule"]),
    ],
)
def test_what_is_shared_settles_which_of_two_rules_sends(settings, expected):
    rules = "rule a when Paid where total > 5, max 1/day\nrule b when Paid where total > 9, max 1/day\n"
    assert [each.code for each in findings(settings + rules)] == expected
    assert not findings(settings + rules.replace("> 9,", "> 9, priority 3,"))


def test_rules_of_other_events_channels_categories_or_times_are_no_rivals():
    one = "rule a when Paid where total > 5, max 1/day\n"
    for other in ("when Sent", "by email when Paid", "in category news when Paid", "after 1 hour when Paid"):
        assert not findings(f'category news "News": opt out\n{one}rule b {other} where total > 5, max 1/day\n')


def test_an_overlap_comes_with_an_example_that_starts_both():
    rules = "rule a when Paid where total > 5, max 1/day\nrule b when Paid where items = 2, max 1/day\n"
    (found,) = findings(rules)
    assert found.message == "`a` and `b` can both fire, such as for items 2, total 6"


def test_is_silent_about_every_example_and_the_first_sentence():
    for folder in sorted((ROOT / "examples").iterdir()):
        sources = [Source(str(path), path.read_text("utf-8")) for path in sorted(folder.glob("*.duly"))]
        assert not run_lint(read_rules(sources), TODAY, only=LOGIC)
    assert not findings("when Product Sale where user saved product, at 18:00 local, max 1/day\n")


# --- fixes ------------------------------------------------------------------------------------------------------------


def applied(text: str, found: Diagnostic) -> str:
    for edit in sorted(found.edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("seed", range(60))
def test_a_fix_keeps_what_a_rule_fires_on(seed):
    writer, reason = Writer(seed), Reason(SEGMENTS)
    segments = "".join(f"segment {name}: {words(each.where)}\n" for name, each in SEGMENTS.items())
    for _ in range(10):
        text = words(writer.condition()).replace("product.", "event.").replace("user saved product", "saved is true")
        text = text.replace("deals", "default").replace(">= true", "= true")
        rules = f"{segments}rule it when Order Completed where {text}\n"
        before = read_rules([Source("example.duly", rules)])
        if "it" not in before.rule_set.rules:
            continue
        for found in run_lint(before, TODAY, only=LOGIC):
            if found.edits:
                after = read(applied(rules, found))
                old, new = before.rule_set.rules["it"].where, after.rule_set.rules["it"].where
                assert isinstance(reason.satisfiable(old), Example) is isinstance(reason.satisfiable(new), Example)
                for one, other in ((old, new), (new, old)):
                    assert not isinstance(reason.example((one, Want.TRUE), (other, Want.NOT_TRUE)), Example), found.code


def test_a_comment_is_never_lost_to_a_fix():
    text = "when Order Completed\n  where total > 5  # enough\n    and total > 3\n  max 1/day\n"
    (found,) = findings(text)
    assert found.code == "implied-clause"
    assert "# enough" in text and not found.edits


@pytest.mark.parametrize("seed", range(4))
def test_texts_with_odd_characters_are_only_texts(seed):
    letters = random.Random(seed).choices(["a", "\U0010ffff", "é", "\\", "'", "\U0001f600"], k=4)
    where, reason = condition(f'name starts with "{"".join(letters).replace(chr(92), "x")}"')
    assert isinstance(reason.satisfiable(where), Example)

"""Missed expectations rewritten so that they hold."""

from duly.testing.acceptance import accepted
from tests.testing.running import run, source

FAILING = """
rule evening when E at 18:00 local max 1/day   # a comment
rule other   when E

test "a test"    in "Europe/London"
  user ada timezone "Europe/London"
  2024-05-01   10:00  ada: E          # after the step
  expect ada: notify evening          # this is wrong
\texpect ada:
      notify   other
  2024-05-01 18:00
  expect   ada:   nothing
  expect ada: notify evening
"""


def test_only_what_missed_changes_and_then_everything_holds():
    before = source(FAILING)
    outcomes, _ = run(before)
    (after,) = accepted([before], outcomes)
    expected = before.text.replace(
        "expect ada: notify evening          #", "expect ada: defer evening until 2024-05-01 18:00          #"
    )
    assert after.text == expected.replace("  expect   ada:   nothing\n", "")
    assert all(outcome.passed for outcome in run(after)[0])


def test_one_line_may_become_several():
    before = source(
        'rule one when E\nrule two when E\n\ntest "a"\n  2024-05-01 10:00 ada: E\n    expect ada: nothing # !\n'
    )
    (after,) = accepted([before], run(before)[0])
    lines = after.text.splitlines()[-2:]
    assert sorted(line.removesuffix(" # !") for line in lines) == [
        "    expect ada: notify one",
        "    expect ada: notify two",
    ]
    assert all(outcome.passed for outcome in run(after)[0])


def test_other_files_stay_the_same_objects():
    one, other = source(FAILING), source("rule more when F\n", "more.duly")
    after = accepted([one, other], run(one, other)[0])
    assert after[0] is not one
    assert after[1] is other


def test_line_ends_of_the_file_are_kept():
    text = 'rule one when E\r\nrule two when E\r\ntest "a"\r\n  2024-05-01 10:00 ada: E\r\n  expect ada: nothing\r\n'
    before = source("")
    before = type(before)("rules.duly", text)
    (after,) = accepted([before], run(before)[0])
    assert after.text.count("\n") == after.text.count("\r\n") == 6


def test_each_expectation_is_given_a_decision_of_its_own():
    before = source(
        """
        rule every_time when E where n > 0 max 1/day
        test "a"
          2024-05-01 10:00 ada: E n 1
          2024-05-01 11:00
          2024-05-01 11:00 bob: E n 1
          expect bob: nothing
          expect bob: notify every_time
          expect bob: suppress every_time because expired
        """
    )
    (after,) = accepted([before], run(before)[0])
    assert after.text.splitlines()[-1] == "  expect bob: notify every_time"
    assert all(outcome.passed for outcome in run(after)[0])


def test_what_is_expected_beyond_what_happened_goes():
    before = source(
        """
        rule one when E
        rule two when F
        test "a"
          2024-05-01 10:00 ada: E
          expect ada: notify one
          expect ada: notify two
          2024-05-01 11:00
        """
    )
    (after,) = accepted([before], run(before)[0])
    assert after.text == before.text.replace("  expect ada: notify two\n", "")
    assert all(outcome.passed for outcome in run(after)[0])

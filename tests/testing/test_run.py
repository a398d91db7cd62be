"""What a test block does and what it expects."""

import pytest

from tests.testing.running import run_text

RULE = """
rule evening when E at 18:00 local max 1/day send "Hello {name or 'you'}"
"""


def outcome(steps, rules=RULE, header='test "a test"'):
    (only,), _ = run_text(f"{rules}\n{header}\n{steps}")
    return only


def missed(steps, rules=RULE, header='test "a test"'):
    """The one expectation that does not hold: its place, and what would have held."""
    (miss,) = outcome(steps, rules, header).misses
    place = miss.source.position(miss.span.start)
    return place.line, place.column, miss.expected, miss.correct


def test_what_is_expected_and_happens_passes():
    result = outcome(
        """
  2024-05-01 10:00  ada: E
  expect ada: defer evening until 2024-05-01 18:00
  2024-05-01 18:00
  expect ada: notify evening body "Hello you"
  2024-05-01 18:10  ada: E
  expect ada: suppress evening because capped until 2024-05-02 00:00
"""
    )
    assert result.passed
    assert result.expectations == 3


@pytest.mark.parametrize(
    ("written", "correct"),
    [
        ("expect ada: notify evening", "expect ada: defer evening until 2024-05-01 18:00"),
        ("expect ada: defer evening until 2024-05-01 17:00", "expect ada: defer evening until 2024-05-01 18:00"),
        ("expect ada: suppress evening because capped", "expect ada: defer evening until 2024-05-01 18:00"),
        ("expect   ada:\n     nothing", "expect ada: defer evening until 2024-05-01 18:00"),
    ],
)
def test_what_happened_instead_is_told_as_the_line_that_would_have_held(written, correct):
    line, column, expected, told = missed(f"  2024-05-01 10:00  ada: E\n  {written}\n")
    assert (line, column) == (5, 3)
    assert expected == " ".join(written.split())
    assert told == (correct,)


def test_a_text_that_was_asked_for_is_told_and_others_are_not():
    *_, told = missed('  2024-05-01 18:00  ada: E name "A \\"B\\""\n  expect ada: notify evening body "Hello"\n')
    assert told == ('expect ada: notify evening body "Hello A \\"B\\""',)


def test_an_instant_that_was_asked_for_is_told():
    steps = "  2024-05-01 18:00  ada: E\n  2024-05-01 18:30  ada: E\n  expect ada: {}\n"
    *_, told = missed(steps.format("suppress evening because capped until 2024-05-01 23:00"))
    assert told == ("expect ada: suppress evening because capped until 2024-05-02 00:00",)
    *_, told = missed(steps.format("suppress evening because expired"))
    assert told == ("expect ada: suppress evening because capped",)


def test_a_rule_that_did_not_match_is_asked_why():
    rules = "rule picky when E where n = 1\n"
    *_, told = missed("  2024-05-01 18:00  ada: E n 2\n  expect ada: notify picky\n", rules)
    assert told == ("expect ada: suppress picky because no-match",)
    *_, told = missed("  2024-05-01 18:00  ada: E\n  expect ada: suppress picky because no-match\n", rules)
    assert told == ("expect ada: suppress picky because unknown",)


def test_nothing_is_told_as_nothing():
    *_, told = missed("  2024-05-01 10:00  ada: E\n  2024-05-01 11:00\n  expect ada: notify evening\n")
    assert told == ("expect ada: nothing",)


def test_several_decisions_are_told_one_below_the_other():
    rules = "rule one when E\nrule two when E\n"
    *_, told = missed("  2024-05-01 10:00  ada: E\n  expect ada: nothing\n", rules)
    assert sorted(told) == ["expect ada: notify one", "expect ada: notify two"]


def test_names_of_users_may_be_any_text():
    *_, told = missed('  2024-05-01 18:00  "ada l.": E\n  expect "ada l.": nothing\n')
    assert told == ('expect "ada l.": notify evening',)


def test_an_expectation_sees_what_happened_since_the_step_before():
    assert outcome(
        """
  2024-05-01 10:00  ada: E
  2024-05-01 11:00
  expect ada: nothing
  2024-05-01 20:00
  expect ada: notify evening
  2024-05-01 21:00
  expect ada: nothing
"""
    ).passed


def test_times_are_those_of_the_header():
    header = 'test "a test" in "Asia/Tokyo"'
    user = '  user ada timezone "Europe/London"\n'
    *_, told = missed(f"{user}  2024-05-01 20:00  ada: E\n  expect ada: nothing\n", header=header)
    assert told == ("expect ada: defer evening until 2024-05-02 02:00",)


def test_what_is_expected_before_the_first_step_sees_the_users_come_in():
    rules = 'segment germans: user.country = "DE"\nrule hallo when user enters germans\n'
    steps = '  user ada with country "DE"\n  expect ada: nothing\n  2024-05-01 20:00\n'
    result = outcome(steps, rules)
    assert result.expectations == 1


def test_a_user_that_cannot_be_dealt_out_as_asked_is_an_error_of_the_test():
    rules = "rule plain when E\n"
    result = outcome("  user ada held out of plain\n  2024-05-01 20:00  ada: E\n", rules)
    assert not result.passed
    assert "plain" in result.error


def test_each_test_starts_with_nothing():
    outcomes, _ = run_text(
        RULE
        + """
test "one"
  2024-05-01 18:00  ada: E
  expect ada: notify evening
test "two"
  2024-05-01 18:00  ada: E
  expect ada: notify evening
"""
    )
    assert [result.title for result in outcomes if result.passed] == ["one", "two"]


CALENDAR = """
segment away: user did E in last 30 days and user has not done E in last 3 days
rule daily every day where user.member is true, on weekdays, at 09:00 local
rule back when user enters away, between 08:00 and 20:00 local
"""


def test_what_time_alone_brings_happens_at_its_instant_on_the_way():
    result = outcome(
        """
  user ada with member true
  2024-05-01 10:00  ada: E
  2024-05-05 21:00
  expect ada: notify daily
  expect ada: notify back
""",
        CALENDAR,
    )
    assert result.passed, result.misses


def test_a_date_that_passes_a_user_by_is_nothing_new():
    result = outcome(
        """
  user ada with member false
  2024-05-01 10:00  ada: E
  expect ada: nothing
  2024-05-04 09:59
  expect ada: nothing
""",
        CALENDAR,
    )
    assert result.passed, result.misses

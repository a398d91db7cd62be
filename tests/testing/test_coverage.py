"""What tests reached, counted exactly."""

from tests.testing.running import run_text

RULES = """
rule sale
  when Sale
  where discount >= 20% and (size = 7 or name is missing)
  at 18:00 local
  max 1/day
rule plain when E
"""


def covered(tests, rules=RULES):
    _, coverage = run_text(rules + tests)
    gaps = coverage.gaps()
    assert round(coverage.percent, 6) == round(100 * (coverage.points - len(gaps)) / coverage.points, 6)
    return coverage.points, [(gap.rule, gap.location, gap.what) for gap in gaps]


def test_without_tests_everything_is_a_gap():
    points, gaps = covered("")
    assert points == len(gaps) == (1 + 3 + 3 + 2 + 3) + 1
    assert gaps == [
        ("sale", "rules.duly:1:1", "no test decides by it"),
        ("sale", "rules.duly:3:9", "`discount >= 20%` is never true"),
        ("sale", "rules.duly:3:9", "`discount >= 20%` is never false"),
        ("sale", "rules.duly:3:9", "`discount >= 20%` is never unknown"),
        ("sale", "rules.duly:3:30", "`size = 7` is never true"),
        ("sale", "rules.duly:3:30", "`size = 7` is never false"),
        ("sale", "rules.duly:3:30", "`size = 7` is never unknown"),
        ("sale", "rules.duly:3:42", "`name is missing` is never true"),
        ("sale", "rules.duly:3:42", "`name is missing` is never false"),
        ("sale", "rules.duly:1:1", "no notification of it waits across midnight"),
        ("sale", "rules.duly:1:1", "no notification of it waits across a clock change"),
        ("sale", "rules.duly:1:1", "no notification of it follows a full cap"),
        ("plain", "rules.duly:6:1", "no test decides by it"),
    ]


def test_a_condition_that_fails_counts_whatever_the_rule_says():
    points, gaps = covered(
        """
test "sizes"
  2024-05-01 10:00  ada: Sale discount 10%, size 8, name "a"
  2024-05-01 10:01  ada: Sale size 7
"""
    )
    assert points == 13
    assert [what for _, _, what in gaps] == [
        "no test decides by it",
        "`discount >= 20%` is never true",
        "`size = 7` is never unknown",
        "no notification of it waits across midnight",
        "no notification of it waits across a clock change",
        "no notification of it follows a full cap",
        "no test decides by it",
    ]


def test_edges_of_time_are_crossed_by_what_waits():
    _, gaps = covered(
        """
test "over midnight and the clock change, after a full cap" in "America/New_York"
  user ada timezone "America/New_York"
  2024-03-08 18:00  ada: Sale discount 20%, size 7
  expect ada: notify sale
  2024-03-08 18:10  ada: Sale discount 20%, size 7
  expect ada: suppress sale because capped
  2024-03-09 20:00  ada: Sale discount 20%, size 7
  2024-03-10 18:00
  expect ada: notify sale
"""
    )
    assert [what for rule, _, what in gaps if rule == "sale" and "notification" in what] == []


def test_a_condition_on_equality_is_seen_to_be_false():
    _, gaps = covered('test "t"\n  2024-05-01 10:00  ada: E n 1\n', "rule equal when E where n = 2\n")
    assert [what for _, _, what in gaps] == [
        "no test decides by it",
        "`n = 2` is never true",
        "`n = 2` is never unknown",
    ]


def test_rules_without_conditions_times_and_caps_are_one_point():
    points, gaps = covered('test "t"\n  2024-05-01 10:00  ada: E\n', "rule plain when E\n")
    assert (points, gaps) == (1, [])


def test_nothing_to_cover_is_covered():
    _, coverage = run_text('timezone "Europe/Paris"\n')
    assert (coverage.points, coverage.percent) == (0, 100.0)


def test_what_starts_with_a_date_need_not_wait_across_midnight():
    points, gaps = covered("", "rule daily every day at 10:00 local\n")
    assert [what for _, _, what in gaps] == [
        "no test decides by it",
        "no notification of it waits across a clock change",
    ]
    assert points == 2

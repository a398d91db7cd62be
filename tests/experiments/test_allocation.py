"""Users are dealt out evenly, and stay where they are when more of them take part."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duly.experiments.allocation import NOBODY, arms, control_group

WEIGHTS = st.lists(st.integers(1, 20), min_size=1, max_size=6).map(lambda parts: [p / sum(parts) for p in parts])
COVERAGE = st.floats(0, 1)


@given(WEIGHTS, COVERAGE, COVERAGE, st.text(min_size=1))
def test_more_coverage_moves_nobody_between_arms(weights, one, other, user_id):
    less, more = sorted((one, other))
    before, after = arms("key", weights, less).arm(user_id), arms("key", weights, more).arm(user_id)
    assert before in (NOBODY, after)


@given(COVERAGE, COVERAGE, st.text(min_size=1))
def test_a_larger_control_group_keeps_its_members(one, other, user_id):
    less, more = sorted((one, other))
    if control_group("house", less).arm(user_id) != NOBODY:
        assert control_group("house", more).arm(user_id) != NOBODY


@given(st.text(min_size=1))
def test_weights_that_grow_in_proportion_move_nobody_either(user_id):
    before, after = arms("key", [0.1, 0.1], 1).arm(user_id), arms("key", [0.5, 0.5], 1).arm(user_id)
    assert before in (NOBODY, after)


@pytest.mark.parametrize(
    ("weights", "coverage", "expected"),
    [
        ([0.5, 0.5], 1, [0.5, 0.5]),
        ([0.2, 0.3, 0.5], 1, [0.2, 0.3, 0.5]),
        ([0.5, 0.5], 0.4, [0.2, 0.2]),
        ([0.25, 0.25], 1, [0.25, 0.25]),
    ],
)
def test_shares_are_those_that_were_asked_for(weights, coverage, expected):
    allocation = arms("spread", weights, coverage)
    found = Counter(allocation.arm(f"user-{number}") for number in range(20_000))
    assert [found[index] / 20_000 for index in range(len(weights))] == pytest.approx(expected, abs=0.015)


def test_different_seeds_deal_independently():
    one, other = arms("one", [0.5, 0.5], 1), arms("other", [0.5, 0.5], 1)
    both = Counter((one.arm(f"u{number}"), other.arm(f"u{number}")) for number in range(20_000))
    assert all(count / 20_000 == pytest.approx(0.25, abs=0.015) for count in both.values())


def test_a_control_group_has_its_share():
    group = control_group("house-2026", 0.02)
    held = sum(group.arm(f"user-{number}") != NOBODY for number in range(50_000))
    assert held / 50_000 == pytest.approx(0.02, abs=0.003)
    assert control_group("house-2026", 0).arm("user-1") == NOBODY
    assert control_group("house-2026", 1).arm("user-1") != NOBODY

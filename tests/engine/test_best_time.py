"""`at best time`: the user's own hour of most opens, shrunk towards everybody's, and never nobody."""

from __future__ import annotations

import pytest

from duly.engine.opens import HOURS, best_wall
from duly.meaning.model import HOUR, MINUTE
from duly.timing.window import Arc

EVENING = Arc(18 * HOUR, 22 * HOUR)


def opens(**hours: int) -> list[int]:
    counts = [0] * HOURS
    for name, number in hours.items():
        counts[int(name.removeprefix("h"))] = number
    return counts


def test_without_any_data_the_first_hour_that_is_allowed() -> None:
    assert best_wall([], [0] * HOURS, EVENING) == 18 * HOUR


def test_who_has_opened_nothing_is_judged_by_everybody() -> None:
    assert best_wall([], opens(h20=50, h8=500), EVENING) == 20 * HOUR


def test_a_single_open_does_not_outweigh_everybody_but_many_do() -> None:
    everybody = opens(h20=900, h18=100)
    assert best_wall(opens(h18=1), everybody, EVENING) == 20 * HOUR
    assert best_wall(opens(h18=30), everybody, EVENING) == 18 * HOUR


@pytest.mark.parametrize(
    ("allowed", "best"),
    [(Arc(22 * HOUR, 2 * HOUR), 0), (Arc(17 * HOUR + 30 * MINUTE, 19 * HOUR), 17 * HOUR + 30 * MINUTE)],
)
def test_hours_may_pass_midnight_and_begin_within_an_hour(allowed: Arc, best: int) -> None:
    assert best_wall([], opens(h0=9, h17=5, h3=99), allowed) == best

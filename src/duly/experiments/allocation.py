"""
Which users get what: ranges of the hash for each arm of an experiment, or for a control group.

An arm's range begins where the weights before it end, and coverage cuts off its end. So more coverage lets users in and
moves nobody from one arm to another; other weights can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duly.experiments.hashing import Draw, user_number

Range = tuple[float, float]
"""Half-open: the first number belongs to it, the last does not."""

NOBODY = -1
"""What stands for the arm of a user who is in none."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Ranges of the numbers that users draw with one seed."""

    draw: Draw
    ranges: tuple[Range, ...]

    def arm(self, user_id: str) -> int:
        """The index of the user's range, `NOBODY` for a user in none."""
        return choose_variation(self.draw.number(user_id), self.ranges)


def arms(seed: str, weights: Sequence[float], coverage: float) -> Allocation:
    """
    The arms of an experiment, as the GrowthBook SDKs allocate them for these weights and this coverage.

    Weights that leave out more than 1% of the users count as their proportions at so much less coverage: 25% and 25%
    are two halves at a coverage of 50%. An SDK that is given such weights ignores them.
    """
    total = sum(weights)
    if 0 < total < _LEAST_WEIGHT:
        weights, coverage = [weight / total for weight in weights], coverage * total
    return Allocation(Draw.seeded(seed), tuple(bucket_ranges(len(weights), coverage, weights)))


def control_group(seed: str, share: float) -> Allocation:
    """The `share` (a fraction) of all users whose numbers are lowest; a larger one keeps everybody who was in it."""
    return Allocation(Draw.seeded(seed), ((0.0, share),))


_LEAST_WEIGHT, _MOST_WEIGHT = 0.99, 1.01


def bucket_ranges(number: int, coverage: float, weights: Sequence[float] | None = None) -> list[Range]:
    """
    GrowthBook's `getBucketRanges`: the ranges of `number` arms.

    Coverage is kept between 0 and 1. Weights that are missing, too few or too many, or do not add up to about 1 count
    as equal ones.
    """
    coverage = min(max(coverage, 0), 1)
    if weights is None or len(weights) != number or not _LEAST_WEIGHT <= sum(weights) <= _MOST_WEIGHT:
        weights = [1 / number] * number
    ranges: list[Range] = []
    start = 0.0
    for weight in weights:
        ranges.append((start, start + coverage * weight))
        start += weight
    return ranges


def choose_variation(number: float, ranges: Sequence[Range]) -> int:
    """GrowthBook's `chooseVariation`: the first range that holds the number, `NOBODY` for none."""
    for index, (start, end) in enumerate(ranges):
        if start <= number < end:
            return index
    return NOBODY


def in_namespace(user_id: str, name: str, start: float, end: float) -> bool:
    """GrowthBook's `inNamespace`: whether a user's number in the namespace, by hash version 1, is in [start, end)."""
    number = user_number("__" + name, user_id, 1)
    return number is not None and start <= number < end

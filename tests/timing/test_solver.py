"""The solver against the oracle, on many random cases."""

import pytest

from .soak import first_difference

CASES = 24_000
SLICES = 12


@pytest.mark.parametrize("part", range(SLICES))
def test_the_solver_agrees_with_the_oracle(part):
    size = CASES // SLICES
    found = first_difference(range(part * size, (part + 1) * size))
    assert found is None, found

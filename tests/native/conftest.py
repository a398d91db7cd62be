"""The compiled core, which is absent where no compiler was at hand."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def native():
    return pytest.importorskip("duly._native")

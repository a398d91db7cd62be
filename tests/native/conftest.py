"""The compiled core, which is absent where no compiler was at hand."""

from __future__ import annotations

import secrets

import pytest

from duly.native import LOADED
from tests.native.serving import Ways


@pytest.fixture(scope="session")
def native():
    return pytest.importorskip("duly._native")


@pytest.fixture
def ways(monkeypatch):
    """Both ways, on stores that hash with the same key."""
    if not LOADED:
        pytest.skip("there is no compiled core, or it is off")
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    return Ways(monkeypatch)

"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine, and no limit of time: neighbours on a machine are no reason to fail.
settings.register_profile("duly", deadline=None, derandomize=True)
settings.load_profile("duly")

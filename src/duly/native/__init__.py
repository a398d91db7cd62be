"""
The compiled core `duly._native`, where it was built, and what prepares its work.

It answers ordinary questions to the byte as `duly.engine` does, only faster, and declines all others. Where it was not
built, or where the environment says DULY_NATIVE=off, everything is answered in Python. A module that imports
`duly._native` is itself imported only where `LOADED` says so.
"""

from __future__ import annotations

import os
from importlib import import_module

__all__ = ["LOADED"]


def _loaded() -> bool:
    """Whether there is a core that can be imported and is wanted."""
    if os.environ.get("DULY_NATIVE") == "off":
        return False
    try:
        import_module("duly._native")
    except ImportError:
        return False
    return True


LOADED = _loaded()

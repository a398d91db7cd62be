"""Verdicts as the core counts them, which is while it decides, until somebody wants to know."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duly import _native
    from duly.engine.noting import Verdicts


class Tally:
    """Gathers what was decided by one plan after the other; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._plans: list[_native.Plan] = []
        self._left: Counter[tuple[str, int, str]] = Counter()

    def follow(self, plan: _native.Plan) -> None:
        """Count what a new plan decides; by the one before, some batch may still be deciding."""
        with self._lock:
            for former in self._plans[:-1]:
                self._left.update(former.verdicts())
            self._plans = [*self._plans[-1:], plan]

    def take(self) -> Verdicts:
        """How often a rule came to a verdict for a reason since this was last asked."""
        with self._lock:
            taken, self._left = self._left, Counter()
            for plan in self._plans:
                taken.update(plan.verdicts())
        return taken

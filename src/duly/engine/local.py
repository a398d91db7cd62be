"""Which time zone a user lives in."""

from __future__ import annotations

from duly.engine.state import User
from duly.planning.plan import Plan
from duly.timing.zone import ZoneChoice, pick_zone


def local_zone(plan: Plan, user: User) -> ZoneChoice:
    """The user's zone: the one they chose, else the latest of their devices, else the house's, else UTC."""
    return pick_zone(
        (
            ("trait timezone", user.traits.get("timezone")),
            ("context timezone", user.context_zone or None),
            ("house", plan.rule_set.timezone),
        )
    )

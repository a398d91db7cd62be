"""What a user wishes for themselves: quiet hours, a pause, objects they do not want to hear of, and where to reach them."""

from __future__ import annotations

from typing import Any

from duly.engine.state import User

QUIET, SNOOZE, MUTED, DEVICES = "quiet", "snooze", "muted", "devices"
EVERYTHING = ""


def prefer(user: User, wishes: dict[str, Any]) -> None:
    """
    Change a user's preferences; what `wishes` does not name stays.

    `quiet` replaces the list of [start, end] in microseconds after midnight; `snooze` sets instants by category (the
    empty text: everything), 0 ends one; `muted` replaces the list of objects; `devices` the list of device tokens.
    """
    preferences = dict(user.preferences)
    for name, wish in wishes.items():
        if name == SNOOZE:
            both = {**preferences.get(SNOOZE, {}), **wish}
            preferences[SNOOZE] = {category: until for category, until in both.items() if until}
        else:
            preferences[name] = wish
    user.preferences = preferences


def snoozed_until(user: User, category: str) -> int:
    """Until when the user wants nothing of a category, 0 for no such wish."""
    snoozes = user.preferences.get(SNOOZE)
    return max(snoozes.get(EVERYTHING, 0), snoozes.get(category, 0)) if snoozes else 0


def muted(user: User, thing: str) -> bool:
    """Whether the user does not want to hear of an object, given by its key as text."""
    return bool(thing) and thing in user.preferences.get(MUTED, ())

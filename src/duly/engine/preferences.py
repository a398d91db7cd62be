"""What users wish for themselves: zone, consent, quiet hours, a pause, objects they mute, and where to reach them."""

from __future__ import annotations

import json
from typing import Any

from duly.engine.keys import thing
from duly.engine.state import User

ZONE, CONSENTS, QUIET, SNOOZES, SNOOZE, MUTED, DEVICES = (
    "zone", "consents", "quiet", "snoozes", "snooze", "muted", "devices",
)  # fmt: skip
EVERYTHING = ""
TIMING = frozenset({ZONE, QUIET, SNOOZES, SNOOZE})
"""The wishes that move what waits."""

_ZONE_TRAIT = "timezone"


def prefer(user: User, wishes: dict[str, Any], now: int) -> None:
    """
    Change a user's preferences at the instant `now`; what `wishes` does not name stays.

    `zone` is the trait `timezone`, the empty text for none. `consents` replaces all that is known of consent, states by
    `category` or `channel/category`. `quiet` replaces the list of [start, end] in microseconds after midnight;
    `snoozes` all instants by category (the empty text: everything), `snooze` those it names, 0 ends one; `muted`
    replaces the list of objects; `devices` the list of {token, channel, platform}.
    """
    preferences = dict(user.preferences)
    for name, wish in wishes.items():
        if name == ZONE:
            _choose_zone(user, wish, now)
        elif name == CONSENTS:
            _consent(user, wish, now)
        elif name == SNOOZE:
            both = {**preferences.get(SNOOZE, {}), **wish}
            preferences[SNOOZE] = {category: until for category, until in both.items() if until}
        else:
            preferences[SNOOZE if name == SNOOZES else name] = wish
    user.preferences = {name: wish for name, wish in preferences.items() if wish}


def _choose_zone(user: User, name: str, now: int) -> None:
    user.trait_times[_ZONE_TRAIT] = now
    if name:
        user.traits[_ZONE_TRAIT] = name
    else:
        user.traits.pop(_ZONE_TRAIT, None)


def _consent(user: User, said: dict[str, str], now: int) -> None:
    """What is taken back keeps its time, so that an older event which arrives later does not bring it back."""
    user.consent_times.update(dict.fromkeys([*user.consent, *said], now))
    user.consent = dict(said)


def chosen_zone(user: User) -> str:
    """The zone that the user chose, the empty text if they chose none."""
    zone = user.traits.get(_ZONE_TRAIT)
    return zone if isinstance(zone, str) else ""


def snoozed_until(user: User, category: str) -> int:
    """Until when the user wants nothing of a category, 0 for no such wish."""
    snoozes = user.preferences.get(SNOOZE)
    return max(snoozes.get(EVERYTHING, 0), snoozes.get(category, 0)) if snoozes else 0


def muted(user: User, thing: str) -> bool:
    """Whether the user does not want to hear of an object, given by its key as text."""
    return bool(thing) and thing in user.preferences.get(MUTED, ())


def objects_called(name: str) -> list[str]:
    """The keys, as text, of the objects that people call `name`: text, and the number that it spells if it does."""
    keys = [key for key in (thing(name),) if key is not None]
    try:
        number = json.loads(name)
    except (ValueError, RecursionError):
        return keys
    return [*keys, name] if isinstance(number, int | float) and thing(number) == name else keys


def merge_preferences(person: User, origin: User) -> None:
    """What both identities of a person wish: of lists everything, of snoozes the longer, else what the person says."""
    both = {**origin.preferences, **person.preferences}
    for name in (MUTED, DEVICES):
        mine, theirs = person.preferences.get(name, []), origin.preferences.get(name, [])
        if mine and theirs:
            both[name] = [*mine, *(item for item in theirs if item not in mine)]
    snoozes = dict(origin.preferences.get(SNOOZE, {}))
    for category, until in person.preferences.get(SNOOZE, {}).items():
        snoozes[category] = max(until, snoozes.get(category, 0))
    if snoozes:
        both[SNOOZE] = snoozes
    person.preferences = both

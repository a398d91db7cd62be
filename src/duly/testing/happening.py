"""What the lines of a `test` block make happen, as the events that a client would send."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from duly.engine.event import ALIAS, IDENTIFY, TRACK, Event
from duly.meaning.model import HOUR, MINUTE
from duly.syntax import nodes
from duly.testing.script import Script, instant

SUBSCRIPTIONS = "subscriptions"


def arrival(script: Script, user: nodes.TestUser, message_id: str, now: int) -> Event:
    """The identify with which a user of the test comes into being."""
    traits: dict[str, Any] = {}
    consent: dict[str, str] = {}
    for option in user.options:
        if isinstance(option, nodes.Timezone):
            traits["timezone"] = option.zone.value
        elif isinstance(option, nodes.Traits):
            traits |= properties(option.settings)
        elif isinstance(option, nodes.Subscribed | nodes.Unsubscribed):
            consent |= consent_said(option)
    if consent:
        traits[SUBSCRIPTIONS] = consent
    return identified(script, user.name.value, message_id, traits, now)


def identified(script: Script, name: str, message_id: str, traits: dict[str, Any], now: int) -> Event:
    """A user's traits as an event."""
    return Event(message_id, IDENTIFY, "", *script.who(name), now, now, {}, traits=traits)


def consent_said(said: nodes.Subscribed | nodes.Unsubscribed) -> dict[str, str]:
    """Consent in the form of the trait `subscriptions`."""
    channel = "" if said.channel is None else f"{said.channel.channel.value}/"
    state = "subscribed" if isinstance(said, nodes.Subscribed) else "unsubscribed"
    return {channel + said.category.value: state}


def become(script: Script, name: str, target: str, message_id: str, now: int) -> Event:
    """An anonymous user turns out to be another one: an identify, or an alias if that one is anonymous too."""
    former, (user_id, anonymous_id) = script.who(name)[1], script.who(target)
    if user_id:
        return Event(message_id, IDENTIFY, "", user_id, former, now, now, {})
    return Event(message_id, ALIAS, "", "", anonymous_id, now, now, {}, previous_id=former)


def tracked(script: Script, action: nodes.Track, name: str, message_id: str, now: int) -> Event:
    """An event of a user, or of nobody when `name` is empty. It may have happened before it arrives."""
    time = now if action.happened is None else min(instant(action.happened, script.zone), now)
    values = properties(action.settings)
    who = script.who(name) if name else ("", "")
    return Event(message_id, TRACK, action.event.value, *who, time, now, values, json.dumps(values).encode())


def properties(settings: Iterable[nodes.Setting]) -> dict[str, Any]:
    """Settings as a JSON object; a dotted path makes objects within it."""
    values: dict[str, Any] = {}
    for setting in settings:
        parts = setting.path.parts[1:] if setting.path.parts[0] == "event" else setting.path.parts
        inner = values
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
        inner[parts[-1]] = _json(setting.value)
    return values


def _json(value: nodes.Literal_ | tuple[nodes.Literal_, ...]) -> Any:
    """A percentage is a fraction; a time of day and a date are text; a duration is its microseconds."""
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, nodes.Date):
        return value.value.isoformat()
    if isinstance(value, nodes.Time):
        return f"{value.value // HOUR:02}:{value.value % HOUR // MINUTE:02}"
    return value.value

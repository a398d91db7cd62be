"""A `test` block as steps in time: its instants resolved, its users and actions as events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duly.engine.event import IDENTIFY, TRACK, Event, known
from duly.syntax import nodes
from duly.timing.zone import Zone, zone

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
UTC = "UTC"


@dataclass(slots=True)
class Moment:
    """One timed line and the expectations that follow it."""

    time: int
    step: nodes.Step
    expectations: list[nodes.Expectation] = field(default_factory=list)


@dataclass(slots=True)
class Script:
    """
    A test ready to run.

    `users` come into being as the first step's time begins; `ids` are the user ids behind their names. Properties of events are JSON values: a percentage is a
    fraction, a time of day and a date are text.
    """

    test: nodes.Test
    zone: Zone
    users: list[nodes.TestUser]
    moments: list[Moment]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the test calls itself."""
        return self.test.title.value

    def id(self, name: str) -> str:
        """The user id behind a name."""
        return self.ids.get(name, name)

    def identity(self, name: str) -> str:
        """The identity behind a name."""
        return known(self.id(name))

    @property
    def names(self) -> list[str]:
        """Everybody the script mentions, in order."""
        names = [user.name.value for user in self.users]
        names += [m.step.user.value for m in self.moments if m.step.user is not None]
        names += [expected.user.value for m in self.moments for expected in m.expectations]
        return list(dict.fromkeys(names))


def script(test: nodes.Test) -> Script:
    """The steps of a test. Expectations before the first step belong to its start."""
    local = zone(test.zone.value if test.zone is not None else UTC)
    users = [line for line in test.lines if isinstance(line, nodes.TestUser)]
    moments: list[Moment] = []
    for line in test.lines:
        if isinstance(line, nodes.Step):
            moments.append(Moment(instant(line.time, local), line))
        elif not isinstance(line, nodes.TestUser) and moments:
            moments[-1].expectations.append(line)
    return Script(test, local, users, moments)


def instant(written: nodes.Instant, local: Zone) -> int:
    """The instant of a wall-clock time in the zone of the test."""
    return local.resolve((written.date.toordinal() - _EPOCH) * DAY + written.time)


def arrival(script: Script, user: nodes.TestUser, number: int, now: int) -> Event:
    """The identify with which a user of the test comes into being."""
    traits: dict[str, Any] = {}
    consent: dict[str, str] = {}
    for option in user.options:
        if isinstance(option, nodes.Timezone):
            traits["timezone"] = option.zone.value
        elif isinstance(option, nodes.Traits):
            traits |= properties(option.settings)
        elif isinstance(option, nodes.Subscribed | nodes.Unsubscribed):
            consent |= spoken(option)
    if consent:
        traits["subscriptions"] = consent
    return identify(script.id(user.name.value), f"user-{number}", traits, now)


def identify(user: str, message_id: str, traits: dict[str, Any], now: int) -> Event:
    """A user's traits as an event."""
    return Event(message_id, IDENTIFY, "", user, "", now, now, {}, traits=traits)


def spoken(said: nodes.Subscribed | nodes.Unsubscribed) -> dict[str, str]:
    """Consent as the trait `subscriptions` carries it."""
    channel = "" if said.channel is None else f"{said.channel.channel.value}/"
    state = "subscribed" if isinstance(said, nodes.Subscribed) else "unsubscribed"
    return {channel + said.category.value: state}


def tracked(action: nodes.Track, user: str, message_id: str, now: int, local: Zone) -> Event:
    """An event of a user, or of nobody when `user` is empty. It may have happened before it arrives."""
    time = now if action.happened is None else min(instant(action.happened, local), now)
    values = properties(action.settings)
    return Event(message_id, TRACK, action.event.value, user, "", time, now, values, json.dumps(values).encode())


def properties(settings: Iterable[nodes.Setting]) -> dict[str, Any]:
    """Settings as a JSON object; a dotted path makes objects within it."""
    values: dict[str, Any] = {}
    for setting in settings:
        inner = values
        parts = setting.path.parts[1:] if setting.path.parts[0] == "event" else setting.path.parts
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
        inner[parts[-1]] = _json(setting.value)
    return values


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, nodes.Date):
        return value.value.isoformat()
    if isinstance(value, nodes.Time):
        minutes = value.value // 60_000_000
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return value.value

"""What users choose for themselves, between protobuf and the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from duly.engine.consent import DID_NOT_SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBED
from duly.engine.event import Flaw, id_flaw
from duly.engine.preferences import (
    CONSENTS,
    DEVICES,
    MUTED,
    QUIET,
    SNOOZE,
    SNOOZES,
    ZONE,
    chosen_zone,
    objects_called,
)
from duly.engine.state import User
from duly.meaning.model import HOUR, MINUTE
from duly.service.convert.decision import object_text
from duly.service.convert.instant import in_range, instant_of, put_instant
from duly.timing.zone import known_zones
from duly.v1 import user_pb2 as pb
from duly.v1 import user_service_pb2 as service_pb

MOST_OF_A_KIND = 1_000
MOST_QUIET_HOURS = 24
LONGEST_TOKEN = 4_096

_STATES = {
    SUBSCRIBED: pb.CONSENT_STATE_SUBSCRIBED,
    UNSUBSCRIBED: pb.CONSENT_STATE_UNSUBSCRIBED,
    DID_NOT_SUBSCRIBE: pb.CONSENT_STATE_DID_NOT_SUBSCRIBE,
}
_SAID: dict[int, str] = {number: state for state, number in _STATES.items()}
_TRAIT = "device_tokens"
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

Wishes = dict[str, Any]


def wishes_of(request: service_pb.SetPreferencesRequest, flaws: list[Flaw]) -> Wishes:
    """What `duly.engine.preferences.prefer` is to change; what is wrong with the request is added to `flaws`."""
    if not request.HasField("preferences"):
        flaws.append(Flaw("preferences", "missing", "preferences is required: what the user chooses"))
    names = _named(request, flaws)
    wishes = {}
    for name in names:
        wish, read = _READERS[name]
        wishes[wish] = read(getattr(request.preferences, name), f"preferences.{name}", flaws)
    return wishes


def _named(request: service_pb.SetPreferencesRequest, flaws: list[Flaw]) -> list[str]:
    """The fields to replace: those of the mask or, without one, those that are set."""
    paths = list(dict.fromkeys(request.update_mask.paths))
    if not paths:
        return [field.name for field, _ in request.preferences.ListFields()]
    if paths == ["*"]:
        return list(_READERS)
    for number, path in enumerate(request.update_mask.paths):
        if path not in _READERS:
            known = ", ".join(_READERS)
            flaws.append(Flaw(f"update_mask.paths[{number}]", "unknown", f"`{path[:100]}` is not one of {known}"))
    return [path for path in paths if path in _READERS]


# --- reading ----------------------------------------------------------------------------------------------------------


def _zone(name: str, field: str, flaws: list[Flaw]) -> str:
    if name and name not in known_zones():
        flaws.append(Flaw(field, "unknown", f"`{name[:100]}` is not a time zone; use an IANA name like Europe/London"))
    return name


def _consents(consents: Sequence[pb.Consent], field: str, flaws: list[Flaw]) -> dict[str, str]:
    said: dict[str, str] = {}
    for number, consent in enumerate(_bounded(consents, MOST_OF_A_KIND, field, flaws)):
        place = f"{field}[{number}]"
        key = f"{consent.channel}/{consent.category}" if consent.channel else consent.category
        _demand_name(f"{place}.category", consent.category, flaws)
        _demand_name(f"{place}.channel", consent.channel, flaws)
        if consent.state in _SAID:
            said[key] = _SAID[consent.state]
        elif consent.state != pb.CONSENT_STATE_UNKNOWN:
            flaws.append(Flaw(f"{place}.state", "missing", f"{place}.state is required: what the user said"))
    return said


def _quiet(hours: Sequence[pb.QuietHours], field: str, flaws: list[Flaw]) -> list[list[int]]:
    arcs = []
    for number, part in enumerate(_bounded(hours, MOST_QUIET_HOURS, field, flaws)):
        start = _clock(part.start, f"{field}[{number}].start", flaws)
        end = _clock(part.end, f"{field}[{number}].end", flaws)
        if start == end and start >= 0:
            text = f"{field}[{number}] starts and ends at {part.start}: nothing could ever be sent"
            flaws.append(Flaw(f"{field}[{number}].end", "empty", text))
        arcs.append([start, end])
    return arcs


def _clock(text: str, field: str, flaws: list[Flaw]) -> int:
    """Microseconds after midnight, negative for what is no time of day."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        flaws.append(Flaw(field, "malformed", f"{field} is not a time of day like 22:00"))
        return -1
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def _snoozes(snoozes: Sequence[pb.Snooze], field: str, flaws: list[Flaw]) -> dict[str, int]:
    until: dict[str, int] = {}
    for number, snooze in enumerate(_bounded(snoozes, MOST_OF_A_KIND, field, flaws)):
        place = f"{field}[{number}]"
        _demand_name(f"{place}.category", snooze.category, flaws)
        if not snooze.HasField("end_time"):
            flaws.append(Flaw(f"{place}.end_time", "missing", f"{place}.end_time is required: when the snooze is over"))
        elif not in_range(snooze.end_time):
            text = f"{place}.end_time is not a time between the years 1 and 9999"
            flaws.append(Flaw(f"{place}.end_time", "out-of-range", text))
        else:
            until[snooze.category] = max(instant_of(snooze.end_time), until.get(snooze.category, 0))
    return until


def _muted(names: Sequence[str], field: str, flaws: list[Flaw]) -> list[str]:
    keys: dict[str, None] = {}
    for number, name in enumerate(_bounded(names, MOST_OF_A_KIND, field, flaws)):
        found = id_flaw(f"{field}[{number}]", name, required=True)
        if found is not None:
            flaws.append(found)
        keys.update(dict.fromkeys(objects_called(name)))
    return list(keys)


def _devices(tokens: Sequence[pb.DeviceToken], field: str, flaws: list[Flaw]) -> list[dict[str, str]]:
    devices = []
    for number, device in enumerate(_bounded(tokens, MOST_OF_A_KIND, field, flaws)):
        place = f"{field}[{number}]"
        if not device.token:
            flaws.append(Flaw(f"{place}.token", "missing", f"{place}.token is required"))
        elif len(device.token) > LONGEST_TOKEN:
            text = f"{place}.token has {len(device.token)} characters, at most {LONGEST_TOKEN} are allowed"
            flaws.append(Flaw(f"{place}.token", "too-long", text))
        _demand_name(f"{place}.channel", device.channel, flaws)
        _demand_name(f"{place}.platform", device.platform, flaws)
        devices.append({"token": device.token, "channel": device.channel or "push", "platform": device.platform})
    return devices


_READERS: dict[str, tuple[str, Callable[[Any, str, list[Flaw]], Any]]] = {
    "zone": (ZONE, _zone),
    "consents": (CONSENTS, _consents),
    "quiet_hours": (QUIET, _quiet),
    "snoozes": (SNOOZES, _snoozes),
    "muted_objects": (MUTED, _muted),
    "device_tokens": (DEVICES, _devices),
}
"""By field: the wish it becomes, and how it is read."""


def _demand_name(field: str, name: str, flaws: list[Flaw]) -> None:
    """Add what is wrong with the name of a category, channel or platform, which may be empty."""
    found = id_flaw(field, name)
    if found is None and "/" in name:
        found = Flaw(field, "malformed", f"{field} contains a slash, which no category or channel does")
    if found is not None:
        flaws.append(found)


def _bounded(items: Sequence[Any], most: int, field: str, flaws: list[Flaw]) -> Sequence[Any]:
    if len(items) > most:
        flaws.append(Flaw(field, "too-many", f"{field} has {len(items)} items, at most {most} are allowed"))
    return items[:most]


# --- showing ----------------------------------------------------------------------------------------------------------


def put_preferences(target: pb.Preferences, user: User) -> None:
    """Everything that a user chose, however it became known."""
    target.SetInParent()
    target.zone = chosen_zone(user)
    for key, state in sorted(user.consent.items()):
        channel, _, category = key.rpartition("/")
        target.consents.add(category=category, channel=channel, state=_STATES.get(state, pb.CONSENT_STATE_UNKNOWN))
    wishes = user.preferences
    for start, end in wishes.get(QUIET, ()):
        target.quiet_hours.add(start=_clock_text(start), end=_clock_text(end))
    for category, until in sorted(wishes.get(SNOOZE, {}).items()):
        put_instant(target.snoozes.add(category=category).end_time, until)
    target.muted_objects.extend(sorted({object_text(key) for key in wishes.get(MUTED, ())}))
    target.device_tokens.extend(_all_tokens(user))


def _clock_text(time: int) -> str:
    return f"{time // HOUR:02}:{time % HOUR // MINUTE:02}"


def device_tokens(user: User, channel: str) -> Iterator[pb.DeviceToken]:
    """Where a user can be reached on a channel: what they set, and the trait `device_tokens`, texts or objects."""
    return (token for token in _all_tokens(user) if token.channel == channel)


def _all_tokens(user: User) -> list[pb.DeviceToken]:
    """Each once, what was set first."""
    listed = user.traits.get(_TRAIT)
    items = [*user.preferences.get(DEVICES, ()), *(listed if isinstance(listed, list) else ())]
    tokens = [token for token in map(_device_token, items) if token is not None]
    return list({(token.channel, token.token): token for token in reversed(tokens)}.values())[::-1]


def _device_token(item: Any) -> pb.DeviceToken | None:
    if isinstance(item, str):
        return pb.DeviceToken(token=item, channel="push")
    if isinstance(item, dict) and isinstance(item.get("token"), str):
        channel, platform = item.get("channel", "push"), item.get("platform", "")
        if isinstance(channel, str) and isinstance(platform, str):
            return pb.DeviceToken(token=item["token"], channel=channel, platform=platform)
    return None

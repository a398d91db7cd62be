"""Wishes as the options of `duly prefer` are given them, and how they change what a person chose."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from google.protobuf.struct_pb2 import ListValue, Struct

from duly.cli.instants import Instant
from duly.cli.span import Length
from duly.v1 import user_pb2 as pb

STATES = {
    "subscribed": pb.CONSENT_STATE_SUBSCRIBED,
    "unsubscribed": pb.CONSENT_STATE_UNSUBSCRIBED,
    "did-not-subscribe": pb.CONSENT_STATE_DID_NOT_SUBSCRIBE,
    "unknown": pb.CONSENT_STATE_UNKNOWN,
}
EVERYTHING = "all"
"""Stands for all categories, where one may be named."""


class ConsentText(click.ParamType["pb.Consent"]):
    """`deals=unsubscribed`, `email/deals=subscribed`, or `all` for every category."""

    name = "WHAT=STATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> pb.Consent:
        """The consent; ends the command when it is none."""
        if isinstance(value, pb.Consent):
            return value
        what, equals, state = str(value).rpartition("=")
        if not equals or not what or state not in STATES:
            self.fail(f"`{value}` is not like deals=unsubscribed; a state is {', '.join(STATES)}", param, ctx)
        channel, _, category = what.rpartition("/")
        return pb.Consent(category=_category(category), channel=channel, state=STATES[state])


class QuietText(click.ParamType["pb.QuietHours"]):
    """`22:00-07:00`; the service says whether these are times of day."""

    name = "FROM-TO"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> pb.QuietHours:
        """The quiet hours; ends the command when there are not two times."""
        if isinstance(value, pb.QuietHours):
            return value
        start, dash, end = str(value).partition("-")
        if not dash:
            self.fail(f"`{value}` is not like 22:00-07:00", param, ctx)
        return pb.QuietHours(start=start.strip(), end=end.strip())


class SnoozeText(click.ParamType["pb.Snooze"]):
    """`2h`, `2030-01-01T12:00:00Z`, `deals=7d`."""

    name = "[CATEGORY=]TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> pb.Snooze:
        """The snooze, lengths counted from now; ends the command when it has no end."""
        if isinstance(value, pb.Snooze):
            return value
        from duly.client.events import timestamp

        category, _, until = str(value).rpartition("=")
        return pb.Snooze(category=_category(category), end_time=timestamp(self._end(until, param, ctx)))

    def _end(self, until: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if until[:1].isdigit() and until[-1:].isalpha() and "T" not in until.upper():
            length = Length().convert(until, param, ctx)
            return datetime.now(UTC) + timedelta(microseconds=length or 0)
        return Instant().convert(until, param, ctx)


def _category(text: str) -> str:
    return "" if text == EVERYTHING else text


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to change; `cleared` are fields of `Preferences` that are emptied before."""

    cleared: tuple[str, ...] = ()
    zone: str | None = None
    consents: tuple[pb.Consent, ...] = ()
    quiet: tuple[pb.QuietHours, ...] = ()
    snoozes: tuple[pb.Snooze, ...] = ()
    muted: tuple[str, ...] = ()
    unmuted: tuple[str, ...] = ()
    devices: tuple[tuple[str, str], ...] = ()

    def fields(self) -> list[str]:
        """The fields of `Preferences` that change, each once."""
        given = {
            "zone": self.zone is not None,
            "consents": self.consents,
            "quiet_hours": self.quiet,
            "snoozes": self.snoozes,
            "muted_objects": self.muted or self.unmuted,
            "device_tokens": self.devices,
        }
        return [name for name, wish in given.items() if wish or name in self.cleared]

    def applied(self, before: pb.Preferences) -> pb.Preferences:
        """What the person has chosen then: to lists is added, and what is said again is replaced."""
        after = pb.Preferences()
        after.CopyFrom(before)
        for name in self.cleared:
            after.ClearField(name)  # type: ignore[arg-type]  # one of the fields, as the option has it
        if self.zone is not None:
            after.zone = self.zone
        _put(after.consents, self.consents, lambda each: (each.channel, each.category))
        _put(after.quiet_hours, self.quiet, lambda each: (each.start, each.end))
        _put(after.snoozes, self.snoozes, lambda each: each.category)
        muted = [*after.muted_objects, *self.muted]
        after.muted_objects[:] = [name for name in dict.fromkeys(muted) if name not in self.unmuted]
        _put(after.device_tokens, self._tokens(), lambda each: (each.channel, each.token))
        return after

    def _tokens(self) -> Iterator[pb.DeviceToken]:
        for where, token in self.devices:
            channel, _, platform = where.partition("/")
            yield pb.DeviceToken(token=token, channel=channel, platform=platform)


def _put(target: Any, added: Iterable[Any], key: Callable[[Any], Hashable]) -> None:
    """Add messages to a repeated field; one with the key of an earlier one takes its place."""
    both = {key(each): each for each in [*target, *added]}
    fresh = list(both.values())
    del target[:]
    target.extend(fresh)


def without_told(user: pb.User) -> pb.Preferences:
    """What a person chose, without the devices that their trait `device_tokens` names: those stay the trait's."""
    told = set(_told(user.traits["device_tokens"])) if "device_tokens" in user.traits else set()
    own = pb.Preferences()
    own.CopyFrom(user.preferences)
    del own.device_tokens[:]
    own.device_tokens.extend(each for each in user.preferences.device_tokens if each.token not in told)
    return own


def _told(listed: object) -> Iterator[object]:
    for item in listed.items() if isinstance(listed, ListValue) else ():
        yield item["token"] if isinstance(item, Struct) and "token" in item else item

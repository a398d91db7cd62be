"""What a person chose, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from duly.cli.instants import utc_text
from duly.cli.prefer.wishes import EVERYTHING, STATES
from duly.report.visible import visible
from duly.v1 import user_pb2 as pb

_WORDS = {number: word for word, number in STATES.items()}
_SHOWN = 12
"""Characters of a device's token: enough to tell devices apart, too few to reach one."""


def preferences_text(chosen: pb.Preferences) -> str:
    """A line for each wish."""
    return "\n".join(f"{label:8}  {visible(text)}" for label, text in _lines(chosen)) or "no preferences"


def _lines(chosen: pb.Preferences) -> Iterator[tuple[str, str]]:
    if chosen.zone:
        yield "zone", chosen.zone
    for consent in chosen.consents:
        by = f" by {consent.channel}" if consent.channel else ""
        yield "consent", f"{consent.category or EVERYTHING}{by}: {_WORDS.get(consent.state, 'unknown')}"
    for hours in chosen.quiet_hours:
        yield "quiet", f"{hours.start}-{hours.end}"
    for snooze in chosen.snoozes:
        yield "snoozed", f"{snooze.category or EVERYTHING} until {utc_text(snooze.end_time)}"
    for name in chosen.muted_objects:
        yield "muted", name
    for device in chosen.device_tokens:
        token = device.token if len(device.token) <= _SHOWN else f"{device.token[:_SHOWN]}…"
        yield "device", " ".join(part for part in (device.channel, device.platform, token) if part)

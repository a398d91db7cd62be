"""Takes in what a request carries."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from duly.engine.api import Intake
from duly.engine.engine import Engine
from duly.engine.event import Event, Flaw
from duly.service.auth import Tokens
from duly.service.errors import Unauthenticated
from duly.service.http.body import unpacked
from duly.service.http.segment import LARGEST_EVENT, Letter
from duly.service.settings import Scope
from duly.service.telemetry import Metrics
from duly.service.tenants import called

_MOST_LISTED = 100


@dataclass(slots=True)
class Outcome:
    """What became of the messages of one request; `rejected` are the places and flaws of the bad ones."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[tuple[int, Flaw]] = field(default_factory=list)

    @property
    def too_large(self) -> bool:
        """Whether an event had too many bytes."""
        return any(flaw.reason == "too-large" for _, flaw in self.rejected)

    def reasons(self) -> dict[str, int]:
        """How many were rejected for what; nothing in it is personal."""
        return dict(Counter(flaw.reason for _, flaw in self.rejected))

    def body(self) -> dict[str, object]:
        """What the answer says; of very many bad messages only the first are listed."""
        told: dict[str, object] = {
            "success": not self.too_large,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "rejected": len(self.rejected),
        }
        if self.rejected:
            told["errors"] = [_listed(number, flaw) for number, flaw in self.rejected[:_MOST_LISTED]]
        if self.too_large:
            told |= {"code": "TOO_LARGE", "message": f"an event has more than {LARGEST_EVENT} bytes"}
        return told


Taker = tuple[Engine, Metrics]
"""What takes the events of one tenant in, and what they are counted in."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    A request as it came: its body, how that is packed, and the type of event that its path names.

    `taker` is whose it is by the key in its header, None where there is none; `tenant` is what another header names.
    """

    body: bytes
    encoding: str = ""
    type: str = ""
    taker: Taker | None = None
    tenant: str = ""


class Intakes:
    """Takes parcels in for the tenants by name, in whatever thread it is asked to."""

    def __init__(self, tenants: Mapping[str, Taker], clock: Callable[[], int], tokens: Tokens) -> None:
        self._tenants, self._clock, self._tokens = tenants, clock, tokens

    def taker(self, authorization: str, tenant: str) -> Taker | None:
        """
        Who takes in what comes with these headers; None for one without a key, which may be in the body.

        Raises `Unauthenticated`, `Forbidden` or `NotFound`: what a stranger sends is not worth reading.
        """
        key = key_in(authorization)
        return self._taker(key, tenant) if key else None

    def take(self, parcel: Parcel) -> Outcome:
        """
        Take a parcel in; what is accepted is durable on return.

        Raises what `taker` does, `NotJson`, `TooLarge`, `UnknownEncoding`, or what the engine raises.
        """
        received = self._clock()
        letter = Letter(unpacked(parcel.body, parcel.encoding), parcel.type)
        engine, metrics = parcel.taker or self._taker(letter.write_key, parcel.tenant)
        return _taken(letter.events(received), engine, metrics)

    def _taker(self, key: str, tenant: str) -> Taker:
        if self._tokens and not self._tokens.allow(key, Scope.INGEST):
            raise Unauthenticated("the write key is not one that is known here; it is a token with the scope ingest")
        return called(self._tenants, self._tokens.tenant(key, tenant))


def _taken(read: list[Event | Flaw], engine: Engine, metrics: Metrics) -> Outcome:
    events = [event for event in read if isinstance(event, Event)]
    results = iter(engine.ingest(events) if events else ())
    outcome = Outcome()
    for number, event in enumerate(read):
        flaw: Flaw | None = event if isinstance(event, Flaw) else None
        intake = Intake.REJECTED
        if flaw is None:
            result = next(results)
            intake, flaw = result.intake, result.flaw
        if intake is Intake.REJECTED and flaw is not None:
            outcome.rejected.append((number, flaw))
        outcome.accepted += intake is Intake.ACCEPTED
        outcome.duplicates += intake is Intake.DUPLICATE
    metrics.took(_counted(outcome))
    return outcome


def _counted(outcome: Outcome) -> dict[int, int]:
    counts = {
        Intake.ACCEPTED: outcome.accepted,
        Intake.DUPLICATE: outcome.duplicates,
        Intake.REJECTED: len(outcome.rejected),
    }
    return {int(intake): count for intake, count in counts.items() if count}


def key_in(authorization: str) -> str:
    """The key in an Authorization header: a Bearer's token, or the user name of Basic, whose password is ignored."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(rest.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        raise Unauthenticated("the Authorization header is not Basic authentication") from None


def _listed(number: int, flaw: Flaw) -> dict[str, object]:
    words = flaw.field.split("_")
    field = words[0] + "".join(word.capitalize() for word in words[1:])
    place = f"batch[{number}].{field}" if field else f"batch[{number}]"
    return {"index": number, "field": place, "reason": flaw.reason, "message": flaw.description}

"""From lines of JSON to batches of events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from duly.cli.ingest.lines import LONGEST, Broken, Lines
from duly.client.events import Lenient, Segment, event_of
from duly.v1.event_pb2 import Event
from duly.v1.event_service_pb2 import IngestRequest

_MOST_BYTES = 2 * 1024 * 1024
"""A batch is sent when its lines have so many bytes, lest it outgrow a message of gRPC."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not taken: the field at fault if there is one, a word in kebab-case, and a sentence."""

    place: Place
    field: str
    reason: str
    description: str


@dataclass(slots=True)
class Batch:
    """Events of one file, with the line of each; `read` is how much of the file had been read by then."""

    file: str
    events: list[Event] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bytes: int = 0
    read: int = 0

    def request(self, history: bool) -> IngestRequest:
        """What to send."""
        return IngestRequest(events=self.events, history=history)


@dataclass(slots=True)
class Reading:
    """
    Reads one file into batches of at most `size` events.

    Lines that are no event go to `refusals`; `broken` says why a file ended early, when all before it was given out.
    """

    file: str
    lines: Lines
    size: int
    lenient: bool
    refusals: list[Refusal] = field(default_factory=list)
    broken: str = ""

    def __iter__(self) -> Iterator[Batch]:
        decode = msgspec.json.Decoder(Lenient if self.lenient else Segment).decode
        batch = Batch(self.file)
        for number, line in self._numbered():
            if line is None:
                self._refuse(number, "", "too-long", f"the line has more than {LONGEST:,} bytes")
                continue
            if not line or line.isspace():
                continue
            try:
                event = event_of(decode(line))
            except (msgspec.DecodeError, RecursionError, ValueError) as error:
                self._refuse_undecodable(number, error)
                continue
            batch.events.append(event)
            batch.lines.append(number)
            batch.bytes += len(line)
            if len(batch.events) >= self.size or batch.bytes >= _MOST_BYTES:
                batch.read = self.lines.read
                yield batch
                batch = Batch(self.file)
        batch.read = self.lines.read
        if batch.events:
            yield batch

    def _numbered(self) -> Iterator[tuple[int, bytes | None]]:
        number = 0
        try:
            for number, line in enumerate(self.lines, 1):
                yield number, line
        except Broken as broken:
            self.broken = str(broken)
            if not _is_whole(broken.rest):
                self.broken += f"; line {number + 1} is incomplete"
            elif broken.rest:
                yield number + 1, broken.rest

    def _refuse_undecodable(self, line: int, error: Exception) -> None:
        if isinstance(error, RecursionError):
            self._refuse(line, "", "too-deep", "the line is nested too deep")
        elif isinstance(error, msgspec.ValidationError):
            self._refuse(line, *_explain(str(error)))
        else:
            self._refuse(line, "", "not-json", f"the line is not JSON: {sentence(str(error))}")

    def _refuse(self, line: int, field: str, reason: str, description: str) -> None:
        self.refusals.append(Refusal(Place(self.file, line), field, reason, description))


def _is_whole(line: bytes) -> bool:
    """Whether a line that was cut off happens to be complete, or nothing at all."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return not line.strip()
    return line.lstrip().startswith(b"{")


def _explain(message: str) -> tuple[str, str, str]:
    """The field, reason and description in the decoder's ``Expected `str`, got `int` - at `$.userId` ``."""
    what, _, where = message.partition(" - at `$")
    name = where.strip("`.")
    if "unknown field" in what:
        unknown = what.split("`")[1]
        return unknown, "unknown-field", _known(unknown)
    if "missing required field" in what:
        missing = what.split("`")[1]
        return missing, "missing", f"{missing} is required"
    if "timezone component" in what:
        return name, "no-zone", f"{name} has no zone; end it with Z for UTC, or with an offset"
    return name, "wrong-type", f"{name or 'the line'}: {sentence(what)}"


def _known(name: str) -> str:
    from duly.vocabulary.words import nearest

    plain = name.replace("_", "")
    guess = nearest(plain, [field.encode_name for field in msgspec.structs.fields(Segment)])
    return f"there is no field `{name}`; " + (f"did you mean `{guess}`?" if guess else "did you mean it as a property?")


def sentence(message: str) -> str:
    """A message of the decoder in our style and with our names for types."""
    for theirs, ours in _TYPE_NAMES.items():
        message = message.replace(f"`{theirs}`", ours)
    return message if message[1:2].isupper() else message[:1].lower() + message[1:]


_TYPE_NAMES = {
    "str | null": "a text",
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "datetime | null": "a time such as 2026-03-08T18:00:00Z",
}

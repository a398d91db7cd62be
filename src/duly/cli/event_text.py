"""Events as options are given them: JSON in Segment's shape, a file of it, or the standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duly.cli.failure import Failure, reason

if TYPE_CHECKING:
    from duly.v1.event_pb2 import Event

_EXAMPLE = """such as '{"type": "track", "event": "Product Sale", "properties": {"product_id": "boots"}}'"""


def event_option(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `--event`, whose text `event_of_text` reads."""
    text = f"{help}, in Segment's shape; @- reads the standard input."
    return click.option("--event", metavar="JSON|@FILE", help=text)


def event_of_text(written: str) -> Event:
    """The event that was written; without an id of its own it gets one. Raises `Failure`."""
    import msgspec

    from duly.cli.ingest.batches import sentence
    from duly.client.events import Segment, event_of, new_id

    text = _read(written[1:]) if written.startswith("@") else written.encode()
    try:
        message = msgspec.json.decode(text, type=Segment)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Failure(f"--event is not an event: {sentence(str(error))}", _EXAMPLE) from error
    event = event_of(message)
    event.message_id = event.message_id or new_id()
    return event


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {reason(error)}") from error

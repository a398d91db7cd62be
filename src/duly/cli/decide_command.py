"""`duly decide`: should this user be notified now, and why."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.failure import Failure, reason
from duly.cli.instants import Instant

if TYPE_CHECKING:
    from duly.client.requests import Mode
    from duly.v1.decision_service_pb2 import DecideResponse
    from duly.v1.event_pb2 import Event


@click.command("decide")
@click.argument("user")
@click.option("--anonymous", is_flag=True, help="USER is an anonymous id.")
@click.option(
    "--event", metavar="JSON|@FILE", help="Decide about this event, in Segment's shape; @- reads the standard input."
)
@click.option("--rule", default="", metavar="NAME", help="Decide by this rule only.")
@click.option(
    "--mode",
    type=click.Choice(["peek", "reserve", "commit"]),
    default="commit",
    show_default=True,
    help="What the decision may change.",
)
@click.option("--time", type=Instant(), help="Ask what the answer would be then; only with --mode peek.")
@click.option("--request-id", default="", metavar="ID", help="The same id again gets the first answer.")
@click.option("--explain", is_flag=True, help="Evaluate every gate, and show the rules that did not match.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(
    server: Server,
    user: str,
    anonymous: bool,
    event: str | None,
    rule: str,
    mode: Mode,
    time: datetime | None,
    request_id: str,
    explain: bool,
    as_json: bool,
) -> None:
    """Ask whether to notify USER now, later or not.

    Without an event the question is whether anything is due. Every gate is shown: ✓ open, ✗ closed, · not reached,
    - waived.
    """
    asked = _event(event) if event is not None else None
    with server.client() as client:
        answer = client.decide(
            "" if anonymous else user,
            anonymous_id=user if anonymous else "",
            event=asked,
            rule=rule,
            mode=mode,
            time=time,
            request_id=request_id,
            explain="full" if explain else "gates",
        )
    _print_answer(answer, as_json)


def _print_answer(answer: DecideResponse, as_json: bool) -> None:
    if as_json:
        from google.protobuf.json_format import MessageToJson

        click.echo(MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False))
        return
    from duly.cli.output import colours
    from duly.cli.verdict import verdict_text

    if not answer.decisions:
        click.echo(f"nothing to notify of: no rule of version {answer.rules_version} has anything to say")
    for number, decision in enumerate(answer.decisions):
        click.echo(("\n" if number else "") + verdict_text(decision), color=colours())


def _event(written: str) -> Event:
    """The event that was written; without an id of its own it gets one."""
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


_EXAMPLE = """such as '{"type": "track", "event": "Product Sale", "properties": {"product_id": "boots"}}'"""


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {reason(error)}") from error

"""`duly decide`: should this user be notified now, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.event_text import event_of_text, event_option
from duly.cli.instants import Instant
from duly.cli.person import anonymous_flag

if TYPE_CHECKING:
    from duly.client.requests import Mode
    from duly.v1.decision_service_pb2 import DecideResponse


@click.command("decide")
@click.argument("user")
@anonymous_flag
@event_option("Decide about this event")
@click.option("--rule", default="", metavar="NAME", help="Decide by this rule only.")
@click.option(
    "--mode",
    type=click.Choice(["peek", "reserve", "commit"]),
    default="commit",
    show_default=True,
    help="What the decision may change.",
)
@click.option(
    "--lease", type=click.FloatRange(min=1), metavar="SECONDS", help="How long --mode reserve keeps the slot."
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
    lease: float | None,
    time: datetime | None,
    request_id: str,
    explain: bool,
    as_json: bool,
) -> None:
    """Ask whether to notify USER now, later or not.

    Without an event the question is whether anything is due. Every gate is shown: ✓ open, ✗ closed, · not reached,
    - waived.
    """
    asked = event_of_text(event) if event is not None else None
    with server.client() as client:
        answer = client.decide(
            "" if anonymous else user,
            anonymous_id=user if anonymous else "",
            event=asked,
            rule=rule,
            mode=mode,
            lease=timedelta(seconds=lease) if lease else None,
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

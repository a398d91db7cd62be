"""`duly watch`: notifications as they become due."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.report_command import OUTCOMES

if TYPE_CHECKING:
    from duly.client.requests import Outcome
    from duly.v1.decision_service_pb2 import Notification


@click.command("watch")
@click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="Stop after N notifications.")
@click.option(
    "--report",
    "outcome",
    type=click.Choice(OUTCOMES),
    help="Report this of each; without a report it comes again when its lease runs out.",
)
@click.option("--lease", type=click.FloatRange(min=1), metavar="SECONDS", help="How long each is yours.")
@click.option(
    "--rule", "rules", multiple=True, metavar="NAME", help="Only notifications of this rule; may be repeated."
)
@click.option("--category", "categories", multiple=True, metavar="NAME", help="Only of this category; may be repeated.")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Only on this channel; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@connection
def command(
    server: Server,
    most: int | None,
    outcome: Outcome | None,
    lease: float | None,
    rules: tuple[str, ...],
    categories: tuple[str, ...],
    channels: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print notifications as they become due, until interrupted."""
    with server.client() as client:
        # With a limit, no more are leased than will be handled.
        stream = client.watch(
            max_in_flight=(1 if outcome else min(most, 1000)) if most else 0,
            lease=timedelta(seconds=lease) if lease else None,
            rules=rules,
            categories=categories,
            channels=channels,
        )
        with closing(stream):
            for number, notification in enumerate(stream, 1):
                last = number == most
                if last:
                    stream.close()
                click.echo(_text(notification, as_json))
                if outcome:
                    client.report(notification.decision.decision_id, outcome)
                if last:
                    return


def _text(notification: Notification, as_json: bool) -> str:
    if as_json:
        from google.protobuf.json_format import MessageToJson

        return MessageToJson(notification, preserving_proto_field_name=True, ensure_ascii=False, indent=None)
    from duly.cli.verdict import headline
    from duly.report.visible import visible

    decision = notification.decision
    who = decision.user_id or f"{decision.anonymous_id} (anonymous)"
    message = " · ".join(
        part for part in (decision.message.title, decision.message.body, decision.message.link) if part
    )
    again = f"  attempt {notification.attempt}" if notification.attempt > 1 else ""
    text = f"  {visible(message)}" if message else ""
    return f"{headline(decision)}  to {visible(who)}{text}  [{decision.decision_id}]{again}"

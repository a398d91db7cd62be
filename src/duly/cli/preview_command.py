"""`duly preview`: whom a rule would reach, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.event_text import event_of_text, event_option
from duly.cli.instants import Instant

if TYPE_CHECKING:
    from duly.v1.decision_service_pb2 import LocalHourCount, PreviewResponse

_BAR = 40
"""Columns of the longest bar."""


@click.command("preview")
@click.argument("rule")
@event_option("The event to imagine")
@click.option("--time", type=Instant(), help="The time to imagine it at.  [default: now]")
@click.option(
    "--timeout", type=click.FloatRange(1, 20), default=20, show_default=True, metavar="SECONDS",
    help="Ask only a part of the audience if it takes longer.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(server: Server, rule: str, event: str | None, time: datetime | None, timeout: float, as_json: bool) -> None:
    """Show whom the published rule RULE would reach if an event happened, and at which hours of their own day.

    Nothing is changed. Of a huge audience a part is asked, and the answer says how much of it.
    """
    asked = event_of_text(event) if event is not None else None
    with server.client(timeout=timeout) as client:
        answer = client.preview(rule, asked, time=time)
    click.echo(_json(answer) if as_json else "\n".join(_lines(answer)))


def _json(answer: PreviewResponse) -> str:
    from google.protobuf.json_format import MessageToJson

    return MessageToJson(answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def _lines(answer: PreviewResponse) -> Iterator[str]:
    from duly.cli.verdict import verdict_word
    from duly.report.findings import counted

    estimated = answer.sample_share < 1
    part = f"{answer.asked_count:,} of them asked, and counted below" if estimated else "all asked"
    size = counted(answer.audience_size, "user")
    yield f"{'about ' if estimated else ''}{size} in the audience, {part}"
    for found in sorted(answer.verdict_counts, key=lambda each: -each.count):
        yield f"  {found.count:>9,}  {verdict_word(found.verdict)} {found.reason}".rstrip()
    if answer.local_hour_counts:
        yield "sends by the hour of their own day"
        yield from _chart(list(answer.local_hour_counts))
    yield f"by rules {answer.rules_version}"


def _chart(hours: list[LocalHourCount]) -> Iterator[str]:
    most = max(each.count for each in hours)
    for each in hours:
        yield f"  {each.hour:>6}:00  {each.count:>9,}  {'█' * max(1, round(each.count / most * _BAR))}"

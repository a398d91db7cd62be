"""`duly report`: tells a service what became of a notification."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.instants import Instant

if TYPE_CHECKING:
    from duly.client.requests import Outcome
    from duly.v1.decision_service_pb2 import ReportResult

OUTCOMES = ["sent", "failed", "opened", "dismissed", "converted", "unsubscribed"]


@click.command("report")
@click.argument("decision_id")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.option("--time", type=Instant(), help="When it happened.  [default: now]")
@click.option("--description", default="", metavar="TEXT", help="Anything worth keeping, such as why it failed.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(
    server: Server, decision_id: str, outcome: Outcome, time: datetime | None, description: str, as_json: bool
) -> int:
    """Tell what became of the notification DECISION_ID. Telling it again changes nothing.

    A failure gives its slot back. The exit code is 1 when the report is refused.
    """
    with server.client() as client:
        result = client.report(decision_id, outcome, time=time, description=description)
    click.echo(_json(result) if as_json else _text(result, outcome))
    return int(_rejected(result))


def _json(result: ReportResult) -> str:
    from google.protobuf.json_format import MessageToJson

    return MessageToJson(result, preserving_proto_field_name=True, ensure_ascii=False)


def _text(result: ReportResult, outcome: Outcome) -> str:
    from duly.v1 import decision_service_pb2 as pb

    if _rejected(result):
        return f"refused: {result.description} [{result.reason}]"
    again = result.status == pb.REPORT_STATUS_DUPLICATE
    return f"{outcome} had been reported before" if again else f"{outcome} is recorded"


def _rejected(result: ReportResult) -> bool:
    from duly.v1 import decision_service_pb2 as pb

    return result.status == pb.REPORT_STATUS_REJECTED

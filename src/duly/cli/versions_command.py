"""`duly versions`: the versions of the rules of a service."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection

if TYPE_CHECKING:
    from duly.v1.rule_service_pb2 import RulesVersion


@click.command("versions")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Stop after so many.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@connection
def command(server: Server, most: int, as_json: bool) -> None:
    """List the versions of the rules, newest first; * marks the one in force.

    `duly rollback` goes back to one of them.
    """
    with server.client() as client:
        for version in islice(client.versions(), most):
            click.echo(_json(version) if as_json else _text(version))


def _json(version: RulesVersion) -> str:
    from google.protobuf.json_format import MessageToJson

    return MessageToJson(version, preserving_proto_field_name=True, ensure_ascii=False, indent=None)


def _text(version: RulesVersion) -> str:
    from duly.cli.instants import utc_text
    from duly.report.findings import counted
    from duly.report.visible import visible

    mark = "*" if version.current else " "
    what = f"  {visible(version.description)}" if version.description else ""
    when = utc_text(version.publish_time)
    return f"{mark} {version.version}  {when}  {counted(version.rule_count, 'rule')}  etag {version.etag}{what}"

"""`duly delete`: deletes everything that is kept about a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.failure import Failure
from duly.cli.person import Person, person
from duly.report.findings import counted
from duly.report.visible import visible

if TYPE_CHECKING:
    from duly.v1.user_service_pb2 import DeleteUserResponse

_PATIENCE = 600.0
"""Seconds: the files of the store are rewritten before the answer comes."""


@click.command("delete")
@person
@click.option("--yes", is_flag=True, help="Do not ask whether that is meant.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(server: Server, person: Person, yes: bool, as_json: bool) -> None:
    """Delete everything that is kept about USER, under all ids of theirs: state, relations, what waits, and logs.

    It is gone from the files of the store when this ends; backups are yours to delete. The exit code is 1 when nothing
    is kept about them, or when the answer to the question is no. A token needs the scope admin.
    """
    if not yes:
        _demand_consent(person, server)
    with server.client(timeout=_PATIENCE) as client, person.demanded():
        deleted = client.delete_user(**person.ids)
    click.echo(_text(deleted, person, as_json))


def _demand_consent(person: Person, server: Server) -> None:
    if not sys.stdin.isatty():
        raise Failure("there is no terminal to ask whether that is meant", "give --yes to delete without being asked")
    question = f"Delete everything that {server.address} keeps about {visible(person.name)}, for good?"
    if not click.confirm(question, err=True):
        click.echo("nothing was deleted", err=True)
        raise click.exceptions.Exit(1)


def _text(deleted: DeleteUserResponse, person: Person, as_json: bool) -> str:
    if as_json:
        from google.protobuf.json_format import MessageToJson

        return MessageToJson(deleted, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    counts = (
        counted(deleted.event_count, "event"),
        counted(deleted.decision_count, "decision"),
        counted(deleted.pending_count, "pending notification"),
    )
    return f"deleted all about {visible(person.name)}: {', '.join(counts)}"

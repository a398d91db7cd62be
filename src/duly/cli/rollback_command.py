"""`duly rollback`: publishes an earlier version of the rules again."""

from __future__ import annotations

import click

from duly.cli.connecting import Server, connection


@click.command("rollback")
@click.argument("version")
@click.option("--check-only", is_flag=True, help="Show what would change, but publish nothing.")
@click.option("--etag", default="", help="Go back only if the current rules are those of this etag.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@connection
def command(server: Server, version: str, check_only: bool, etag: str, as_json: bool) -> None:
    """Publish the earlier VERSION of the rules again, as a new one. `duly versions` lists them."""
    with server.client(timeout=60.0) as client:
        answer = client.roll_back(version, etag=etag, validate_only=check_only)
    if as_json:
        from google.protobuf.json_format import MessageToJson

        click.echo(MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False))
        return
    from duly.cli.change_text import changes_text

    click.echo(changes_text(answer, check_only), nl=False)

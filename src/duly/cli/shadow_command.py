"""`duly shadow`: how the rules that decide in the shadow compare with those in force."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection

if TYPE_CHECKING:
    from duly.client import Client
    from duly.v1.rule_service_pb2 import RulesVersion, ShadowCount


@click.command("shadow")
@click.option("--end", is_flag=True, help="Let nothing decide in the shadow any more.")
@click.option("--json", "as_json", is_flag=True, help="Print the version in the shadow and its counts as JSON.")
@connection
def command(server: Server, end: bool, as_json: bool) -> None:
    """Compare the verdicts of the rules that `duly publish --shadow` put beside those in force, rule by rule.

    Counts are of the time since then, or since the service was started.
    """
    with server.client() as client:
        current = client.rules()
        if end and current.HasField("shadow"):
            _end(client)
    if as_json:
        from google.protobuf.json_format import MessageToJson

        click.echo(MessageToJson(current.shadow, preserving_proto_field_name=True, ensure_ascii=False))
    elif current.HasField("shadow"):
        click.echo("\n".join(_lines(current.shadow)))
    else:
        click.echo(f"nothing decides in the shadow of {current.version}")


def _end(client: Client) -> None:
    """The rules in force have no shadow of their own."""
    current = client.rules()
    client.publish({file.name: file.content for file in current.files}, etag=current.etag, shadow=True)


def _lines(version: RulesVersion) -> Iterator[str]:
    from duly.report.findings import counted
    from duly.report.visible import visible

    what = f"  {visible(version.description)}" if version.description else ""
    yield f"{version.version}, {counted(version.rule_count, 'rule')}, etag {version.etag}{what}"
    for rule, counts in groupby(version.shadow_counts, key=lambda each: each.rule):
        yield from _rule(rule, list(counts))
    if not version.shadow_counts:
        yield "  nothing to compare yet"


def _rule(rule: str, counts: list[ShadowCount]) -> Iterator[str]:
    from duly.report.visible import visible

    alike = sum(each.count for each in counts if each.live_verdict == each.shadow_verdict)
    yield f"  {visible(rule)}: {alike:,} of {sum(each.count for each in counts):,} the same"
    for each in counts:
        if each.live_verdict != each.shadow_verdict:
            yield f"  {each.count:>9,}  {_word(each.live_verdict)} in force, {_word(each.shadow_verdict)} in the shadow"


def _word(verdict: int) -> str:
    from duly.v1.decision_pb2 import Verdict

    return Verdict.Name(Verdict.ValueType(verdict)).removeprefix("VERDICT_") if verdict else "nothing"

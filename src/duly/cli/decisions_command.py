"""`duly decisions`: the decision log as NDJSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from duly.cli.connecting import Server, connection
from duly.cli.failure import Failure, reason
from duly.cli.ingest.progress import progress
from duly.cli.instants import Instant
from duly.cli.private import Masks, sensitive_option

if TYPE_CHECKING:
    from duly.client.requests import Verdict
    from duly.v1.decision_pb2 import Decision

_PAGE = 1_000


@click.command("decisions")
@click.option("--user", default="", metavar="ID", help="Only decisions about this user.")
@click.option(
    "--anonymous",
    "--anonymous-id",
    "anonymous",
    default="",
    metavar="ID",
    help="Only decisions about the user with this anonymous id.",
)
@click.option("--rule", default="", metavar="NAME", help="Only decisions by this rule.")
@click.option("--verdict", type=click.Choice(["notify", "defer", "suppress"]), help="Only this verdict.")
@click.option("--reason", default="", metavar="WORD", help="Only this reason, such as capped.")
@click.option("--event", "message_id", default="", metavar="ID", help="Only about the event with this message id.")
@click.option("--since", type=Instant(), help="Only from this time on.")
@click.option("--until", type=Instant(), help="Only before this time.")
@click.option("--most", type=click.IntRange(min=1), help="Stop after so many.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@sensitive_option
@connection
def command(
    server: Server,
    user: str,
    anonymous: str,
    rule: str,
    verdict: Verdict | None,
    reason: str,
    message_id: str,
    since: datetime | None,
    until: datetime | None,
    most: int | None,
    output: Path | None,
    sensitive: tuple[str, ...],
) -> None:
    """Export the decision log, newest first: every verdict with its gates, a JSON object on each line."""
    with server.client(timeout=60.0) as client, _opened(output) as file:
        found = client.decisions(
            user,
            anonymous_id=anonymous,
            rule=rule,
            verdict=verdict,
            reason=reason,
            message_id=message_id,
            start=since,
            end=until,
            page_size=min(most or _PAGE, _PAGE),
        )
        masks = Masks(client, sensitive)
        _write(map(masks.hide, found), file, most)


def _write(decisions: Iterable[Decision], file: TextIO, most: int | None) -> None:
    from google.protobuf.json_format import MessageToJson

    with progress(None, "decisions") as advance:
        for count, decision in enumerate(decisions, 1):
            line = MessageToJson(decision, preserving_proto_field_name=True, ensure_ascii=False, indent=None)
            file.write(line + "\n")
            advance(count, count)
            if count == most:
                return


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise Failure(f"cannot write {output}: {reason(error)}") from error

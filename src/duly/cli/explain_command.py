"""`duly explain`: why was this user notified, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from duly.cli.connecting import Server, connection
from duly.cli.instants import local_text
from duly.cli.output import colours
from duly.cli.person import anonymous_flag
from duly.cli.private import MASK, Masks, sensitive_option
from duly.report.visible import visible

if TYPE_CHECKING:
    from duly.client import Client
    from duly.v1.decision_pb2 import Decision
    from duly.v1.decision_service_pb2 import Outcome

_ID = re.compile(r"[0-9a-f]{40}")
_SOURCES = {
    "rule": "the rule",
    "trait timezone": "trait timezone",
    "context timezone": "context.timezone",
    "house": "the house timezone",
    "utc": "the default",
}


@click.command("explain")
@click.argument("what", metavar="DECISION_ID|USER")
@anonymous_flag
@click.option("--last", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many decisions.")
@sensitive_option
@connection
def command(server: Server, what: str, anonymous: bool, last: int, sensitive: tuple[str, ...]) -> None:
    """Show a decision, or USER's newest ones: every gate with what it looked at, and when the answer could change.

    Gates are ✓ open, ✗ closed, · not reached, - waived.
    """
    with server.client() as client:
        masks = Masks(client, sensitive)
        found = _found(client, what, anonymous, last)
        texts = ["\n".join(_lines(masks.hide(decision), outcomes, bool(sensitive))) for decision, outcomes in found]
    click.echo("\n\n".join(texts) if texts else f"nothing has been decided about {visible(what)}", color=colours())


def _found(client: Client, what: str, anonymous: bool, last: int) -> Iterator[tuple[Decision, list[Outcome]]]:
    if _ID.fullmatch(what) and not anonymous:
        answer = client.decision(what)
        yield answer.decision, list(answer.outcomes)
        return
    user_id, anonymous_id = ("", what) if anonymous else (what, "")
    for decision in islice(client.decisions(user_id, anonymous_id=anonymous_id, page_size=last), last):
        answer = client.decision(decision.decision_id)
        yield answer.decision, list(answer.outcomes)


def _lines(decision: Decision, outcomes: list[Outcome], masked: bool) -> Iterator[str]:
    from duly.cli.verdict import verdict_text
    from duly.v1 import decision_service_pb2 as pb

    yield verdict_text(decision)
    who = decision.user_id or f"{decision.anonymous_id} (anonymous)"
    source = _SOURCES.get(decision.zone_source, decision.zone_source)
    yield f"  for        {visible(who)}, in category {visible(decision.category)} by {visible(decision.channel)}"
    yield f"  asked      {local_text(decision.create_time, decision.zone)}"
    yield f"  zone       {visible(decision.zone)}, from {visible(source)}"
    if decision.event_message_id:
        about = f" about {visible(decision.object)}" if decision.object else ""
        yield f"  event      {visible(decision.event_message_id)}{about}"
    for outcome in outcomes:
        word = pb.OutcomeType.Name(outcome.type).removeprefix("OUTCOME_TYPE_").lower()
        said = f": {MASK if masked else visible(outcome.description)}" if outcome.description else ""
        yield f"  reported   {word} at {local_text(outcome.time, decision.zone)}{said}"

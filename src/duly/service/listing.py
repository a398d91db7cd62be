"""Pages of the decision log."""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.decision import Decision
from duly.engine.engine import Engine
from duly.engine.event import Flaw
from duly.service.convert.decision import put_decision
from duly.service.convert.flawed import Flawed
from duly.service.convert.instant import instant_of
from duly.service.convert.question import identity_of
from duly.service.paging import page_size, place_in, token_for
from duly.v1 import decision_service_pb2 as pb

_CHUNK = 200


def list_decisions(engine: Engine, request: pb.ListDecisionsRequest) -> pb.ListDecisionsResponse:
    """One page of a user's decisions, newest first; raises `Flawed`."""
    flaws: list[Flaw] = []
    identity = identity_of(request.user_id, request.anonymous_id, flaws)
    if flaws:
        raise Flawed(flaws)
    size, place = page_size(request.page_size), place_in(request, request.page_token)
    response, last = pb.ListDecisionsResponse(), b""
    for decision in _log(engine, identity, place):
        if not _wanted(request, decision):
            continue
        if len(response.decisions) == size:
            response.next_page_token = token_for(request, last)
            break
        put_decision(response.decisions.add(), decision, pb.EXPLAIN_LEVEL_GATES)
        last = decision.id
    return response


def _log(engine: Engine, identity: str, before: bytes | None) -> Iterator[Decision]:
    while page := engine.decisions(identity, _CHUNK, before):
        yield from page
        before = page[-1].id


def _wanted(request: pb.ListDecisionsRequest, decision: Decision) -> bool:
    return (
        request.rule in ("", decision.rule)
        and request.verdict in (0, decision.verdict)
        and request.reason in ("", decision.reason)
        and request.event_message_id in ("", decision.message_id)
        and not (request.HasField("start_time") and decision.created < instant_of(request.start_time))
        and not (request.HasField("end_time") and decision.created >= instant_of(request.end_time))
    )

"""Pages of the decision log."""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.decision import Decision
from duly.engine.decision_log import DecisionLog
from duly.engine.engine import Engine
from duly.engine.event import Flaw
from duly.engine.place import Place, place_of
from duly.engine.privacy import identities_of
from duly.service.convert.decision import put_decision
from duly.service.convert.flawed import Flawed
from duly.service.convert.instant import in_range, instant_of
from duly.service.convert.question import identity_of
from duly.service.paging import MOST_BYTES, page_size, place_in, token_for
from duly.v1 import decision_pb2
from duly.v1 import decision_service_pb2 as pb

MOST_LOOKED_AT = 20_000
"""How many decisions are looked at for one page: a page may be short, even empty, and yet not the last."""


def list_decisions(engine: Engine, request: pb.ListDecisionsRequest) -> pb.ListDecisionsResponse:
    """One page of the decisions about a user, or about everybody, newest first; raises `Flawed`."""
    _demand_sound(request)
    size, before = page_size(request.page_size), place_in(request, request.page_token)
    response, last, room = pb.ListDecisionsResponse(), b"", MOST_BYTES
    for count, decision in enumerate(_log(engine, request, before)):
        wanted = _wanted(request, decision)
        if count == MOST_LOOKED_AT or (wanted and (len(response.decisions) == size or room <= 0)):
            response.next_page_token = token_for(request, last)
            break
        last = place_of(decision.id)
        if wanted:
            put_decision(response.decisions.add(), decision, pb.EXPLAIN_LEVEL_GATES)
            room -= response.decisions[-1].ByteSize()
    return response


def _demand_sound(request: pb.ListDecisionsRequest) -> None:
    flaws: list[Flaw] = []
    if request.user_id or request.anonymous_id:
        identity_of(request.user_id, request.anonymous_id, flaws)
    if request.verdict not in decision_pb2.Verdict.values():
        flaws.append(Flaw("verdict", "unknown", f"verdict {request.verdict} is not one this version knows: 0 to 3"))
    flaws += [
        Flaw(field, "out-of-range", f"{field} is not a time between the years 1 and 9999")
        for field in ("start_time", "end_time")
        if request.HasField(field) and not in_range(getattr(request, field))
    ]
    if flaws:
        raise Flawed(flaws)


def _log(engine: Engine, request: pb.ListDecisionsRequest, before: Place | None) -> Iterator[Decision]:
    log = DecisionLog(engine.store, engine.keys)
    since = max(instant_of(request.start_time), 0)
    until = instant_of(request.end_time) if request.HasField("end_time") else 0
    if request.HasField("end_time") and until <= since:
        return iter(())
    if not request.user_id and not request.anonymous_id:
        return log.of_everybody(before, since, until)
    identity = identity_of(request.user_id, request.anonymous_id, [])
    return log.of_user(identities_of(engine, identity), before, since, until)


def _wanted(request: pb.ListDecisionsRequest, decision: Decision) -> bool:
    return (
        request.rule in ("", decision.rule)
        and request.verdict in (0, decision.verdict)
        and request.reason in ("", decision.reason)
        and request.event_message_id in ("", decision.message_id)
        and not (request.HasField("start_time") and decision.created < instant_of(request.start_time))
        and not (request.HasField("end_time") and decision.created >= instant_of(request.end_time))
    )

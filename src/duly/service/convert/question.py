"""From protobuf requests to the engine's questions."""

from __future__ import annotations

from hashlib import blake2b

from duly.engine.api import Mode, Question
from duly.engine.event import Event, Flaw, flaw, id_flaw, identity
from duly.service.convert.event import event_of
from duly.service.convert.flawed import Flawed, under
from duly.service.convert.instant import SECOND, in_range, instant_of, span_of
from duly.v1 import decision_service_pb2 as pb
from duly.v1.decision_pb2 import MODE_COMMIT

DEFAULT_LEASE = 60 * SECOND
LONGEST_LEASE = 24 * 3600 * SECOND

_MODES = (Mode.COMMIT, Mode.PEEK, Mode.RESERVE, Mode.COMMIT)


def question_of(request: pb.DecideRequest, arrival: int) -> Question:
    """The question of a request that arrived at the instant `arrival`; raises `Flawed` with all that is wrong."""
    number, explain = request.mode, request.explain
    flaws: list[Flaw] = []
    if not 0 <= number < len(_MODES):
        flaws.append(Flaw("mode", "unknown", f"mode {number} is not one this version knows: 0 to 3"))
        number = MODE_COMMIT
    if not 0 <= explain <= pb.EXPLAIN_LEVEL_FULL:
        flaws.append(Flaw("explain", "unknown", f"explain {explain} is not one this version knows: 0 to 2"))
    mode = _MODES[number]
    who = identity_of(request.user_id, request.anonymous_id, flaws)
    event = _event(request, arrival, mode, flaws) if request.HasField("event") else None
    question = Question(who, mode, event, request.rule, full=explain == pb.EXPLAIN_LEVEL_FULL)
    if request.HasField("time"):
        question.time = _time(request, question, flaws)
    if request.HasField("lease"):
        question.lease = lease_of(request, flaws)
    if request.request_id:
        _identify(request, question, flaws)
    if flaws:
        raise Flawed(flaws)
    return question


def identity_of(user_id: str, anonymous_id: str, flaws: list[Flaw]) -> str:
    """Whom two ids name; what is wrong with them is added to `flaws`."""
    found = id_flaw("user_id", user_id) or id_flaw("anonymous_id", anonymous_id)
    if found is None and not user_id and not anonymous_id:
        found = Flaw("user_id", "missing", "user_id or anonymous_id is required")
    if found is not None:
        flaws.append(found)
    return identity(user_id, anonymous_id)


def lease_of(request: pb.DecideRequest | pb.WatchRequest, flaws: list[Flaw]) -> int:
    """The lease of a request in microseconds, the default one if it names none."""
    if not request.HasField("lease"):
        return DEFAULT_LEASE
    lease = span_of(request.lease)
    if not SECOND <= lease <= LONGEST_LEASE:
        flaws.append(Flaw("lease", "out-of-range", "lease must be between a second and a day"))
    return lease


def _event(request: pb.DecideRequest, arrival: int, mode: Mode, flaws: list[Flaw]) -> Event | None:
    try:
        event = event_of(request.event, arrival)
    except Flawed as error:
        flaws.extend(under("event.", found) for found in error.flaws)
        return None
    found = flaw(event)
    if found is not None and not (mode is Mode.PEEK and found.field == "message_id" and not event.message_id):
        flaws.append(under("event.", found))
    return event


def _time(request: pb.DecideRequest, question: Question, flaws: list[Flaw]) -> int:
    time = instant_of(request.time)
    if not in_range(request.time):
        flaws.append(Flaw("time", "out-of-range", "time is not a time between the years 1 and 9999"))
    elif question.mode is not Mode.PEEK:
        flaws.append(Flaw("time", "needs-peek", "time is allowed only with MODE_PEEK, which changes nothing"))
    elif question.event is not None and time < question.event.time:
        flaws.append(Flaw("time", "before-event", "time lies before the event that it asks about"))
    return time


def _identify(request: pb.DecideRequest, question: Question, flaws: list[Flaw]) -> None:
    found = id_flaw("request_id", request.request_id)
    if found is not None:
        flaws.append(found)
    question.request_id = request.request_id
    question.digest = blake2b(request.SerializeToString(deterministic=True), digest_size=16).digest()

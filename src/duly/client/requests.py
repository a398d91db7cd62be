"""The messages that calls send, from what is handy to write in Python; both clients make theirs here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from duly.client.errors import ServiceError, Violation
from duly.client.events import timestamp
from duly.v1 import decision_pb2, rule_service_pb2, user_service_pb2
from duly.v1 import decision_service_pb2 as pb
from duly.v1.event_pb2 import Event
from duly.v1.problem_pb2 import Problem
from duly.v1.user_pb2 import Preferences

Mode = Literal["peek", "reserve", "commit"]
Outcome = Literal["sent", "failed", "opened", "dismissed", "converted", "unsubscribed"]
Explain = Literal["brief", "gates", "full"]
Verdict = Literal["notify", "defer", "suppress"]

_VERDICTS: dict[Verdict, decision_pb2.Verdict.ValueType] = {
    "notify": decision_pb2.VERDICT_NOTIFY,
    "defer": decision_pb2.VERDICT_DEFER,
    "suppress": decision_pb2.VERDICT_SUPPRESS,
}
_MODES: dict[Mode, decision_pb2.Mode.ValueType] = {
    "peek": decision_pb2.MODE_PEEK,
    "reserve": decision_pb2.MODE_RESERVE,
    "commit": decision_pb2.MODE_COMMIT,
}
_OUTCOMES: dict[Outcome, pb.OutcomeType.ValueType] = {
    "sent": pb.OUTCOME_TYPE_SENT,
    "failed": pb.OUTCOME_TYPE_FAILED,
    "opened": pb.OUTCOME_TYPE_OPENED,
    "dismissed": pb.OUTCOME_TYPE_DISMISSED,
    "converted": pb.OUTCOME_TYPE_CONVERTED,
    "unsubscribed": pb.OUTCOME_TYPE_UNSUBSCRIBED,
}
_EXPLAIN: dict[Explain, pb.ExplainLevel.ValueType] = {
    "brief": pb.EXPLAIN_LEVEL_UNSPECIFIED,
    "gates": pb.EXPLAIN_LEVEL_GATES,
    "full": pb.EXPLAIN_LEVEL_FULL,
}


def question(
    user_id: str = "",
    *,
    anonymous_id: str = "",
    event: Event | None = None,
    rule: str = "",
    mode: Mode = "commit",
    time: datetime | None = None,
    request_id: str = "",
    explain: Explain = "brief",
    lease: timedelta | None = None,
) -> pb.DecideRequest:
    """Should this user be notified: about `event`, or without one, is anything due? `time` only with `peek`."""
    request = pb.DecideRequest(
        user_id=user_id,
        anonymous_id=anonymous_id,
        event=event,
        rule=rule,
        mode=_MODES[mode],
        request_id=request_id or ("" if mode == "peek" else str(uuid4())),
        explain=_EXPLAIN[explain],
    )
    if time is not None:
        request.time.CopyFrom(timestamp(time))
    if lease is not None:
        request.lease.FromTimedelta(lease)
    return request


def repeatable(requests: Iterable[pb.DecideRequest]) -> pb.BatchDecideRequest:
    """A batch in which everything that changes something has a request id, so that it can be sent again."""
    batch = pb.BatchDecideRequest(requests=requests)
    for request in batch.requests:
        if not request.request_id and request.mode != decision_pb2.MODE_PEEK:
            request.request_id = str(uuid4())
    return batch


def granted(response: pb.DecideResponse) -> decision_pb2.Decision | None:
    """The first decision to notify; raises `ServiceError` for a question that could not be answered."""
    if response.HasField("error"):
        raise problem_error(response.error)
    for decision in response.decisions:
        if decision.verdict == decision_pb2.VERDICT_NOTIFY:
            return decision
    return None


def problem_error(problem: Problem) -> ServiceError:
    """What a question of a batch failed with, as if it had been a call of its own."""
    violations = tuple(Violation(found.field, found.reason, found.description) for found in problem.violations)
    return ServiceError(_CODES.get(problem.code, "UNKNOWN"), problem.message, violations)


_CODES = {
    3: "INVALID_ARGUMENT",
    5: "NOT_FOUND",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    15: "DATA_LOSS",
}


def watching(
    max_in_flight: int,
    lease: timedelta | None,
    worker: str,
    rules: Sequence[str],
    categories: Sequence[str],
    channels: Sequence[str],
) -> pb.WatchRequest:
    """What a worker wants."""
    request = pb.WatchRequest(
        max_in_flight=max_in_flight, worker=worker, rules=rules, categories=categories, channels=channels
    )
    if lease is not None:
        request.lease.FromTimedelta(lease)
    return request


def outcome(decision_id: str, happened: Outcome, *, time: datetime | None = None, description: str = "") -> pb.Outcome:
    """What became of one notification, now unless `time` (with a zone) says when."""
    told = pb.Outcome(decision_id=decision_id, type=_OUTCOMES[happened], description=description)
    if time is not None:
        told.time.CopyFrom(timestamp(time))
    return told


def listing(
    user_id: str,
    anonymous_id: str,
    rule: str,
    reason: str,
    start: datetime | None,
    end: datetime | None,
    verdict: Verdict | None = None,
    message_id: str = "",
    page_size: int = 0,
) -> pb.ListDecisionsRequest:
    """The first page of what the decision log says."""
    request = pb.ListDecisionsRequest(
        user_id=user_id,
        anonymous_id=anonymous_id,
        rule=rule,
        reason=reason,
        verdict=_VERDICTS[verdict] if verdict else decision_pb2.VERDICT_UNSPECIFIED,
        event_message_id=message_id,
        page_size=page_size,
    )
    if start is not None:
        request.start_time.CopyFrom(timestamp(start))
    if end is not None:
        request.end_time.CopyFrom(timestamp(end))
    return request


def preview(rule: str, event: Event | None, time: datetime | None) -> pb.PreviewRequest:
    """Whom a rule would reach."""
    request = pb.PreviewRequest(rule=rule, event=event)
    if time is not None:
        request.time.CopyFrom(timestamp(time))
    return request


def publishing(
    files: Mapping[str, bytes], etag: str, description: str, *, validate_only: bool, shadow: bool
) -> rule_service_pb2.PublishRulesRequest:
    """A rule set to publish."""
    return rule_service_pb2.PublishRulesRequest(
        files=rule_files(files), etag=etag, validate_only=validate_only, shadow=shadow, description=description
    )


def rule_files(files: Mapping[str, bytes]) -> list[rule_service_pb2.RuleFile]:
    """Rule files from the content of each by name."""
    return [rule_service_pb2.RuleFile(name=name, content=content) for name, content in files.items()]


def choosing(
    user_id: str, anonymous_id: str, preferences: Preferences, fields: Iterable[str]
) -> user_service_pb2.SetPreferencesRequest:
    """What a user chooses; `fields` are those to replace."""
    request = user_service_pb2.SetPreferencesRequest(
        user_id=user_id, anonymous_id=anonymous_id, preferences=preferences
    )
    request.update_mask.paths.extend(fields)
    return request

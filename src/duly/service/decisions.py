"""Decides, and tells what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import grpc

from duly.engine.api import OUTCOMES, Recorded, Report, Reported
from duly.engine.decision import Decision, id_bytes
from duly.engine.engine import Engine
from duly.engine.event import Flaw, id_flaw
from duly.native.batches import Batches
from duly.service.convert.decision import put_decision
from duly.service.convert.flawed import Flawed
from duly.service.convert.instant import in_range, instant_of, put_instant
from duly.service.deciding import Deciding, demand_at_most
from duly.service.errors import NotFound
from duly.service.listing import list_decisions
from duly.service.preview import preview
from duly.service.streams import Inbox, Streams
from duly.service.telemetry import Metrics
from duly.service.together import Apart, Asked, Together
from duly.service.watch import Watch
from duly.service.watchers import Watchers
from duly.v1 import decision_service_pb2 as pb


class Decisions:
    """The methods of `DecisionService`; `asked` are those whom `duly.service.own_calls` asks, by method."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], int],
        streams: Streams,
        watchers: Watchers,
        metrics: Metrics,
        batches: Batches | None = None,
    ) -> None:
        self._engine, self._clock, self._streams = engine, clock, streams
        self._watchers, self._metrics = watchers, metrics
        self._deciding = Deciding(engine, clock, metrics, batches)
        self._together = Together(self._deciding.each, engine.store.sync)
        self.asked: dict[str, Asked] = {"Decide": self._together, "BatchDecide": Apart(self._deciding.batch)}
        self._watch = Watch(engine, clock, streams, watchers, metrics)

    # --- deciding -----------------------------------------------------------------------------------------------------

    def Decide(self, request: bytes, context: grpc.ServicerContext) -> bytes:  # noqa: N802
        return self._together.ask(request)

    def BatchDecide(self, request: bytes, context: grpc.ServicerContext) -> bytes:  # noqa: N802
        return self._deciding.batch(request)

    def StreamDecide(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:  # noqa: N802
        for request in Inbox(requests).messages(self._streams):
            yield self._deciding.batch(request)

    # --- delivering ---------------------------------------------------------------------------------------------------

    def Watch(self, request: pb.WatchRequest, context: grpc.ServicerContext) -> Iterator[pb.Notification]:  # noqa: N802
        return self._watch.notifications(request, context)

    def Report(self, request: pb.ReportRequest, context: grpc.ServicerContext) -> pb.ReportResponse:  # noqa: N802
        demand_at_most("outcomes", len(request.outcomes))
        arrival = self._clock()
        read = [_report(outcome, arrival) for outcome in request.outcomes]
        reports = [report for report in read if isinstance(report, Report)]
        results = iter(self._engine.report(reports) if reports else ())
        response = pb.ReportResponse()
        for number, (outcome, report) in enumerate(zip(request.outcomes, read, strict=True)):
            result = next(results) if isinstance(report, Report) else Reported(Recorded.REJECTED, report)
            _put_reported(response.results.add(), outcome, number, result)
        self._watchers.release(report.decision for report in reports)
        self._metrics.reported(report.outcome for report in reports)
        return response

    # --- looking back -------------------------------------------------------------------------------------------------

    def ListDecisions(  # noqa: N802
        self, request: pb.ListDecisionsRequest, context: grpc.ServicerContext
    ) -> pb.ListDecisionsResponse:
        return list_decisions(self._engine, request)

    def GetDecision(self, request: pb.GetDecisionRequest, context: grpc.ServicerContext) -> pb.GetDecisionResponse:  # noqa: N802
        key = _key(request.decision_id)
        if isinstance(key, Flaw):
            raise Flawed((key,))
        decision = self._engine.decision(key)
        if decision is None:
            raise NotFound(f"no decision has the id `{request.decision_id}`")
        response = pb.GetDecisionResponse()
        put_decision(response.decision, decision, pb.EXPLAIN_LEVEL_GATES)
        _put_outcomes(response, decision, request.decision_id)
        return response

    def Preview(self, request: pb.PreviewRequest, context: grpc.ServicerContext) -> pb.PreviewResponse:  # noqa: N802
        return preview(self._engine, request, self._clock(), context)


def _key(decision_id: str) -> bytes | Flaw:
    key = id_bytes(decision_id)
    if key is not None:
        return key
    malformed = Flaw("decision_id", "malformed", "decision_id is not the id of a decision")
    return malformed if decision_id else id_flaw("decision_id", "", required=True) or malformed


def _report(outcome: pb.Outcome, arrival: int) -> Report | Flaw:
    key = _key(outcome.decision_id)
    if isinstance(key, Flaw):
        return key
    if not 1 <= outcome.type <= len(OUTCOMES):
        return Flaw("type", "unknown", f"type must be one of {', '.join(OUTCOMES)}")
    if not in_range(outcome.time):
        return Flaw("time", "out-of-range", "time is not a time between the years 1 and 9999")
    time = min(instant_of(outcome.time), arrival) if outcome.HasField("time") else arrival
    return Report(key, OUTCOMES[outcome.type - 1], time, outcome.description)


def _put_reported(target: pb.ReportResult, outcome: pb.Outcome, number: int, result: Reported) -> None:
    target.status = pb.ReportStatus.ValueType(result.recorded)
    target.decision_id = outcome.decision_id
    if result.flaw is not None:
        target.field = f"outcomes[{number}].{result.flaw.field}"
        target.reason, target.description = result.flaw.reason, result.flaw.description


def _put_outcomes(response: pb.GetDecisionResponse, decision: Decision, decision_id: str) -> None:
    for outcome, time in decision.outcomes:
        target = response.outcomes.add(decision_id=decision_id)
        target.type = pb.OutcomeType.ValueType(OUTCOMES.index(outcome) + 1)
        target.description = decision.descriptions.get(outcome, "")
        put_instant(target.time, time)

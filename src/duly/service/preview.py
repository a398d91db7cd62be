"""Answers whom a rule would reach."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import cast

import grpc

from duly.engine.engine import Engine
from duly.engine.event import Event, Flaw, flaw
from duly.engine.preview import Previewing
from duly.meaning.model import CalendarTrigger, SegmentTrigger
from duly.planning.plan import RulePlan
from duly.service.convert.event import event_of
from duly.service.convert.flawed import Flawed, under
from duly.service.convert.instant import in_range, instant_of
from duly.v1 import decision_pb2
from duly.v1 import decision_service_pb2 as pb

_WITHOUT_EVENT = (CalendarTrigger, SegmentTrigger)
_LONGEST = 20.0
_MARGIN = 0.8
"""The part of a caller's time that the asking may take."""


def preview(engine: Engine, request: pb.PreviewRequest, now: int, context: grpc.ServicerContext) -> pb.PreviewResponse:
    """The answer to a request that arrived at the instant `now`; raises `Flawed`."""
    flaws: list[Flaw] = []
    rule = _rule(engine, request, flaws)
    time = _time(request, now, flaws)
    event = _event(request, time, flaws) if request.HasField("event") else None
    if rule is not None and event is None and not flaws and not isinstance(rule.rule.trigger, _WITHOUT_EVENT):
        flaws.append(Flaw("event", "missing", "event is required: the rule waits for neither a date nor a segment"))
    if rule is not None and event is not None and rule not in engine.plan.hearing(event.name):
        text = f"the rule `{rule.name}` does not listen to `{event.name}`"
        flaws.append(Flaw("event.event", "not-heard", text))
    if flaws or rule is None:
        raise Flawed(flaws)
    found = Previewing(engine, rule, event, time, _lateness(context)).preview()
    response = pb.PreviewResponse(
        audience_size=found.audience,
        asked_count=found.asked,
        sample_share=found.share,
        rules_version=found.version,
    )
    for (verdict, reason), count in sorted(found.verdicts.items()):
        response.verdict_counts.add(verdict=decision_pb2.Verdict.ValueType(verdict), reason=reason, count=count)
    for hour, count in sorted(found.hours.items()):
        response.local_hour_counts.add(hour=hour, count=count)
    return response


def _lateness(context: grpc.ServicerContext) -> Callable[[], bool]:
    """Whether it is time to answer, as the caller's deadline has it."""
    # None where the caller set no deadline, whatever the types of gRPC say.
    remaining = cast("float | None", context.time_remaining())
    end = monotonic() + (_LONGEST if remaining is None else min(remaining * _MARGIN, _LONGEST))
    return lambda: monotonic() >= end or not context.is_active()


def _rule(engine: Engine, request: pb.PreviewRequest, flaws: list[Flaw]) -> RulePlan | None:
    if not request.rule:
        flaws.append(Flaw("rule", "missing", "rule is required: the name of a published rule"))
        return None
    rule = engine.plan.rule(request.rule)
    if rule is None:
        flaws.append(Flaw("rule", "unknown", f"no published rule is called `{request.rule[:100]}`"))
    return rule


def _time(request: pb.PreviewRequest, now: int, flaws: list[Flaw]) -> int:
    """The instant to imagine the event at: without a time, that of an event yet to come, else now."""
    told = request.HasField("event") and in_range(request.event.timestamp)
    happens = instant_of(request.event.timestamp) if told else 0
    if not request.HasField("time"):
        return max(now, happens)
    time = instant_of(request.time)
    if not in_range(request.time) or time <= 0:
        flaws.append(Flaw("time", "out-of-range", "time is not a time between the years 1970 and 9999"))
    elif time < happens:
        flaws.append(Flaw("time", "before-event", "time lies before the event that it asks about"))
    return time


def _event(request: pb.PreviewRequest, time: int, flaws: list[Flaw]) -> Event | None:
    try:
        event = event_of(request.event, time)
    except Flawed as error:
        flaws.extend(under("event.", found) for found in error.flaws)
        return None
    event.message_id = event.message_id or "preview"
    found = flaw(event)
    if found is not None:
        flaws.append(under("event.", found))
    return event

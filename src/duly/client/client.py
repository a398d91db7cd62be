"""A synchronous client of the duly service."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Literal, Self, TypeVar
from uuid import uuid4

import grpc

from duly.client.connection import Security, connect, metadata
from duly.client.errors import service_error
from duly.client.events import timestamp
from duly.client.patience import Patience
from duly.client.streams import Pipeline, notifications
from duly.v1 import decision_pb2, decision_service_pb2, event_service_pb2, rule_service_pb2, user_service_pb2
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
from duly.v1.event_pb2 import Event
from duly.v1.event_service_pb2_grpc import EventServiceStub
from duly.v1.rule_service_pb2_grpc import RuleServiceStub
from duly.v1.user_service_pb2_grpc import UserServiceStub

Mode = Literal["peek", "reserve", "commit"]
Outcome = Literal["sent", "failed", "opened", "dismissed", "converted", "unsubscribed"]
Explain = Literal["brief", "gates", "full"]
Response = TypeVar("Response")

_MODES: dict[Mode, decision_pb2.Mode.ValueType] = {
    "peek": decision_pb2.MODE_PEEK,
    "reserve": decision_pb2.MODE_RESERVE,
    "commit": decision_pb2.MODE_COMMIT,
}
_OUTCOMES: dict[Outcome, decision_service_pb2.OutcomeType.ValueType] = {
    "sent": decision_service_pb2.OUTCOME_TYPE_SENT,
    "failed": decision_service_pb2.OUTCOME_TYPE_FAILED,
    "opened": decision_service_pb2.OUTCOME_TYPE_OPENED,
    "dismissed": decision_service_pb2.OUTCOME_TYPE_DISMISSED,
    "converted": decision_service_pb2.OUTCOME_TYPE_CONVERTED,
    "unsubscribed": decision_service_pb2.OUTCOME_TYPE_UNSUBSCRIBED,
}
_EXPLAIN: dict[Explain, decision_service_pb2.ExplainLevel.ValueType] = {
    "brief": decision_service_pb2.EXPLAIN_LEVEL_UNSPECIFIED,
    "gates": decision_service_pb2.EXPLAIN_LEVEL_GATES,
    "full": decision_service_pb2.EXPLAIN_LEVEL_FULL,
}


class Client:
    """
    A connection to `host:port`. Calls have `timeout` seconds, repeats included, and raise `ServiceError`.

    Calls that can safely be repeated are, while the service is away. A client may be shared by threads.
    """

    def __init__(self, address: str, *, security: Security | None = None, timeout: float = 10.0) -> None:
        self._security = security or Security()
        self._channel = connect(address, self._security)
        self._timeout = timeout
        self._events = EventServiceStub(self._channel)
        self._decisions = DecisionServiceStub(self._channel)
        self._rules = RuleServiceStub(self._channel)
        self._users = UserServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all calls and the connection."""
        self._channel.close()

    # --- events -------------------------------------------------------------------------------------------------------

    def ingest(self, events: Sequence[Event], *, history: bool = False) -> event_service_pb2.IngestResponse:
        """Take events in; on return all accepted ones are durable. With `history` nothing is decided on them."""
        request = event_service_pb2.IngestRequest(events=events, history=history)
        return self._call(self._events.Ingest, request)

    def ingest_stream(
        self,
        batches: Iterable[event_service_pb2.IngestRequest],
        *,
        window: int = 8,
        patience: Patience | None = None,
    ) -> Iterator[event_service_pb2.IngestResponse]:
        """Take batches in, up to `window` under way at a time; an answer for each, in order, once it is durable."""
        open_stream = partial(self._events.IngestStream, metadata=metadata(self._security))
        return Pipeline(open_stream, window, patience or Patience()).send(batches)

    # --- decisions ----------------------------------------------------------------------------------------------------

    def decide(
        self,
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
    ) -> decision_service_pb2.DecideResponse:
        """Should this user be notified now: about `event`, or without one, is anything due? `time` only with `peek`."""
        request = decision_service_pb2.DecideRequest(
            user_id=user_id,
            anonymous_id=anonymous_id,
            event=event,
            rule=rule,
            mode=_MODES[mode],
            request_id=request_id or _request_id(mode),
            explain=_EXPLAIN[explain],
        )
        if time is not None:
            request.time.CopyFrom(timestamp(time))
        if lease is not None:
            request.lease.FromTimedelta(lease)
        return self._call(self._decisions.Decide, request)

    def watch(
        self,
        *,
        max_in_flight: int = 0,
        lease: timedelta | None = None,
        worker: str = "",
        rules: Sequence[str] = (),
        categories: Sequence[str] = (),
        channels: Sequence[str] = (),
        patience: Patience | None = None,
    ) -> Generator[decision_service_pb2.Notification]:
        """The notifications as they become due; each has to be reported, or it comes again. Never ends by itself."""
        request = decision_service_pb2.WatchRequest(
            max_in_flight=max_in_flight, worker=worker, rules=rules, categories=categories, channels=channels
        )
        if lease is not None:
            request.lease.FromTimedelta(lease)
        open_stream = partial(self._decisions.Watch, request, metadata=metadata(self._security))
        return notifications(open_stream, patience or Patience())

    def report(
        self, decision_id: str, outcome: Outcome, *, time: datetime | None = None, description: str = ""
    ) -> decision_service_pb2.ReportResult:
        """Tell what became of a notification. Telling it again changes nothing."""
        told = decision_service_pb2.Outcome(decision_id=decision_id, type=_OUTCOMES[outcome], description=description)
        if time is not None:
            told.time.CopyFrom(timestamp(time))
        return self._call(self._decisions.Report, decision_service_pb2.ReportRequest(outcomes=[told])).results[0]

    def decision(self, decision_id: str) -> decision_service_pb2.GetDecisionResponse:
        """One decision and what became of it."""
        return self._call(self._decisions.GetDecision, decision_service_pb2.GetDecisionRequest(decision_id=decision_id))

    def decisions(self, user_id: str = "", *, anonymous_id: str = "") -> Iterator[decision_pb2.Decision]:
        """The decision log of a user, newest first, read page by page."""
        request = decision_service_pb2.ListDecisionsRequest(user_id=user_id, anonymous_id=anonymous_id)
        while True:
            page = self._call(self._decisions.ListDecisions, request)
            yield from page.decisions
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    # --- rules and users ----------------------------------------------------------------------------------------------

    def check(self, files: Mapping[str, bytes]) -> rule_service_pb2.CheckRulesResponse:
        """What is wrong with a rule set, given as the content of each file by name."""
        return self._call(self._rules.CheckRules, rule_service_pb2.CheckRulesRequest(files=_files(files)))

    def publish(
        self, files: Mapping[str, bytes], *, etag: str = "", validate_only: bool = False, description: str = ""
    ) -> rule_service_pb2.PublishRulesResponse:
        """Make a rule set the current one; with an `etag`, only if it replaces that version."""
        request = rule_service_pb2.PublishRulesRequest(
            files=_files(files), etag=etag, validate_only=validate_only, description=description
        )
        return self._call(self._rules.PublishRules, request)

    def rules(self, version: str = "") -> rule_service_pb2.GetRulesResponse:
        """The text of a version of the rules, of the current one by default."""
        return self._call(self._rules.GetRules, rule_service_pb2.GetRulesRequest(version=version))

    def user(self, user_id: str = "", *, anonymous_id: str = "") -> user_service_pb2.GetUserResponse:
        """What is kept about a user."""
        request = user_service_pb2.GetUserRequest(user_id=user_id, anonymous_id=anonymous_id)
        return self._call(self._users.GetUser, request)

    def _call(self, method: Callable[..., Response], request: object) -> Response:
        try:
            return method(request, timeout=self._timeout, metadata=metadata(self._security))
        except grpc.RpcError as error:
            raise service_error(error) from error


def _request_id(mode: Mode) -> str:
    """What makes a repeated call safe; a peek needs nothing."""
    return "" if mode == "peek" else str(uuid4())


def _files(files: Mapping[str, bytes]) -> list[rule_service_pb2.RuleFile]:
    return [rule_service_pb2.RuleFile(name=name, content=content) for name, content in files.items()]

"""A client of the duly service for programs with an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import grpc

from duly.client import requests
from duly.client.async_asking import AsyncAsking
from duly.client.async_streams import AsyncPipeline, Batches, notifications, parts
from duly.client.connection import Security, connect_async, metadata
from duly.client.errors import service_error
from duly.client.patience import Patience, pause_before_again
from duly.client.requests import Explain, Mode, Outcome
from duly.v1 import decision_service_pb2, event_service_pb2, rule_service_pb2, user_service_pb2
from duly.v1.admin_service_pb2 import BackupRequest
from duly.v1.admin_service_pb2_grpc import AdminServiceStub
from duly.v1.decision_pb2 import Decision
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
from duly.v1.event_pb2 import Event
from duly.v1.event_service_pb2_grpc import EventServiceStub
from duly.v1.rule_service_pb2_grpc import RuleServiceStub
from duly.v1.user_pb2 import Preferences
from duly.v1.user_service_pb2_grpc import UserServiceStub

Response = TypeVar("Response")


class AsyncClient:
    """
    A connection to `host:port`: the methods of `Client`, to be awaited or iterated over with `async for`.

    Calls have `timeout` seconds, repeats included, and raise `ServiceError`. For one event loop.
    """

    def __init__(
        self, address: str, *, security: Security | None = None, timeout: float = 10.0, tenant: str = ""
    ) -> None:
        security = security or Security()
        self._metadata = metadata(security, tenant)
        self._channel = connect_async(address, security)
        self._timeout = timeout
        self._admin = AdminServiceStub(self._channel)
        self._events = EventServiceStub(self._channel)
        self._decisions = DecisionServiceStub(self._channel)
        self._rules = RuleServiceStub(self._channel)
        self._users = UserServiceStub(self._channel)
        self._asking = AsyncAsking(partial(self._decisions.StreamDecide, metadata=self._metadata), timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all calls and the connection."""
        await self._asking.close()
        await self._channel.close()

    # --- events -------------------------------------------------------------------------------------------------------

    async def ingest(self, events: Sequence[Event], *, history: bool = False) -> event_service_pb2.IngestResponse:
        """Take events in; on return all accepted ones are durable. With `history` nothing is decided on them."""
        request = event_service_pb2.IngestRequest(events=events, history=history)
        return await self._call(self._events.Ingest, request)

    def ingest_stream(
        self,
        batches: Batches,
        *,
        window: int = 8,
        patience: Patience | None = None,
    ) -> AsyncGenerator[event_service_pb2.IngestResponse]:
        """Take batches in, up to `window` under way at a time; an answer for each, in order, once it is durable."""
        open_stream = partial(self._events.IngestStream, metadata=self._metadata)
        return AsyncPipeline(open_stream, window, patience or Patience()).send(batches)

    # --- decisions ----------------------------------------------------------------------------------------------------

    async def should_notify(
        self,
        user_id: str = "",
        event: Event | None = None,
        *,
        anonymous_id: str = "",
        rule: str = "",
        mode: Mode = "commit",
        explain: Explain = "brief",
        lease: timedelta | None = None,
    ) -> Decision | None:
        """
        The notification to send to this user now, about `event` or whatever is due; None for not now.

        Questions that tasks ask within a millisecond travel together, at the speed of batches; one that is wrong
        raises `ServiceError` without touching the others. If several rules grant at once this is the first of them;
        `decide` tells of all, and why not.
        """
        asked = requests.question(
            user_id, anonymous_id=anonymous_id, event=event, rule=rule, mode=mode, explain=explain, lease=lease
        )
        return requests.granted(await self._asking.ask(asked))

    async def decide(
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
        request = requests.question(
            user_id,
            anonymous_id=anonymous_id,
            event=event,
            rule=rule,
            mode=mode,
            time=time,
            request_id=request_id,
            explain=explain,
            lease=lease,
        )
        return await self._call(self._decisions.Decide, request)

    async def batch_decide(
        self, questions: Iterable[decision_service_pb2.DecideRequest]
    ) -> Sequence[decision_service_pb2.DecideResponse]:
        """An answer to each of at most 1,000 `question(…)`s, in order; one that is wrong has an `error`."""
        return (await self._call(self._decisions.BatchDecide, requests.repeatable(questions))).responses

    async def preview(
        self, rule: str, event: Event | None = None, *, time: datetime | None = None
    ) -> decision_service_pb2.PreviewResponse:
        """Whom a rule would reach if an event happened at `time`, and when. Changes nothing."""
        return await self._call(self._decisions.Preview, requests.preview(rule, event, time))

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
    ) -> AsyncGenerator[decision_service_pb2.Notification]:
        """The notifications as they become due; each has to be reported, or it comes again. Never ends by itself."""
        request = requests.watching(max_in_flight, lease, worker, rules, categories, channels)
        open_stream = partial(self._decisions.Watch, request, metadata=self._metadata)
        return notifications(open_stream, patience or Patience())

    async def report(
        self, decision_id: str, outcome: Outcome, *, time: datetime | None = None, description: str = ""
    ) -> decision_service_pb2.ReportResult:
        """Tell what became of a notification. Telling it again changes nothing."""
        told = requests.outcome(decision_id, outcome, time=time, description=description)
        return (await self.report_all([told]))[0]

    async def report_all(
        self, outcomes: Iterable[decision_service_pb2.Outcome]
    ) -> Sequence[decision_service_pb2.ReportResult]:
        """Tell what became of at most 1,000 notifications, each an `outcome(…)`; a result for each, in order."""
        request = decision_service_pb2.ReportRequest(outcomes=outcomes)
        return (await self._call(self._decisions.Report, request)).results

    async def decision(self, decision_id: str) -> decision_service_pb2.GetDecisionResponse:
        """One decision and what became of it."""
        return await self._call(
            self._decisions.GetDecision, decision_service_pb2.GetDecisionRequest(decision_id=decision_id)
        )

    async def decisions(
        self,
        user_id: str = "",
        *,
        anonymous_id: str = "",
        rule: str = "",
        reason: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
        verdict: requests.Verdict | None = None,
        message_id: str = "",
        page_size: int = 0,
    ) -> AsyncGenerator[Decision]:
        """The decision log, newest first, read page by page."""
        request = requests.listing(user_id, anonymous_id, rule, reason, start, end, verdict, message_id, page_size)
        while True:
            page = await self._call(self._decisions.ListDecisions, request)
            for found in page.decisions:
                yield found
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    # --- rules --------------------------------------------------------------------------------------------------------

    async def check(self, files: Mapping[str, bytes]) -> rule_service_pb2.CheckRulesResponse:
        """What is wrong with a rule set, given as the content of each file by name."""
        return await self._call(
            self._rules.CheckRules, rule_service_pb2.CheckRulesRequest(files=requests.rule_files(files))
        )

    async def publish(
        self,
        files: Mapping[str, bytes],
        *,
        etag: str = "",
        validate_only: bool = False,
        shadow: bool = False,
        description: str = "",
    ) -> rule_service_pb2.PublishRulesResponse:
        """Make a rule set the current one; with an `etag`, only if it replaces that version."""
        request = requests.publishing(files, etag, description, validate_only=validate_only, shadow=shadow)
        return await self._call(self._rules.PublishRules, request)

    async def roll_back(
        self, version: str, *, etag: str = "", validate_only: bool = False
    ) -> rule_service_pb2.RollbackRulesResponse:
        """Publish an earlier version again, as a new one."""
        request = rule_service_pb2.RollbackRulesRequest(version=version, etag=etag, validate_only=validate_only)
        return await self._call(self._rules.RollbackRules, request)

    async def rules(self, version: str = "") -> rule_service_pb2.GetRulesResponse:
        """The text of a version of the rules, of the current one by default."""
        return await self._call(self._rules.GetRules, rule_service_pb2.GetRulesRequest(version=version))

    async def versions(self) -> AsyncGenerator[rule_service_pb2.RulesVersion]:
        """The versions of the rules, newest first, read page by page."""
        request = rule_service_pb2.ListVersionsRequest()
        while True:
            page = await self._call(self._rules.ListVersions, request)
            for found in page.versions:
                yield found
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    # --- users --------------------------------------------------------------------------------------------------------

    async def user(self, user_id: str = "", *, anonymous_id: str = "") -> user_service_pb2.GetUserResponse:
        """What is kept about a user."""
        request = user_service_pb2.GetUserRequest(user_id=user_id, anonymous_id=anonymous_id)
        return await self._call(self._users.GetUser, request)

    async def set_preferences(
        self,
        user_id: str = "",
        preferences: Preferences | None = None,
        *,
        anonymous_id: str = "",
        fields: Iterable[str] = (),
    ) -> Preferences:
        """Change what a user chose: the `fields` named, or those that are set. All that they have chosen then."""
        request = requests.choosing(user_id, anonymous_id, preferences or Preferences(), fields)
        return (await self._call(self._users.SetPreferences, request)).preferences

    async def export_user(
        self, user_id: str = "", *, anonymous_id: str = ""
    ) -> AsyncGenerator[user_service_pb2.ExportRecord]:
        """Everything that is kept about a user, logs included, read page by page."""
        request = user_service_pb2.ExportUserRequest(user_id=user_id, anonymous_id=anonymous_id)
        while True:
            page = await self._call(self._users.ExportUser, request)
            for found in page.records:
                yield found
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def delete_user(self, user_id: str = "", *, anonymous_id: str = "") -> user_service_pb2.DeleteUserResponse:
        """Delete everything that is kept about a user, in every index and log."""
        request = user_service_pb2.DeleteUserRequest(user_id=user_id, anonymous_id=anonymous_id)
        return await self._call(self._users.DeleteUser, request)

    def backup(self) -> AsyncGenerator[bytes]:
        """A copy of all that the service keeps, a tar archive, piece by piece."""
        return parts(self._admin.Backup(BackupRequest(), metadata=self._metadata))

    # --- calling ------------------------------------------------------------------------------------------------------

    async def _call(self, method: Callable[..., Awaitable[Response]], request: object) -> Response:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout
        while True:
            try:
                return await method(request, timeout=end - loop.time(), metadata=self._metadata)
            except grpc.RpcError as error:
                failed = service_error(error)
                await asyncio.sleep(pause_before_again(failed, end - loop.time(), error))

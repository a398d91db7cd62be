"""A server in this process as the target of a test, spoken to through gRPC like any other; its clock is held here."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from itertools import chain

from duly.client.client import Client
from duly.client.errors import ServiceError
from duly.engine.decision import Decision, Verdict, id_bytes, id_text
from duly.engine.event import ALIAS, IDENTIFY, TRACK
from duly.planning.plan import Plan
from duly.service.server import Server
from duly.service.settings import Settings
from duly.testing.target import ManualClock, next_instant
from duly.v1 import decision_pb2, decision_service_pb2, event_pb2, user_pb2, user_service_pb2
from duly.v1.user_service_pb2_grpc import UserServiceStub

_TYPES = {
    TRACK: event_pb2.EVENT_TYPE_TRACK,
    IDENTIFY: event_pb2.EVENT_TYPE_IDENTIFY,
    ALIAS: event_pb2.EVENT_TYPE_ALIAS,
}
_LOOKS = 2_000
_LOOK = 0.005


class Unsettled(Exception):
    """What is due was not delivered."""


class GrpcTarget:
    """
    A server with one watching worker.

    `files` are published through the service. `plan` takes the place of their plan where a test deals out variants and
    control groups.
    """

    def __init__(self, files: Mapping[str, bytes], plan: Plan | None = None) -> None:
        self.clock = ManualClock()
        settings = Settings(files=(), store="memory:", grpc="127.0.0.1:0", http="", grace=0.1, log_level="error")
        self.server = Server(settings, self.clock)
        self.server.start()
        self._client = Client(self.server.addresses.grpc)
        self._engine = self.server._background._engine
        self._client.publish(files)
        if plan is not None:
            self._engine.publish(plan)
        self._identities: dict[str, None] = {}
        self._reported: set[str] = set()
        self._due: queue.SimpleQueue[decision_service_pb2.Notification] = queue.SimpleQueue()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()
        self.server._watchers.present.wait(10)

    def close(self) -> None:
        """End the connection; the server is for the caller to stop."""
        self._client.close()
        self._watching.join(10)

    def _watch(self) -> None:
        try:
            for notification in self._client.watch(worker="script", max_in_flight=1_000):
                self._due.put(notification)
        except (ServiceError, ValueError):
            return

    # --- time ---------------------------------------------------------------------------------------------------------

    def advance(self, time):
        while self.clock.now and (due := next_instant(self._engine)) is not None and due <= time:
            self.clock.now = max(self.clock.now, due)
            self._settle()
            if next_instant(self._engine) == due:
                break
        self.clock.now = time
        self._settle()

    def _settle(self) -> None:
        """Let the server do what is due, and report every notification as sent."""
        self._engine.tick()
        while self._engine.fan_out() or self._engine.backfill():
            pass
        for _ in range(_LOOKS):
            self.server._watchers.wake()
            self._take()
            due = self._engine.next_due()
            if (due is None or due > self.clock.now) and not self._unreported():
                return
        raise Unsettled

    def _take(self) -> None:
        try:
            notification = self._due.get(timeout=_LOOK)
        except queue.Empty:
            return
        self._reported.add(notification.decision.decision_id)
        self._client.report(notification.decision.decision_id, "sent")

    def _unreported(self) -> bool:
        logs = (self._log(identity) for identity in self._identities)
        granted = (d for d in chain.from_iterable(logs) if d.verdict == decision_pb2.VERDICT_NOTIFY)
        return any(decision.decision_id not in self._reported for decision in granted)

    # --- everything else ----------------------------------------------------------------------------------------------

    def ingest(self, event):
        if event.identity:
            self._identities[event.identity] = None
        (result,) = self._client.ingest([_message(event)]).results
        assert not result.reason or result.reason == "clamped-time", result
        self._settle()

    def decisions(self, identity):
        self._identities[identity] = None
        return [_decision(message) for message in self._log(identity)]

    def _log(self, identity: str) -> list[decision_pb2.Decision]:
        return list(self._client.decisions(**_ids(identity)))

    def peek(self, identity, event, rule):
        answer = self._client.decide(**_ids(identity), event=_message(event), rule=rule, mode="peek", explain="full")
        return [_decision(message) for message in answer.decisions]

    def report(self, decision, outcome):
        self._client.report(id_text(decision), outcome)

    def snooze(self, identity, category, until):
        kept = [snooze for snooze in self._snoozes(identity) if snooze.category != category]
        snooze = user_pb2.Snooze(category=category)
        snooze.end_time.FromMicroseconds(until)
        self._prefer(identity, user_pb2.Preferences(snoozes=[*kept, snooze]))

    def _snoozes(self, identity: str) -> list[user_pb2.Snooze]:
        try:
            return list(self._client.user(**_ids(identity)).user.preferences.snoozes)
        except ServiceError as error:
            if error.code != "NOT_FOUND":
                raise
            return []

    def mute(self, identity, objects):
        self._prefer(identity, user_pb2.Preferences(muted_objects=objects))

    def _prefer(self, identity: str, preferences: user_pb2.Preferences) -> None:
        request = user_service_pb2.SetPreferencesRequest(**_ids(identity), preferences=preferences)
        UserServiceStub(self._client._channel).SetPreferences(request, timeout=10)


def _ids(identity: str) -> dict[str, str]:
    return {"user_id" if identity[0] == "u" else "anonymous_id": identity[2:]}


def _message(event) -> event_pb2.Event:
    message = event_pb2.Event(
        type=_TYPES[event.type],
        event=event.name,
        user_id=event.user_id,
        anonymous_id=event.anonymous_id,
        message_id=event.message_id,
        previous_id=event.previous_id,
        properties_json=event.raw,
    )
    message.timestamp.FromMicroseconds(event.time)
    if event.traits is not None:
        message.traits.update(event.traits)
    return message


def _decision(message: decision_pb2.Decision) -> Decision:
    return Decision(
        id=id_bytes(message.decision_id),
        identity=f"u:{message.user_id}" if message.user_id else f"a:{message.anonymous_id}",
        rule=message.rule,
        location=message.rule_location,
        rules_version=message.rules_version,
        message_id=message.event_message_id,
        event="",
        event_time=0,
        created=message.create_time.ToMicroseconds(),
        verdict=Verdict(message.verdict),
        reason=message.reason or "due",
        due=message.due_time.ToMicroseconds(),
        next=message.next_time.ToMicroseconds(),
        expires=message.expire_time.ToMicroseconds(),
        title=message.message.title,
        body=message.message.body,
        link=message.message.link,
        variant=message.variant,
        category=message.category,
        channel=message.channel,
        zone=message.zone,
    )

"""What push providers are sent for one notification: FCM HTTP v1 for Android and the web, APNs for Apple's devices."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from google.protobuf.json_format import MessageToDict

from duly.v1.decision_pb2 import Decision
from duly.v1.decision_service_pb2 import Notification

APPLE = frozenset({"ios", "ipados", "macos", "watchos", "tvos"})
LONGEST_KEY = 64
"""Bytes that APNs takes as a collapse id."""

LONGEST_LIFE = 28 * 24 * 3600
"""Seconds that FCM keeps a message for a device that is off."""


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP request to a push provider."""

    path: str
    headers: dict[str, str]
    body: bytes


def posts(notification: Notification, project: str, topic: str, now: datetime) -> list[Post]:
    """A request for each device of the user; none if the notification is of no use any more at `now`."""
    decision = notification.decision
    left = seconds_left(decision, now)
    if left <= 0:
        return []
    return [
        apns(decision, device.token, topic, now, left)
        if device.platform.lower() in APPLE
        else fcm(decision, device.token, project, left)
        for device in notification.device_tokens
    ]


def fcm(decision: Decision, token: str, project: str, left: int) -> Post:
    """https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages"""
    message = decision.message
    key = collapse_key(decision)
    payload = {
        "message": {
            "token": token,
            "notification": {"title": message.title, "body": message.body},
            "data": {"link": message.link, "decision_id": decision.decision_id, **texts(decision)},
            "android": {"collapse_key": key, "ttl": f"{left}s", "notification": {"tag": key}},
            "webpush": {"headers": {"TTL": str(left), "Topic": key[:32]}},
        }
    }
    return Post(f"/v1/projects/{project}/messages:send", {"content-type": "application/json"}, encoded(payload))


def apns(decision: Decision, token: str, topic: str, now: datetime, left: int) -> Post:
    """https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns"""
    message = decision.message
    headers = {
        "apns-topic": topic,
        "apns-push-type": "alert",
        "apns-priority": "10",
        "apns-expiration": str(int(now.timestamp()) + left),
        "apns-collapse-id": collapse_key(decision),
    }
    alert = {"title": message.title, "body": message.body}
    payload = {
        "aps": {"alert": alert, "sound": "default", "thread-id": decision.category},
        "link": message.link,
        "decision_id": decision.decision_id,
        **texts(decision),
    }
    return Post(f"/3/device/{token}", headers, encoded(payload))


def collapse_key(decision: Decision) -> str:
    """Equal for what takes each other's place on the screen: one rule about one thing."""
    key = f"{decision.rule}.{decision.object}" if decision.object else decision.rule
    return key if len(key.encode()) <= LONGEST_KEY else blake2b(key.encode(), digest_size=16).hexdigest()


def seconds_left(decision: Decision, now: datetime) -> int:
    """For how long a provider may keep trying."""
    if not decision.HasField("expire_time"):
        return LONGEST_LIFE
    expires = decision.expire_time.ToDatetime(UTC)
    return min(int((expires - now).total_seconds()), LONGEST_LIFE)


def texts(decision: Decision) -> dict[str, str]:
    """The data of the message; FCM takes nothing but texts."""
    data = MessageToDict(decision.message.data)
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}


def encoded(payload: object) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()

"""A channel to the service: security, tokens, and what gRPC repeats by itself."""

from __future__ import annotations

from dataclasses import dataclass
from json import dumps

import grpc
import grpc.aio

_RETRIED = {
    "maxAttempts": 5,
    "initialBackoff": "0.1s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2.5,
    # A server that shuts down cancels calls that it has not begun.
    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
}
_REPEATABLE = {
    "EventService": ["Ingest"],
    "DecisionService": ["Decide", "BatchDecide", "Report", "ListDecisions", "GetDecision", "Preview"],
    "RuleService": ["CheckRules", "GetRules", "ListVersions"],
    "UserService": ["GetUser", "ExportUser", "DeleteUser", "SetPreferences"],
}
"""Those that change something know a repetition by its message, request or decision ids. Streams are resumed by us."""

_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [
                {"service": f"duly.v1.{service}", "method": method}
                for service, methods in _REPEATABLE.items()
                for method in methods
            ],
            "retryPolicy": _RETRIED,
        }
    ]
}
_OPTIONS = [
    ("grpc.service_config", dumps(_SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]


@dataclass(frozen=True, slots=True)
class Security:
    """
    How a connection is secured: with TLS if there is a root certificate (PEM) or `tls`; `token` proves who asks.

    A certificate of one's own comes with its key; raises `ValueError` for one without the other.
    """

    tls: bool = False
    root: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None
    token: str = ""

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key are needed together")


def connect(address: str, security: Security) -> grpc.Channel:
    """A channel to `host:port`. Nothing is sent until the first call."""
    if not (security.tls or security.root or security.certificate):
        return grpc.insecure_channel(address, options=_OPTIONS)
    credentials = grpc.ssl_channel_credentials(security.root, security.key, security.certificate)
    return grpc.secure_channel(address, credentials, options=_OPTIONS)


def connect_async(address: str, security: Security) -> grpc.aio.Channel:
    """The same for an event loop."""
    if not (security.tls or security.root or security.certificate):
        return grpc.aio.insecure_channel(address, options=_OPTIONS)
    credentials = grpc.ssl_channel_credentials(security.root, security.key, security.certificate)
    return grpc.aio.secure_channel(address, credentials, options=_OPTIONS)


def metadata(security: Security, tenant: str = "") -> tuple[tuple[str, str], ...]:
    """What is sent with every call: who asks, and for which tenant if one is named."""
    proof = (("authorization", f"Bearer {security.token}"),) if security.token else ()
    return (*proof, ("duly-tenant", tenant)) if tenant else proof

"""What a server is told before it starts, and the reasons for which it refuses to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from duly.engine.retention import Kept


class StartRefused(Exception):
    """The server cannot start as it was told to; the message is one sentence for the operator."""


class AddressInUse(StartRefused):
    """Another program listens there already."""


class BadAddress(StartRefused):
    """Nothing can listen there."""


class Exposed(StartRefused):
    """Others could reach it without being asked who they are."""


DEFAULT_TENANT = "default"
"""The name of the tenant whose rules are those of the server itself, and of calls that name none."""

ALL_TENANTS = "*"
"""Stands for every tenant where a token is bound."""


class Scope(StrEnum):
    """What a token allows. ADMIN allows everything."""

    INGEST = "ingest"
    DECIDE = "decide"
    METRICS = "metrics"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Rights:
    """
    What a token allows, and for which tenants by name.

    One that is bound to none is the default tenant's alone: who adds a tenant must not open it to every token there is.
    """

    scopes: frozenset[Scope]
    tenants: frozenset[str] = frozenset((DEFAULT_TENANT,))

    def allow(self, scope: Scope) -> bool:
        """Whether they have a scope, or ADMIN."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def hold_for(self, tenant: str) -> bool:
        """Whether they hold for the tenant of this name."""
        return tenant in self.tenants or ALL_TENANTS in self.tenants

    @property
    def usual_tenant(self) -> str:
        """Whose a call is that names no tenant: the only one they hold for, else the default one."""
        only = next(iter(self.tenants)) if len(self.tenants) == 1 else DEFAULT_TENANT
        return DEFAULT_TENANT if only == ALL_TENANTS else only


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of the server, and of the authority whose client certificates are demanded (mTLS), if any."""

    certificate: Path
    key: Path
    client_authority: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Everything a server needs to know.

    `files` are the rule files as (name, content). `grpc` and `http` are addresses as `host:port`, port 0 for any free
    one; an empty `http` means none. `tokens` maps each token to its rights. `grace` is how long, in seconds, calls in
    flight may take after the signal to stop. A stream holds a thread as long as it lives, so at most `streams` are
    open at a time, beside `threads` for everything else; beyond `queue` waiting calls new ones are refused. The message
    of a call has `patience` seconds to arrive. `kept` says for how long the logs are. `tenants` are the rule files of
    tenants by name, `files` those of the default one.
    Without `http_tls`, HTTP has none even where gRPC has.
    """

    files: tuple[tuple[str, bytes], ...]
    store: str = ".duly"
    grpc: str = "127.0.0.1:50051"
    http: str = "127.0.0.1:8080"
    tls: Tls | None = None
    tokens: Mapping[str, Rights] = field(default_factory=dict)
    insecure: bool = False
    grace: float = 10.0
    threads: int = 32
    streams: int = 128
    queue: int = 1024
    patience: float = 30.0
    max_message: int = 16 * 1024 * 1024
    log_level: str = "info"
    kept: Kept = field(default_factory=Kept)
    tenants: Mapping[str, tuple[tuple[str, bytes], ...]] = field(default_factory=dict)
    http_tls: bool = True

    @property
    def tls_of_http(self) -> Tls | None:
        """What HTTP speaks TLS with; None where it speaks none."""
        return self.tls if self.http_tls else None


def split_address(address: str) -> tuple[str, int]:
    """The host and port of `host:port` or `[v6 host]:port`; raises `BadAddress`."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535 or not host:
        raise BadAddress(f"`{address}` is not an address like 127.0.0.1:50051")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    host, _ = split_address(address)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def demand_safety(settings: Settings) -> None:
    """Raise `Exposed` for a server that others could reach without TLS, or without a token or a certificate."""
    if settings.insecure:
        return
    known = settings.tls and (settings.tokens or settings.tls.client_authority)
    for address in filter(None, (settings.grpc, settings.http)):
        if not is_loopback(address) and not known:
            raise Exposed(
                f"`{address}` can be reached from other machines, "
                "which needs TLS and at least one token or an authority of client certificates"
            )
    if settings.http and not is_loopback(settings.http) and not settings.http_tls:
        raise Exposed(f"`{settings.http}` can be reached from other machines, which needs TLS: leave `http://` out")

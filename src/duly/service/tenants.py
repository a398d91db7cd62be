"""Tenants of one server: each has rules and users of its own, in a store of its own; a call says whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import grpc

from duly.engine.engine import Engine
from duly.engine.store import Store
from duly.native.batches import Batches
from duly.planning.plan import Plan
from duly.service.admin import Admin
from duly.service.auth import Metadata, Tokens
from duly.service.background import Background
from duly.service.decisions import Decisions
from duly.service.errors import NotFound
from duly.service.events import Events
from duly.service.methods import ADMIN, DECISIONS, EVENTS, RULES, USERS
from duly.service.pool import Pool
from duly.service.publication import Publication
from duly.service.rule_files import Files
from duly.service.rules import Rules
from duly.service.settings import DEFAULT_TENANT, Settings, StartRefused
from duly.service.shadowing import Shadowing
from duly.service.streams import Streams
from duly.service.telemetry import Metrics
from duly.service.together import Asked
from duly.service.users import Users
from duly.service.watchers import Watchers
from duly.stores.open import folder_of

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_FOLDER = "tenants"

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Means:
    """What all tenants of a server share."""

    settings: Settings
    clock: Callable[[], int]
    streams: Streams
    pool: Pool
    log: Any


class Tenant:
    """The rules and users in one store, with the servicers of their own by the full name of the service."""

    def __init__(self, store: Store, url: str, files: Files, means: Means, metrics: Metrics) -> None:
        clock, streams = means.clock, means.streams
        self.store, self.watchers, self.publication = store, Watchers(), Publication(store, clock)
        self.engine = Engine(store, self.publication.start(files), clock, metrics)
        self._batches = Batches(self.engine)
        self._batches.prepare()
        self.publication.adopt = self._adopt
        shadowing = Shadowing(self.engine, clock, lambda: not means.pool.waiting)
        self.background = Background(
            self.engine, clock, self.watchers, self.publication, means.log, means.settings.kept, shadowing
        )
        self.servicers: dict[str, object] = {
            EVENTS.full_name: Events(self.engine, clock, streams, metrics, self._batches),
            DECISIONS.full_name: Decisions(self.engine, clock, streams, self.watchers, metrics, self._batches),
            RULES.full_name: Rules(self.publication, shadowing),
            USERS.full_name: Users(self.engine),
            ADMIN.full_name: Admin(store, folder_of(url)),
        }

    def _adopt(self, plan: Plan) -> None:
        self.engine.publish(plan)
        self._batches.prepare()


class ByTenant:
    """
    Stands in for a servicer: has each call answered by its tenant's.

    Raises `Forbidden` for a tenant that the call's token does not hold for, `NotFound` for one that there is not.
    """

    def __init__(self, servicers: Mapping[str, object], tokens: Tokens) -> None:
        self._servicers, self._tokens = servicers, tokens

    def asked_by(self, method: str) -> Callable[[Metadata], Asked]:
        """Tells whom a call of the method asks, by the metadata that it carries."""
        servicers: Mapping[str, Any] = self._servicers
        asked: dict[str, Asked] = {name: servicer.asked[method] for name, servicer in servicers.items()}
        tenant_of = self._tokens.tenant_of
        return lambda metadata: called(asked, tenant_of(metadata))

    def __getattr__(self, method: str) -> Callable[[Any, grpc.ServicerContext], Any]:
        answers = {name: getattr(servicer, method) for name, servicer in self._servicers.items()}
        tenant_of = self._tokens.tenant_of

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            return called(answers, tenant_of(context.invocation_metadata()))(request, context)

        return answer


def called(tenants: Mapping[str, Of], name: str) -> Of:
    """What is kept for the tenant of this name; raises `NotFound`."""
    if name not in tenants:
        raise NotFound(f"no tenant is called `{name[:64]}`")
    return tenants[name]


def url_of(store: str, tenant: str) -> str:
    """Where a tenant's store lies: below the default tenant's; raises `StartRefused` for a name that is none."""
    if tenant == DEFAULT_TENANT:
        raise StartRefused(f"`{DEFAULT_TENANT}` is the tenant of the server's own rules; give this one another name")
    _demand_name(tenant)
    folder = folder_of(store)
    return store if folder is None else f"rocks:{folder / _FOLDER / tenant}"


def folder_in(data: Path, tenant: str) -> Path:
    """The part of a data folder that is a tenant's, the default one's without a name; raises `StartRefused`."""
    if tenant in ("", DEFAULT_TENANT):
        return data
    _demand_name(tenant)
    return data / _FOLDER / tenant


def _demand_name(tenant: str) -> None:
    if not _NAME.fullmatch(tenant):
        raise StartRefused(f"`{tenant}` is no name for a tenant; use lower-case letters, digits, `-` and `_`")

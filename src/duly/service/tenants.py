"""Tenants of one server: each has rules and users of its own, in a store of its own; a call says whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc

from duly.engine.engine import Engine
from duly.engine.store import Store
from duly.service.admin import Admin
from duly.service.background import Background
from duly.service.decisions import Decisions
from duly.service.errors import NotFound
from duly.service.events import Events
from duly.service.methods import ADMIN, DECISIONS, EVENTS, RULES, USERS
from duly.service.pool import Pool
from duly.service.publication import Publication
from duly.service.rule_files import Files
from duly.service.rules import Rules
from duly.service.settings import Settings, StartRefused
from duly.service.shadowing import Shadowing
from duly.service.streams import Streams
from duly.service.telemetry import Metrics
from duly.service.users import Users
from duly.service.watchers import Watchers
from duly.stores.open import folder_of

TENANT = "duly-tenant"
"""The key of a call's metadata that names its tenant; without it the call is the default tenant's."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_FOLDER = "tenants"


@dataclass(frozen=True, slots=True)
class Means:
    """What all tenants of a server share."""

    settings: Settings
    clock: Callable[[], int]
    streams: Streams
    pool: Pool
    metrics: Metrics
    log: Any


class Tenant:
    """The rules and users in one store, with the servicers of their own by the full name of the service."""

    def __init__(self, store: Store, url: str, files: Files, means: Means) -> None:
        clock, streams, metrics = means.clock, means.streams, means.metrics
        self.store, self.watchers, self.publication = store, Watchers(), Publication(store, clock)
        self.engine = Engine(store, self.publication.start(files), clock, metrics)
        self.publication.adopt = self.engine.publish
        shadowing = Shadowing(self.engine, clock, lambda: not means.pool.waiting)
        self.background = Background(
            self.engine, clock, self.watchers, self.publication, means.log, means.settings.kept, shadowing
        )
        self.servicers: dict[str, object] = {
            EVENTS.full_name: Events(self.engine, clock, streams, metrics),
            DECISIONS.full_name: Decisions(self.engine, clock, streams, self.watchers, metrics),
            RULES.full_name: Rules(self.publication, shadowing),
            USERS.full_name: Users(self.engine),
            ADMIN.full_name: Admin(store, folder_of(url)),
        }


class ByTenant:
    """Stands in for a servicer: has each call answered by its tenant's; raises `NotFound` for one that nobody knows."""

    def __init__(self, servicers: Mapping[str, object]) -> None:
        self._servicers = servicers

    def __getattr__(self, method: str) -> Callable[[Any, grpc.ServicerContext], Any]:
        answers = {name: getattr(servicer, method) for name, servicer in self._servicers.items()}

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            name = _named(context)
            if name not in answers:
                raise NotFound(f"no tenant is called `{name[:64]}`")
            return answers[name](request, context)

        return answer


def _named(context: grpc.ServicerContext) -> str:
    return next((str(value) for key, value in context.invocation_metadata() if key == TENANT), "")


def url_of(store: str, tenant: str) -> str:
    """Where a tenant's store lies: below the default tenant's; raises `StartRefused` for a name that is none."""
    if not _NAME.fullmatch(tenant):
        raise StartRefused(f"`{tenant}` is no name for a tenant; use lower-case letters, digits, `-` and `_`")
    folder = folder_of(store)
    return store if folder is None else f"rocks:{folder / _FOLDER / tenant}"

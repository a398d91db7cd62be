"""The server: everything put together, started, and stopped without losing anything."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, cast

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from duly import native
from duly.engine.store import Store
from duly.native.recent import remembering
from duly.service import memory
from duly.service.asking import Asking
from duly.service.auth import Tokens
from duly.service.errors import Stopping
from duly.service.gauges import measure_server, measure_tenant
from duly.service.guard import Guard
from duly.service.health import Health
from duly.service.listen import listen
from duly.service.measured_store import MeasuredStore
from duly.service.methods import SERVICES, asking, guarded, register
from duly.service.numbers import Numbers
from duly.service.own_calls import OwnCalls
from duly.service.pool import Pool
from duly.service.reflection import register_reflection
from duly.service.settings import DEFAULT_TENANT, Settings, demand_safety, is_loopback
from duly.service.streams import Streams
from duly.service.telemetry import open_log
from duly.service.tenants import ByTenant, Means, Tenant, url_of
from duly.stores.open import open_store

if TYPE_CHECKING:
    from duly.service.http.face import HttpFace

_SIGNAL_PAUSE = 0.5
_NOTICE = 0.25
"""Seconds during which new calls are told that the server stops."""

_FAREWELL = 0.25
"""Seconds for the last answers to leave once all calls are done."""

_COLLECT_AFTER = 20_000
"""Objects made and not freed after which young ones are looked through for circles."""

_LAST_CHANCE = 1.0
"""Seconds that what is done in the background has for its end, even if calls have used up the grace."""

_SERVING = health_pb2.HealthCheckResponse.SERVING


def now() -> int:
    """The instant that the clock of this machine shows."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Addresses:
    """
    Where a server listens, with the ports it got; `http` is empty without HTTP. `rules_version` names the rules that
    were in force when it started.
    """

    grpc: str
    http: str
    rules_version: str = ""


class Server:
    """
    One server over one store. It answers from `start` to `stop`.

    Making one raises `StartRefused` or a `StoreError` when it cannot start; nothing is left open then.
    """

    def __init__(self, settings: Settings, clock: Callable[[], int] = now) -> None:
        demand_safety(settings)
        self._settings, self._clock = settings, clock
        self._urls = {name: url_of(settings.store, name) for name in settings.tenants}
        self._numbers = Numbers((DEFAULT_TENANT, *settings.tenants) if settings.tenants else ())
        self._metrics, self._tokens = self._numbers.own, Tokens(settings.tokens)
        self._log = open_log(settings.log_level)
        self._stores: list[Store] = []
        self._store = self._open_store(DEFAULT_TENANT, settings.store)
        try:
            self._build(self._store)
        except BaseException:
            self._close_stores()
            raise

    def _build(self, store: Store) -> None:
        settings, clock = self._settings, self._clock
        self._streams = Streams(settings.streams)
        self._pool = Pool(settings.threads + settings.streams, settings.queue, settings.patience)
        verbose = settings.log_level == "debug"
        guard = Guard(self._tokens, self._pool, self._streams, self._log, self._metrics, verbose)
        self._grpc = grpc.server(
            cast(ThreadPoolExecutor, self._pool),
            interceptors=guard.interceptors(guarded()),
            options=_options(settings),
            maximum_concurrent_rpcs=_most_calls(settings),
        )
        means = Means(settings, clock, self._streams, self._pool, self._log)
        home = Tenant(store, settings.store, settings.files, means, self._numbers.of(DEFAULT_TENANT))
        self._tenants = {DEFAULT_TENANT: home, **{name: self._open_tenant(name, means) for name in settings.tenants}}
        self._watchers, self._background = home.watchers, home.background
        self._register(guard)
        self._measure()
        address = listen(self._grpc, settings.grpc, settings.tls)
        self._http = self._open_http() if settings.http else None
        http = self._http.address if self._http else ""
        self.addresses = Addresses(address, http, home.publication.version.published.version)

    def _open_tenant(self, name: str, means: Means) -> Tenant:
        url = self._urls[name]
        store = self._open_store(name, url)
        return Tenant(store, url, self._settings.tenants[name], means, self._numbers.of(name))

    def _open_store(self, tenant: str, url: str) -> Store:
        opened = open_store(url, noted=partial(self._upgraded, tenant), remembering=remembering())
        store = MeasuredStore(opened, self._numbers.of(tenant))
        self._stores.append(store)
        return store

    def _upgraded(self, tenant: str, layout: int, moved: int) -> None:
        self._log.info("upgraded", tenant=tenant, layout=layout, decisions=moved)

    def _register(self, guard: Guard) -> None:
        server, streams = self._grpc, self._streams
        asked: list[Asking] = []
        for service in SERVICES:
            name = service.full_name
            servicers = {tenant: each.servicers[name] for tenant, each in self._tenants.items()}
            # Asked even where there is one tenant only: a call for another must not be taken for that one's.
            by_tenant = ByTenant(servicers, self._tokens)
            register(server, service, by_tenant, guard)
            asked += asking(service, by_tenant.asked_by, guard)
        self._own_calls = OwnCalls(server, self._pool, asked, _most_calls(self._settings))
        # Counted apart: who has no token may watch health, and must not take the places of those who have one.
        self._health = Health(Streams(self._settings.streams))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        register_reflection(server, [service.full_name for service in SERVICES], streams, guard)

    def _open_http(self) -> HttpFace:
        # Imported here because a server without HTTP needs none of it.
        from duly.service.http.face import HttpFace
        from duly.service.http.intake import Intakes
        from duly.service.http.readers import Readers
        from duly.service.http.routes import Part

        settings = self._settings
        takers = {name: (tenant.engine, self._numbers.of(name)) for name, tenant in self._tenants.items()}
        intakes = Intakes(takers, self._clock, self._tokens)
        readers = Readers(self._numbers.text, self._tokens, tuple(self._tenants), is_loopback(settings.http))
        verbose = settings.log_level == "debug"
        part = Part(intakes, self._metrics, readers, self.ready, self._admit, self._log, verbose)
        return HttpFace(settings.http, part, settings.threads, settings.tls_of_http)

    def _admit(self) -> None:
        """Raise `Stopping` or `Overloaded` when no more work is taken on."""
        if not self.ready():
            raise Stopping("the server is stopping")
        self._pool.demand_room()

    def _measure(self) -> None:
        measure_server(self._metrics, self._streams, self._pool)
        for name, tenant in self._tenants.items():
            measure_tenant(self._numbers.of(name), tenant)

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to answer."""
        for tenant in self._tenants.values():
            tenant.background.start()
        self._grpc.start()
        self._own_calls.start()
        if self._http:
            self._http.start()
        self._health.set(_SERVING, "", *(service.full_name for service in SERVICES))
        # What was loaded stays until the end: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        # A batch makes some thousands of objects, and hardly any in circles.
        gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
        addresses = self.addresses
        self._log.info("started", grpc=addresses.grpc, http=addresses.http, native=native.LOADED)

    def ready(self) -> bool:
        """Whether calls are welcome."""
        return not self._streams.stopping

    def stop(self) -> None:
        """Refuse new calls, let those in flight finish within the grace, and make everything durable."""
        self._log.info("stopping")
        end = time.monotonic() + self._settings.grace
        self._health.stop()
        self._streams.stop()
        self._finish_calls()
        for tenant in self._tenants.values():
            tenant.background.stop(max(_LAST_CHANCE, end - time.monotonic()))
        if self._http:
            self._http.close(max(0.0, end - time.monotonic()))
        self._close_stores()
        self._log.info("stopped")

    def _close_stores(self) -> None:
        for store in self._stores:
            store.close()

    def _finish_calls(self) -> None:
        """Wait for calls in flight; idle connections of clients that do not listen would hold the stop up otherwise."""
        grace = self._settings.grace
        self._pool.close()
        # Calls that arrive while gRPC shuts down are cancelled without a reason: who is about to call hears one before.
        time.sleep(min(_NOTICE, grace))
        stopped = self._grpc.stop(grace)
        if not stopped.is_set() and self._pool.finish(grace):
            stopped.wait(_FAREWELL)
        self._grpc.stop(None)


def serve(settings: Settings, announce: Callable[[Addresses], None], clock: Callable[[], int] = now) -> int:
    """
    Serve until SIGTERM or SIGINT; the exit code of the process.

    `announce` is told where, once calls are answered. Raises what `Server` raises. For the main thread only.
    """
    memory.gather()
    _yield_to_waker()
    server, asked = Server(settings, clock), Event()

    def ask(number: int, _frame: Any) -> None:
        # Who asks again does not want to wait for the grace.
        signal.signal(number, signal.SIG_DFL)
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    server.start()
    announce(server.addresses)
    # A signal that another thread receives does not end a wait of this one; only between two waits is it dealt with.
    while not asked.wait(_SIGNAL_PAUSE):
        pass
    server.stop()
    return 0


def _yield_to_waker() -> None:
    """
    Have threads that are woken wait until who woke them pauses, where the system knows how (SCHED_BATCH of Linux).

    All want the interpreter's lock, which the waker still holds: run at once, they would only go back to sleep.
    """
    if hasattr(os, "SCHED_BATCH"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _options(settings: Settings) -> list[tuple[str, int]]:
    return [
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", settings.max_message),
        ("grpc.max_send_message_length", -1),
        # A client that vanished without a word gives its place back within a minute.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ]


def _most_calls(settings: Settings) -> int:
    """Calls beyond which gRPC itself refuses: those answered, those waiting, and twice as many being turned away."""
    return settings.threads + settings.streams + 3 * settings.queue

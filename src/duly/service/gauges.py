"""Numbers that are read when somebody asks for them: the load of a server, and what each tenant has and waits for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from duly.engine.engine import Engine
from duly.engine.store import Store
from duly.service import memory
from duly.service.pool import Pool
from duly.service.streams import Streams
from duly.service.telemetry import Metrics

if TYPE_CHECKING:
    from duly.service.tenants import Tenant

_MOST_DUE = 10_000


def measure_server(metrics: Metrics, streams: Streams, pool: Pool) -> None:
    """What all tenants share."""
    metrics.gauge("duly_streams", "Open streams.", lambda: streams.count)
    metrics.gauge("duly_calls_arriving", "Calls whose message is on its way.", lambda: pool.arriving)
    metrics.gauge("duly_calls_waiting", "Calls that wait for a thread.", lambda: pool.waiting)
    for name, what, read in memory.gauges():
        metrics.gauge(name, what, read)


def measure_tenant(metrics: Metrics, tenant: Tenant) -> None:
    """What a tenant has of its own."""
    engine, watchers, store = tenant.engine, tenant.watchers, tenant.store
    gauge = metrics.gauge
    gauge("duly_watchers", "Workers that watch.", lambda: watchers.count)
    gauge("duly_in_flight", "Notifications with workers.", lambda: watchers.in_flight)
    gauge("duly_overdue_seconds", "Age of the oldest entry of the due queue.", lambda: _overdue(engine))
    gauge(
        "duly_due",
        f"Entries of the due queue that are due, counted to {_MOST_DUE:,}.",
        partial(engine.backlog, _MOST_DUE),
    )
    gauge("duly_fanouts", "Fan-outs that wait or are under way.", lambda: engine.fan_outs()[0])
    gauge("duly_fanout_progress", "Users that those fan-outs have reached so far.", lambda: engine.fan_outs()[1])
    users = "Users that fan-outs have reached since the start."
    metrics.counter("duly_fanout_users_total", users, lambda: engine.fan_outs()[2])
    gauge("duly_rules", "Rules in force.", lambda: len(engine.plan.rules))
    for name in store.stats():
        gauge(f"duly_store_{name}", f"What the store says of its {name}.", partial(_stat, store, name))


def _stat(store: Store, name: str) -> float:
    return store.stats().get(name, 0)


def _overdue(engine: Engine) -> float:
    due = engine.next_due()
    return 0.0 if due is None else max(0.0, (engine.clock() - due) / 1_000_000)

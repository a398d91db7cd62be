"""A store that tells how long it took to commit and to make durable."""

from __future__ import annotations

from time import perf_counter

from duly.engine.store import Commit, Store
from duly.service.telemetry import Metrics


class MeasuredStore:
    """Fulfils `duly.engine.store.Store` by another one; only what writes is measured, reading costs nothing more."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self.buckets = store.buckets
        self.read, self.scan, self.latest = store.read, store.scan, store.latest
        self.delete_range, self.purge, self.backup = store.delete_range, store.purge, store.backup
        self.stats, self.close = store.stats, store.close

    def commit(self, change: Commit) -> int:
        """As the port says."""
        start = perf_counter()
        ticket = self._store.commit(change)
        self._metrics.stored("commit", perf_counter() - start)
        return ticket

    def sync(self, ticket: int) -> None:
        """As the port says."""
        start = perf_counter()
        self._store.sync(ticket)
        self._metrics.stored("sync", perf_counter() - start)

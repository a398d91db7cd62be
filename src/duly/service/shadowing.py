"""Which rules decide in the shadow, kept in the store, and how they compare with those in force."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from duly.engine.engine import Engine
from duly.engine.published import Published, load_shadow, save_shadow
from duly.engine.shadow import Shadow
from duly.planning.compile import compile_plan
from duly.service.convert.instant import put_instant
from duly.service.publication import Version
from duly.service.rule_files import Files, Reading, etag_of, read_files
from duly.v1 import decision_pb2
from duly.v1 import rule_service_pb2 as pb


class Shadowing:
    """
    The rules in the shadow of one engine; any thread may call any method.

    `welcome` says whether there is time to compare. Counts are this process's, since it began to compare.
    """

    def __init__(self, engine: Engine, clock: Callable[[], int], welcome: Callable[[], bool]) -> None:
        self._engine, self._clock, self._welcome = engine, clock, welcome
        self._lock = Lock()
        self._version: Version | None = None
        self._rule_count = 0
        self.refresh()

    def refresh(self) -> None:
        """Adopt what is in the store, by whomever it was put there."""
        with self._lock:
            found = load_shadow(self._engine.store)
            known = None if self._version is None else self._version.published
            if found != known:
                self._adopt(found, None if found is None else read_files(Version(0, found).files))

    def publish(self, files: Files, note: str, reading: Reading, current: Version) -> Version | None:
        """Let a rule set without errors decide in the shadow instead of what did; None where it is the one in force."""
        etag = etag_of(files)
        texts = [(name, content.decode()) for name, content in sorted(files)]
        fresh = Published(f"shadow-{etag[:8]}", texts, self._clock(), note) if etag != current.etag else None
        with self._lock:
            save_shadow(self._engine.store, fresh)
            self._adopt(fresh, reading)
            return self._version

    def end(self, current: Version) -> None:
        """Stop comparing once the rules in the shadow are in force."""
        with self._lock:
            if self._version is not None and self._version.etag == current.etag:
                save_shadow(self._engine.store, None)
                self._adopt(None, None)

    def put(self, response: pb.GetRulesResponse) -> None:
        """Add the version in the shadow, if there is one, with its comparison."""
        with self._lock:
            version, shadow, rule_count = self._version, self._engine.shadow, self._rule_count
        if version is None or shadow is None:
            return
        target = response.shadow
        target.version, target.etag = version.published.version, version.etag
        target.description = version.published.note
        target.shadow, target.rule_count = True, rule_count
        put_instant(target.publish_time, version.published.time)
        for (rule, live, other), count in sorted(shadow.counts().items()):
            target.shadow_counts.add(
                rule=rule,
                live_verdict=decision_pb2.Verdict.ValueType(live),
                shadow_verdict=decision_pb2.Verdict.ValueType(other),
                count=count,
            )

    def _adopt(self, published: Published | None, reading: Reading | None) -> None:
        if published is None or reading is None:
            self._version, self._engine.shadow = None, None
            return
        self._version, self._rule_count = Version(0, published), len(reading.rule_set.rules)
        self._engine.shadow = Shadow(compile_plan(reading.rule_set, published.version), self._welcome)

"""What the passing of time alone brings: dates begin, and users slide into segments and out of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock

from duly.engine.intake import FanOut, Taking, pack_fanout
from duly.engine.keys import CHECK, Keys
from duly.engine.reaching import Change, Reaching
from duly.engine.remembered import Remembered, change_remembered, load_remembered
from duly.engine.schedule import NEVER, Schedule
from duly.engine.session import Session
from duly.engine.store import ABSENT, Commit, Conflict, Store
from duly.engine.triggers.occurrence import message_of
from duly.engine.triggers.recurrence import begun_dates, next_beginning
from duly.engine.triggers.segment import catch_up
from duly.planning.plan import Plan, RulePlan

_PAGE = 256


class Passing:
    """Looks at the clock for one store; one thread of a process at a time does, the others pass by."""

    def __init__(
        self, store: Store, keys: Keys, change: Change, begin: Callable[[Session], Taking], reaching: Reaching
    ) -> None:
        self.checks = Schedule(store.buckets)
        self._store, self._keys, self._change, self._begin, self._reaching = store, keys, change, begin, reaching
        self._lock = Lock()
        self._begun: dict[tuple[str, int], int] = {}

    def tick(self, plan: Plan, now: int, most: int) -> int:
        """Do what is due at `now`, for about `most` users; how many dates were begun and users looked at."""
        if not self._lock.acquire(blocking=False):
            return 0
        try:
            done = sum(self._begin_dates(plan, rule, now) for rule in plan.recurring)
            for bucket in self.checks.due(now):
                if done >= most:
                    break
                done += self._check_bucket(bucket, now, most - done)
            return done
        finally:
            self._lock.release()

    def next_instant(self, plan: Plan, now: int) -> int | None:
        """The earliest instant, which may be past, at which `tick` may find something to do; None for never."""
        dates = next_beginning(now) if plan.recurring else NEVER
        earliest = min(self.checks.earliest(), dates)
        return None if earliest == NEVER else earliest

    # --- dates --------------------------------------------------------------------------------------------------------

    def _begin_dates(self, plan: Plan, rule: RulePlan, now: int) -> int:
        known = self._begun.get((rule.name, rule.since), -1)
        days = list(begun_dates(rule, known, now))
        if not days:
            return 0
        record = load_remembered(self._store).recurring.get(rule.name)
        last = -1 if record is None else record.last
        fresh = [day for day in days if day > last]
        keys = [self._begin_date(rule, day, now) for day in fresh]
        if fresh:
            change_remembered(self._store, partial(_note, rule.name, fresh[-1]))
        self._begun[rule.name, rule.since] = days[-1]
        self._reaching.start(plan, keys)
        return len(fresh)

    def _begin_date(self, rule: RulePlan, day: int, now: int) -> bytes:
        """Start the fan-out of a date, which may have been started already by whoever crashed or won the race."""
        message = message_of(rule.name, day)
        bucket = self._keys.bucket(message)
        key = self._keys.fanout(bucket, "", message)
        work = FanOut(1, message, "", 0, now, b"{}")
        with suppress(Conflict):
            commit = Commit((bucket,), checks=[(key, ABSENT)], puts=[(key, pack_fanout(work))])
            self._store.sync(self._store.commit(commit))
        return key

    # --- checks -------------------------------------------------------------------------------------------------------

    def _check_bucket(self, bucket: int, now: int, most: int) -> int:
        mark, seen = self.checks.mark(bucket), 0
        while seen < most and (page := self._change({bucket}, partial(self._check_page, bucket, now))):
            seen += page
        start, stop = self._keys.span(bucket, CHECK)
        first = self._store.scan(start, stop, 1)
        self.checks.settle(bucket, mark, self._keys.instant_of(first[0][0]) if first else NEVER)
        return seen

    def _check_page(self, bucket: int, now: int, session: Session) -> int:
        """Look at the users of some checks that are due; every one is planned anew or gone afterwards."""
        work = self._begin(session)
        found = self._store.scan(self._keys.check(bucket, 0, ""), self._keys.check(bucket, now + 1, ""), _PAGE)
        for key, value in found:
            identity = value.decode()
            user = session.user(identity)
            session.delete(bucket, key)
            if key == self._keys.check(bucket, user.check, identity):
                catch_up(work, identity)
        return len(found)


def _note(name: str, day: int, record: Remembered) -> None:
    known = record.recurring.get(name)
    if known is not None:
        known.last = max(known.last, day)

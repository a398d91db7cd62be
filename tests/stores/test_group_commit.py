"""Callers who wait for durability together share one flush, and none is told more than is true."""

from threading import Event, Thread

import pytest

from duly.engine.store import StoreUnavailable
from duly.stores.group_commit import GroupCommit


class SlowFlush:
    """A flush that tells when it has begun and waits to be let go."""

    def __init__(self) -> None:
        self.begun, self.go = Event(), Event()
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        self.begun.set()
        assert self.go.wait(10)


def test_all_who_come_during_one_flush_share_the_next() -> None:
    flush = SlowFlush()
    group = GroupCommit(flush)
    tickets = [group.wrote()]
    waiting = [Thread(target=group.sync, args=(tickets[0],))]
    waiting[0].start()
    assert flush.begun.wait(10)
    tickets += [group.wrote() for _ in range(20)]
    waiting += [Thread(target=group.sync, args=(ticket,)) for ticket in tickets[1:]]
    for thread in waiting[1:]:
        thread.start()
    flush.go.set()
    for thread in waiting:
        thread.join(10)
    assert flush.calls == 2


def test_a_write_that_came_during_a_flush_is_not_covered_by_it() -> None:
    group: GroupCommit
    during: list[int] = []

    def flush() -> None:
        during.append(group.wrote())

    group = GroupCommit(flush)
    group.sync(group.wrote())
    assert group.flushes == 1
    group.sync(during[0])
    assert group.flushes == 2


def test_what_is_durable_already_needs_no_flush() -> None:
    group = GroupCommit(lambda: None)
    first, second = group.wrote(), group.wrote()
    group.sync(second)
    group.sync(first)
    assert group.flushes == 1


def test_after_a_failed_flush_nothing_new_is_acknowledged_even_if_flushing_works_again() -> None:
    full = [False, True, False]

    def flush() -> None:
        if full.pop(0):
            raise OSError("No space left on device")

    group = GroupCommit(flush)
    durable = group.wrote()
    group.sync(durable)
    lost = group.wrote()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="No space left on device"):
            group.sync(lost)
    with pytest.raises(StoreUnavailable):
        group.refuse_if_failed()
    group.sync(durable)
    assert group.flushes == 2


def test_followers_of_a_failed_flush_are_told_too() -> None:
    slow, refused = SlowFlush(), list[str]()

    def flush() -> None:
        slow()
        raise OSError("disk is gone")

    group = GroupCommit(flush)

    def wait_for(ticket: int) -> None:
        try:
            group.sync(ticket)
        except StoreUnavailable as error:
            refused.append(str(error))

    waiting = [Thread(target=wait_for, args=(group.wrote(),)) for _ in range(5)]
    for thread in waiting:
        thread.start()
    assert slow.begun.wait(10)
    slow.go.set()
    for thread in waiting:
        thread.join(10)
    assert len(refused) == 5 and all("disk is gone" in text for text in refused)
    assert slow.calls == 1

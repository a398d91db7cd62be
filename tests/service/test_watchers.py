"""How many notifications a worker is given."""

from __future__ import annotations

from duly.service.watchers import Watcher, Watchers

NOW = 1_000_000


def delivered(watcher, *names, until):
    for name in names:
        watcher.deliver(name.encode(), until)


def test_there_is_room_for_as_many_as_are_reported():
    watcher = Watcher(3)
    delivered(watcher, "a", "b", until=NOW + 10)
    assert watcher.room(NOW) == 1
    watcher.release([b"a", b"unknown"])
    assert watcher.room(NOW) == 2
    assert watcher.woken.is_set()


def test_one_that_lets_leases_run_out_gets_one_at_a_time_until_it_reports():
    watcher = Watcher(8)
    delivered(watcher, *"abcdefgh", until=NOW)
    assert watcher.room(NOW) == 1
    delivered(watcher, "i", until=NOW + 10)
    assert watcher.room(NOW) == 0
    assert watcher.room(NOW + 10) == 1
    rooms = []
    for step in range(5):
        delivered(watcher, "x", until=NOW + 100 + step)
        watcher.release([b"x"])
        rooms.append(watcher.room(NOW + 11))
    assert rooms == [2, 4, 8, 8, 8]


def test_one_that_hangs_leaves_the_room_of_others_alone():
    watchers, hangs, works = Watchers(), Watcher(5), Watcher(5)
    watchers.add(hangs)
    watchers.add(works)
    delivered(hangs, *"abcde", until=NOW)
    assert (hangs.room(NOW), works.room(NOW)) == (1, 5)
    assert (watchers.count, watchers.in_flight) == (2, 0)
    delivered(works, *"abc", until=NOW + 10)
    watchers.release([b"a"])
    assert (watchers.in_flight, works.room(NOW)) == (2, 3)
    watchers.remove(hangs)
    assert watchers.present.is_set()

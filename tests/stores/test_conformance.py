"""What every store does alike."""

import random
from threading import Event, Thread

import pytest

from duly.engine.store import ABSENT, Commit, Conflict, Store, StoreUnavailable, bucket_of, bucket_prefix, version_of


def key(bucket: int, name: str) -> bytes:
    return bucket_prefix(bucket) + name.encode()


def versioned(version: int, text: str = "") -> bytes:
    return version.to_bytes(8, "big") + text.encode()


def put(store: Store, bucket: int, *names: str) -> None:
    store.sync(store.commit(Commit((bucket,), puts=[(key(bucket, name), name.encode()) for name in names])))


def names(pairs: list[tuple[bytes, bytes]]) -> str:
    return " ".join(value.decode() for _, value in pairs)


def test_reads_come_back_in_the_order_asked_with_none_for_what_is_absent(store: Store) -> None:
    put(store, 1, "a", "b")
    assert store.read([key(1, "b"), key(1, "zz"), key(1, "a"), key(1, "b")]) == [b"b", None, b"a", b"b"]
    assert store.read([]) == []


def test_many_keys_of_many_buckets_are_read_at_once(store: Store) -> None:
    for bucket in range(16):
        put(store, bucket, *(str(number) for number in range(20)))
    wanted = [(bucket, str(number)) for number in range(25) for bucket in range(16)]
    found = store.read([key(*place) for place in wanted])
    assert found == [name.encode() if int(name) < 20 else None for _, name in wanted]


def test_empty_values_are_not_absent(store: Store) -> None:
    store.commit(Commit((0,), puts=[(key(0, "empty"), b"")]))
    assert store.read([key(0, "empty")]) == [b""]


@pytest.mark.parametrize(
    ("start", "stop", "limit", "reverse", "expected"),
    [
        ("", "~", 10, False, "a b c d e"),
        ("", "~", 10, True, "e d c b a"),
        ("b", "d", 10, False, "b c"),
        ("b", "d", 10, True, "c b"),
        ("b", "e", 2, False, "b c"),
        ("b", "e", 2, True, "d c"),
        ("bb", "dd", 10, False, "c d"),
        ("bb", "dd", 10, True, "d c"),
        ("d", "b", 10, False, ""),
        ("d", "b", 10, True, ""),
        ("c", "c", 10, False, ""),
        ("a", "e", 0, False, ""),
        ("a", "e", 0, True, ""),
    ],
)
def test_scans_keep_to_bounds_order_and_limit(
    store: Store, start: str, stop: str, limit: int, reverse: bool, expected: str
) -> None:
    put(store, 2, "d", "a", "e", "c", "b")
    assert names(store.scan(key(2, start), key(2, stop), limit, reverse)) == expected


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_of_a_whole_bucket_sees_no_other_bucket(store: Store, reverse: bool) -> None:
    for bucket in (6, 7, 8):
        put(store, bucket, f"of {bucket}")
    assert names(store.scan(bucket_prefix(7), bucket_prefix(8), 10, reverse)) == "of 7"
    assert names(store.scan(bucket_prefix(15), bucket_prefix(16), 10, reverse)) == ""


def test_keys_are_ordered_as_bytes(store: Store) -> None:
    parts = [b"", b"\x00", b"\x00\x01", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\xff"]
    shuffled = random.Random(1).sample(parts, len(parts))
    store.commit(Commit((3,), puts=[(bucket_prefix(3) + part, b"") for part in shuffled]))
    scanned = store.scan(bucket_prefix(3), bucket_prefix(4), 100)
    assert [pair[0][2:] for pair in scanned] == parts


def test_a_commit_whose_checks_hold_is_visible_at_once(store: Store) -> None:
    counter = key(4, "counter")
    store.commit(Commit((4,), checks=[(counter, ABSENT)], puts=[(counter, versioned(1, "first"))]))
    store.commit(Commit((4,), checks=[(counter, 1)], puts=[(counter, versioned(2, "second"))]))
    assert store.read([counter]) == [versioned(2, "second")]
    store.commit(Commit((4,), checks=[(counter, 2)], deletes=[counter]))
    assert store.read([counter]) == [None]


@pytest.mark.parametrize("expected", [ABSENT, 1, 3])
def test_a_conflict_names_its_bucket_and_writes_nothing_of_it(store: Store, expected: int) -> None:
    checked, other = key(5, "checked"), key(5, "other")
    store.commit(Commit((5,), puts=[(checked, versioned(2)), (other, b"before")]))
    with pytest.raises(Conflict) as caught:
        store.commit(Commit((5,), checks=[(checked, expected)], puts=[(other, b"after")], deletes=[checked]))
    assert caught.value.bucket == 5
    assert store.read([checked, other]) == [versioned(2), b"before"]


def test_one_failing_check_among_many_is_a_conflict(store: Store) -> None:
    first, second = key(5, "1"), key(5, "2")
    store.commit(Commit((5,), puts=[(first, versioned(1)), (second, versioned(1))]))
    with pytest.raises(Conflict):
        store.commit(Commit((5,), checks=[(first, 1), (second, ABSENT)], puts=[(first, versioned(2))]))
    assert store.read([first]) == [versioned(1)]


def test_a_commit_spans_buckets_and_a_put_outlives_a_delete_of_the_same_key(store: Store) -> None:
    puts = [(key(n, "a"), b"a") for n in range(16)]
    store.commit(Commit(range(16), puts=puts, deletes=[key(n, name) for n in range(16) for name in ("a", "gone")]))
    assert store.read([key(n, "a") for n in range(16)]) == [b"a"] * 16


def test_tickets_grow_and_the_latest_covers_them(store: Store) -> None:
    tickets = [store.commit(Commit((0,), puts=[(key(0, "a"), b"")])) for _ in range(3)]
    tickets.append(store.delete_range(key(0, "a"), key(0, "b")))
    assert tickets == sorted(set(tickets))
    assert store.latest() >= tickets[-1]
    store.sync(store.latest())


def test_a_range_is_deleted_and_its_neighbours_stay(store: Store) -> None:
    put(store, 2, "a", "b", "c", "d")
    put(store, 3, "b")
    store.delete_range(key(2, "b"), key(2, "d"))
    store.delete_range(key(2, "d"), key(2, "b"))
    assert names(store.scan(bucket_prefix(2), bucket_prefix(3), 10)) == "a d"
    assert store.read([key(2, "b"), key(3, "b")]) == [None, b"b"]
    put(store, 2, "b")
    assert names(store.scan(bucket_prefix(2), bucket_prefix(3), 10)) == "a b d"


def test_purging_changes_nothing_readable(store: Store) -> None:
    put(store, 2, "a", "b")
    store.commit(Commit((2,), deletes=[key(2, "a")]))
    store.purge(bucket_prefix(2), bucket_prefix(3))
    assert names(store.scan(bucket_prefix(2), bucket_prefix(3), 10)) == "b"


def test_any_history_reads_like_a_sorted_dict(store: Store) -> None:
    chance, model = random.Random(7), dict[bytes, bytes]()
    for step in range(1500):
        some = [key(9, f"{chance.randrange(60):02}") for _ in range(4)]
        match chance.randrange(8):
            case 0:
                start, stop = sorted(some[:2])
                store.delete_range(start, stop)
                model = {name: value for name, value in model.items() if not start <= name < stop}
            case 1 | 2:
                start, stop = sorted(some[:2])
                limit, reverse = chance.randrange(8), chance.random() < 0.5
                inside = sorted(pair for pair in model.items() if start <= pair[0] < stop)
                expected = (inside[::-1] if reverse else inside)[:limit]
                assert store.scan(start, stop, limit, reverse) == expected
            case 3:
                assert store.read(some) == [model.get(name) for name in some]
            case _:
                checks = [(some[0], version_of(model.get(some[0])))]
                puts = [(some[1], versioned(step + 1, "x" * chance.randrange(300)))]
                store.commit(Commit((9,), checks, puts, deletes=some[2:]))
                model = {name: value for name, value in model.items() if name not in some[2:]} | dict(puts)
    assert store.scan(bucket_prefix(9), bucket_prefix(10), 1000) == sorted(model.items())


@pytest.mark.parametrize("dated", [False, True], ids=["", "dated"])
def test_threads_that_count_through_conditional_commits_lose_no_count(store: Store, dated: bool) -> None:
    counter, threads, rounds = key(1, "counter"), 8, 100

    def count_one() -> None:
        while True:
            since = store.latest() if dated else -1
            version = version_of(store.read([counter])[0])
            change = Commit((1,), [(counter, version)], [(counter, versioned(version + 1))], since=since)
            try:
                ticket = store.commit(change)
            except Conflict:
                continue
            return store.sync(ticket)

    def count() -> None:
        for _ in range(rounds):
            count_one()

    workers = [Thread(target=count) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert version_of(store.read([counter])[0]) == threads * rounds


def test_what_is_read_while_others_write_is_never_older_than_the_latest_ticket(store: Store) -> None:
    """Whoever commits on what was read, and says since when, relies on that."""
    names, over = [key(3, str(number)) for number in range(8)], Event()

    def write() -> None:
        for step in range(1, 600):
            store.commit(Commit((3,), puts=[(name, versioned(step)) for name in names]))
            written[0] = step
        over.set()

    written = [0]
    writer = Thread(target=write)
    writer.start()
    while not over.is_set():
        least = written[0]
        for value in store.read(names):
            assert version_of(value) >= least
    writer.join()
    assert [version_of(value) for value in store.read(names)] == [599] * 8


def test_stats_name_what_metrics_need(store: Store) -> None:
    put(store, 1, "a", "b")
    assert {"keys", "bytes", "commits", "syncs"} <= store.stats().keys()
    assert store.stats()["commits"] >= 1


def test_a_closed_store_is_unavailable(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable):
        store.read([key(1, "a")])
    with pytest.raises(StoreUnavailable):
        store.scan(key(1, "a"), key(1, "b"), 1)
    with pytest.raises(StoreUnavailable):
        store.commit(Commit((1,), puts=[(key(1, "a"), b"")]))


def test_identities_spread_over_all_buckets() -> None:
    buckets = [bucket_of(f"user-{number}".encode(), 256) for number in range(25_600)]
    sizes = [buckets.count(bucket) for bucket in range(256)]
    assert min(sizes) > 50 and max(sizes) < 200


def test_an_identity_never_moves_to_another_bucket() -> None:
    # The published check value of CRC-32 is 0xCBF43926.
    assert bucket_of(b"123456789", 256) == 0x26
    assert bucket_of(b"123456789", 1 << 15) == 0x3926

"""Many notifications due at one instant: by priority, whichever bucket they lie in, and with few flushes."""

from tests.engine.world import NOON, event, rule


def burst(opened, *rules, users=400):
    world = opened(*rules)
    names = [each.name for each in rules]
    world.ingest(*(event(f"m{n}", names[n % len(names)].upper(), f"user{n}") for n in range(users)))
    return world


def taken(world, limit):
    found = []
    while handed := world.take(limit=limit):
        found += [each.decision.rule for each in handed]
    return found


def test_what_has_priority_goes_first(opened):
    rules = [rule(name, name.upper(), priority=level) for name, level in (("low", -1), ("high", 9), ("middle", 2))]
    found = taken(burst(opened, *rules), limit=30)
    assert len(found) == 400
    assert found == sorted(found, key=["high", "middle", "low"].index)


def test_what_becomes_urgent_later_goes_before_what_waits(opened):
    world = burst(opened, rule("low", "LOW"), rule("high", "HIGH", priority=5))
    assert {each.decision.rule for each in world.take(limit=50)} == {"high"}
    world.ingest(*(event(f"late{n}", "HIGH", f"late{n}") for n in range(20)))
    found = taken(world, limit=40)
    assert found[:170] == ["high"] * 170
    assert "high" not in found[170:]


def test_one_flush_for_all_that_is_taken_at_once(durable_url):
    from tests.engine.world import World

    world = World(durable_url, rule(), buckets=64)
    world.ingest(*(event(f"m{n}", user=f"user{n}") for n in range(300)))
    before = world.store.stats()["syncs"]
    assert len(world.take(limit=300)) == 300
    assert world.store.stats()["syncs"] - before == 1
    assert world.now == NOON
    world.close()

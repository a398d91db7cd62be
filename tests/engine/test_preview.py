"""Previews against peeks at everybody, and what is left of them when the audience is too large to be asked."""

from collections import Counter

import pytest

from duly.engine import preview as module
from duly.engine.preview import Previewing
from duly.timing.zone import zone
from tests.engine.world import COMMIT, HOUR, NOON, NOTIFY, PEEK, SALE, SUPPRESS, at, day, event, rule, sale

ZONES = ("Europe/London", "Asia/Tokyo", "America/New_York")
USERS = 120


def preview(world, about=None, name="sale", time=NOON, late=lambda: False):
    plan = world.engine.plan.rule(name)
    return Previewing(world.engine, plan, about, time, late).preview()


def boots(user="", **more):
    return event("imagined", SALE, user, product_id="boots", **more)


def saved(world, users=USERS):
    """Users in three zones who saved the boots; some heard of a sale before, some do not want to."""
    for number in range(users):
        user = f"user-{number}"
        world.identify(user, timezone=ZONES[number % 3])
        world.track("Saved", user, product_id="boots")
        if number % 4 == 0:
            world.one(user, event("before", SALE, user, product_id="boots"), COMMIT)
        if number % 5 == 0:
            world.engine.prefer(f"u:{user}", {"consents": {"default": "unsubscribed"}})
    return world


def peeks(world, about, time=NOON):
    """What a peek at each user says, by (verdict, reason) and by hour of their own day."""
    verdicts, hours = Counter(), Counter()
    for number in range(USERS):
        (told,) = world.decide(f"user-{number}", about, PEEK, time=time, rule="sale")
        verdicts[told.verdict, "" if told.verdict == NOTIFY else told.reason] += 1
        if told.verdict != SUPPRESS:
            hours[zone(told.zone).wall(told.due or time) // HOUR % 24] += 1
    return verdicts, hours


@pytest.mark.parametrize("rules", [sale(caps=(day(1),)), sale(at_local=18, caps=(day(1),))], ids=["at once", "at six"])
def test_a_preview_counts_what_a_peek_at_everybody_says(opened, rules):
    world = saved(opened(rules))
    found = preview(world, boots())
    verdicts, hours = peeks(world, boots())
    assert (found.audience, found.asked, found.share) == (USERS, USERS, 1.0)
    assert (found.verdicts, found.hours) == (verdicts, hours)
    assert len(verdicts) >= 2 and {reason for _, reason in verdicts} >= {"unsubscribed"}


def test_sends_are_counted_by_the_hours_of_their_own_days(opened):
    world = opened(sale())
    for number in range(9):
        world.identify(f"user-{number}", timezone=ZONES[number % 3])
        world.track("Saved", f"user-{number}", product_id="boots")
    assert preview(world, boots()).hours == {13: 3, 21: 3, 8: 3}
    later = at("2024-05-01T23:00")
    assert preview(world, boots(), time=later).hours == {0: 3, 8: 3, 19: 3}


@pytest.mark.parametrize("most", [1, 40, 100])
def test_a_sample_says_how_much_of_the_audience_it_is_and_is_always_the_same(opened, monkeypatch, most):
    world = saved(opened(sale(caps=(day(1),))))
    monkeypatch.setattr(module, "MOST_ASKED", most)
    found = preview(world, boots())
    assert most <= found.asked < USERS and 0 < found.share < 1
    assert found.audience == round(found.asked / found.share)
    assert sum(found.verdicts.values()) == found.asked
    assert preview(world, boots()) == found


def test_an_estimate_of_many_is_near_the_truth(opened, monkeypatch):
    world = saved(opened(sale(caps=(day(1),))), users=600)
    monkeypatch.setattr(module, "MOST_ASKED", 200)
    found = preview(world, boots())
    assert found.asked < 350
    assert 450 < found.audience < 750


def test_without_time_a_page_is_asked_and_its_share_is_true(opened, monkeypatch):
    world = saved(opened(sale(caps=(day(1),)), buckets=1))
    monkeypatch.setattr(module, "_PAGE", 10)
    found = preview(world, boots(), late=lambda: True)
    assert (found.asked, found.audience) == (10, USERS)
    assert found.share == pytest.approx(10 / USERS)


def test_a_bucket_that_was_not_finished_does_not_count(opened, monkeypatch):
    world = saved(opened(sale(caps=(day(1),))))
    whole = preview(world, boots())
    answers = iter([*[False] * 12, *[True] * 1000])
    monkeypatch.setattr(module, "_PAGE", 2)
    found = preview(world, boots(), late=lambda: next(answers))
    assert 0 < found.asked < whole.asked
    assert (found.share * 16).is_integer()


def test_an_event_that_names_a_user_concerns_nobody_else(opened):
    world = saved(opened(sale(caps=(day(1),)), rule("thanks")))
    assert preview(world, boots("user-1")).verdicts == {(1, ""): 1}
    assert preview(world, boots("user-4")).verdicts == {(3, "capped"): 1}
    assert (preview(world, event("x", user="newcomer"), "thanks")).audience == 1
    assert (preview(world, event("x", user=""), "thanks")).audience == USERS


def test_a_merged_identity_is_the_person_and_counted_once(opened):
    world = opened(sale())
    world.track("Saved", "", anonymous="device", product_id="boots")
    world.track("Saved", "ada", product_id="boots")
    world.ingest(event("merge", "", "ada", anonymous="device", kind="identify", traits={}))
    assert preview(world, boots()).audience == 1
    assert preview(world, event("x", SALE, "", anonymous="device", product_id="boots")).verdicts == {(1, ""): 1}


def test_a_preview_changes_no_key_and_no_value(opened):
    world = saved(opened(sale(at_local=18, caps=(day(1),)), rule("thanks")))
    world.track(SALE, "", product_id="boots")
    world.fan_out()
    before = world.everything()
    preview(world, boots())
    preview(world, boots("newcomer"))
    preview(world, event("x", user=""), "thanks")
    assert world.everything() == before

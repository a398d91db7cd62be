"""Caps, limits and gaps against a ledger that recounts from scratch: never more than the cap, free exactly when due."""

import random

import pytest

from duly.meaning import model as m
from tests.engine.ledger import Grant, Ledger, Waiting
from tests.engine.world import (
    COMMIT,
    DAY,
    DEFER,
    HOUR,
    MINUTE,
    NOON,
    NOTIFY,
    PEEK,
    PRODUCT,
    RESERVE,
    SUPPRESS,
    World,
    at,
    day,
    event,
    per,
    rule,
)  # fmt: skip

ZONES = ("UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Europe/London")
STEPS = (0, 1, MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY - 1, DAY, DAY + 1, 6 * DAY)
LEASE = 30 * MINUTE
WORDS = {"now": NOTIFY, "later": DEFER, "capped": SUPPRESS}


def random_window(chance):
    if chance.random() < 0.5:
        return m.Calendar(chance.choice(("hour", "day", "week", "month")))
    return m.Rolling(chance.choice((HOUR, 12 * HOUR, 24 * HOUR, 7 * DAY)))


def random_rule(chance, name):
    caps = tuple(
        m.Cap(chance.randint(1, 3), random_window(chance), per_product=chance.random() < 0.4)
        for _ in range(chance.randint(0, 2))
    )
    wait = chance.choice((None, None, 2 * HOUR, 3 * DAY))
    return rule(name, name.title(), caps=caps, wait=wait, object_key=PRODUCT, expires=400 * DAY)


class Trial:
    """One user whose questions go to the engine and to the ledger alike."""

    def __init__(self, url, seed):
        chance = self.chance = random.Random(seed)
        rules = [random_rule(chance, name) for name in ("one", "two")]
        limits = tuple(
            m.Limit("total", chance.randint(1, 4), random_window(chance)) for _ in range(chance.randint(0, 1))
        )
        gap = chance.choice((0, 0, 10 * MINUTE, 3 * HOUR))
        start = at(chance.choice(("2024-03-08T22:00", "2024-05-30T20:00", "2024-11-02T03:00", "2024-12-31T23:30")))
        gaps = (m.Gap(gap),) if gap else ()
        self.world = World(url, *rules, limits=limits, gaps=gaps, now=start)
        self.ledger = Ledger({r.name: r for r in rules}, limits, gap)

    def step(self):
        move = self.chance.choice(("ask", "ask", "ask", "ask", "claim", "report", "zone", "wait", "wait", "retry"))
        getattr(self, move)()

    def wait(self):
        self.world.now += self.chance.choice(STEPS) + self.chance.choice((0, 0, 7 * MINUTE))

    def zone(self):
        before, self.ledger.zone = self.ledger.zone, self.chance.choice(ZONES)
        self.world.identify(timezone=self.ledger.zone)
        if self.ledger.zone != before:
            self.retime()

    def retime(self):
        """A new zone moves what waits; what is due already and capped now is over."""
        now, active = self.world.now, self.active()
        for waiting in list(self.ledger.waiting):
            word, instant = self.ledger.solve(waiting, now, active)
            if word == "capped" and waiting.due <= now:
                self.ledger.waiting.remove(waiting)
            elif word != "capped":
                waiting.due = instant

    def active(self):
        return [g for g in self.ledger.grants if not g.held_until or g.held_until > self.world.now]

    def report(self):
        grants = self.active()
        if grants:
            grant = self.chance.choice(grants)
            outcome = self.chance.choice(("failed", "sent", "opened"))
            self.world.engine.report([_report(grant, outcome, self.world.now)])
            grant.held_until = 0
            if outcome == "failed":
                self.ledger.grants.remove(grant)

    def ask(self):
        name, thing = self.chance.choice(("one", "two")), self.chance.choice("xyz")
        mode = self.chance.choice((COMMIT, COMMIT, RESERVE, PEEK))
        message, now = self.world.message(), self.world.now
        about = event(message, name.title(), time=now, product_id=thing)
        decision = self.world.one(about=about, mode=mode, lease=LEASE)
        ledger = self.ledger if mode is not PEEK else self.ledger.copy()
        ledger.lapse(now)
        waiting = Waiting(name, thing, decision.id, now, now, message)
        self.settle(ledger, [waiting], {decision.id: decision}, mode)

    def claim(self):
        mode = self.chance.choice((COMMIT, RESERVE, PEEK))
        decisions = {d.id: d for d in self.world.decide(mode=mode, lease=LEASE)}
        ledger = self.ledger if mode is not PEEK else self.ledger.copy()
        ledger.lapse(self.world.now)
        assert decisions.keys() == {w.decision for w in ledger.waiting}
        self.settle(ledger, list(ledger.waiting), decisions, mode)

    def retry(self):
        """Whoever asks again about what was granted hears that it is taken."""
        held = [g for g in self.active() if g.origin]
        if held:
            origin = self.chance.choice(held).origin
            about = event(origin.message, origin.rule.title(), time=origin.time, product_id=origin.thing)
            assert self.world.one(about=about, mode=PEEK).reason == "taken"

    def settle(self, ledger, contenders, decisions, mode):
        now, before, granted = self.world.now, list(ledger.grants), False
        for waiting in sorted(contenders, key=lambda w: (w.time, w.rule, w.message)):
            word, instant = ledger.solve(waiting, now, before)
            if word == "now" and granted:
                word, instant = ledger.solve(waiting, now, ledger.grants)
            decision, stays = decisions[waiting.decision], word == "capped" and waiting.due > now
            if stays:
                assert decision.verdict == DEFER and decision.due == waiting.due
                continue
            assert decision.verdict == WORDS[word], (decision, word, instant)
            assert word == "now" or decision.next == instant, (decision, word, instant)
            ledger.waiting = [w for w in ledger.waiting if w is not waiting]
            if word == "now":
                granted = True
                held = now + LEASE if mode is RESERVE else 0
                ledger.grants.append(
                    Grant(now, ledger.zone, waiting.rule, waiting.thing, waiting.decision, held, waiting)
                )
            elif word == "later":
                waiting.due = instant
                ledger.waiting.append(waiting)


def _report(grant, outcome, time):
    from duly.engine.api import Report

    return Report(grant.decision, outcome, time)


@pytest.mark.parametrize("store", ["memory", "rocks"])
def test_random_histories_agree_with_a_ledger(store, tmp_path):
    for seed in range(150 if store == "memory" else 10):
        trial = Trial("memory:" if store == "memory" else f"rocks:{tmp_path / str(seed)}", seed)
        for _ in range(60):
            trial.step()
        trial.world.close()


def test_a_rolling_slot_frees_exactly_one_duration_after_the_grant(opened):
    world = opened(rule(caps=(per(1, 24 * HOUR),)))
    assert world.one(about="a").verdict == NOTIFY
    world.now += 24 * HOUR - 1
    refused = world.one(about="b")
    assert (refused.reason, refused.next) == ("capped", NOON + 24 * HOUR)
    world.now += 1
    assert world.one(about="c").verdict == NOTIFY


def test_a_calendar_day_is_that_of_the_zone_at_the_time_of_the_grant(opened):
    world = opened(rule(caps=(day(1),)), now=at("2024-05-01T23:30", "America/New_York"))
    world.identify(timezone="America/New_York")
    assert world.one(about="a").verdict == NOTIFY
    world.identify(timezone="Europe/London")
    assert world.one(about="b").verdict == NOTIFY, "it is 2 May in London"
    world.identify(timezone="America/New_York")
    refused = world.one(about="c")
    assert (refused.reason, refused.next) == ("capped", at("2024-05-03T00:00", "America/New_York"))


def test_a_rule_with_a_zone_of_its_own_still_counts_the_users_days(opened):
    timing = m.Timing(between=(m.Hours(0, 0, "Europe/Paris"),))
    world = opened(rule(caps=(day(1),), timing=timing), now=at("2024-05-02T02:00", "Europe/Paris"))
    world.identify(timezone="America/Los_Angeles")
    granted = world.one(about="a")
    assert granted.verdict == NOTIFY
    refused = world.one(about="b")
    assert (refused.reason, refused.next) == ("capped", at("2024-05-02T00:00", "America/Los_Angeles"))


def test_a_reservation_gives_its_slot_back_when_its_lease_is_over(opened):
    world = opened(rule(caps=(day(1),)))
    first = world.one(about="a", mode=RESERVE, lease=MINUTE)
    world.now += MINUTE - 1
    assert world.one(about="b").reason == "capped"
    world.now += 1
    assert world.one(about="c", mode=PEEK).verdict == NOTIFY
    assert world.one(about="a", mode=PEEK).verdict == NOTIFY
    again = world.one(about=event("a"))
    assert (again.verdict, again.id) == (NOTIFY, first.id)
    assert world.one(about="d").reason == "capped"


def test_a_reservation_that_was_reported_sent_keeps_its_slot_for_good(opened):
    world = opened(rule(caps=(per(1, 24 * HOUR),)))
    first = world.one(about="a", mode=RESERVE, lease=MINUTE)
    world.report(first, "sent")
    world.now += HOUR
    refused = world.one(about="b")
    assert (refused.reason, refused.next) == ("capped", NOON + 24 * HOUR)
    assert world.take() == []
    assert world.queue() == []


def test_a_failure_gives_the_slot_of_a_commit_back(opened):
    world = opened(rule(caps=(day(1),)))
    world.report(world.one(about="a"), "failed")
    assert world.one(about="b").verdict == NOTIFY
    assert world.one(about="c").reason == "capped"


def test_a_house_limit_counts_the_category_recorded_with_the_send(opened):
    deals, news = m.Category("deals"), m.Category("news")
    limits = (m.Limit("offers", 1, m.Calendar("day"), category="deals"),)
    categories = {"deals": deals, "news": news}
    world = opened(rule(category="deals"), categories=categories, limits=limits)
    assert world.one(about="a").verdict == NOTIFY
    world.publish(rule(category="news"), categories=categories, limits=limits)
    assert world.one(about="b").verdict == NOTIFY
    world.publish(rule(category="deals"), categories=categories, limits=limits)
    assert world.one(about="c").reason == "capped"


def test_a_renamed_rule_keeps_its_count_and_its_instances(opened):
    world = opened(rule("old", caps=(day(1),)))
    assert world.one(about="a").verdict == NOTIFY
    world.publish(rule("new", caps=(day(1),), was=("old",)))
    assert world.one(about="b").reason == "capped"
    assert world.one(about="a").reason == "taken"

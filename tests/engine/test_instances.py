"""One instance for each rule, user and message, one grant for each instance, and a PEEK that changes nothing."""

from threading import Barrier, Thread

import pytest

from duly.engine.api import Question
from tests.engine.world import (
    COMMIT,
    DEFER,
    HOUR,
    MINUTE,
    NOON,
    NOTIFY,
    PEEK,
    RESERVE,
    SALE,
    SUPPRESS,
    at,
    day,
    event,
    rule,
    sale,
)  # fmt: skip


def test_an_event_seen_by_ingest_and_then_by_decide_is_one_instance(opened):
    world = opened(rule(at_local=18))
    assert world.ingest(event("a")) == ["ACCEPTED"]
    first = world.one(about="a")
    assert (first.verdict, first.due) == (DEFER, at("2024-05-01T18:00"))
    assert [d.id for d in world.engine.decisions("u:ada", 10)] == [first.id]
    assert len(world.engine.user("u:ada").pending) == 1


def test_an_event_seen_by_decide_and_then_by_ingest_is_one_instance_and_written_once(opened):
    world = opened(rule())
    granted = world.one(about="a")
    assert granted.verdict == NOTIFY
    assert world.ingest(event("a")) == ["ACCEPTED"]
    assert world.ingest(event("a")) == ["DUPLICATE"]
    assert world.take() == []
    assert world.one(about="a").reason == "taken"
    assert len(world.everything((b"e",))) == 1
    assert world.notified("ada") == [("greet", "a")]


def test_deciding_twice_with_different_request_ids_grants_once(opened):
    world = opened(rule())
    verdicts = [world.one(about="a", request_id=f"r{number}").verdict for number in range(3)]
    assert verdicts == [NOTIFY, SUPPRESS, SUPPRESS]


def test_a_retried_request_gets_the_first_answer_and_another_body_is_a_flaw(opened):
    world = opened(rule(caps=(day(1),)))
    asked = {"about": "a", "request_id": "r", "digest": b"1"}
    first = world.ask(**asked)
    world.now += HOUR
    assert world.ask(**asked) == first
    assert world.ask(**{**asked, "digest": b"2"}).flaw.reason == "reused"
    assert len(world.engine.user("u:ada").sends) == 1


def test_a_retried_request_whose_answer_was_nothing_stays_nothing(opened):
    world = opened(rule())
    assert world.decide(request_id="r") == []
    world.track()
    assert world.decide(request_id="r") == []
    assert world.one(request_id="s").verdict == NOTIFY


def test_an_unknown_rule_is_a_flaw_and_leaves_its_request_id_free(opened):
    world = opened(rule())
    assert world.ask(about="a", rule="nobody", request_id="r").flaw.field == "rule"
    assert world.one(about="a", request_id="r").verdict == NOTIFY


def test_sixty_four_threads_about_one_message_get_one_grant(opened):
    world = opened(rule())
    answers = together(64, lambda number: world.one(about="a", request_id=str(number)))
    assert sorted(decision.verdict for decision in answers) == [NOTIFY] + [SUPPRESS] * 63
    assert len({decision.id for decision in answers}) == 1


def test_sixty_four_threads_about_one_cap_get_what_the_cap_allows(opened):
    world = opened(rule(caps=(day(3),)))
    answers = together(64, lambda number: world.one(about=f"m{number}", mode=RESERVE if number % 2 else COMMIT))
    assert sorted(decision.reason for decision in answers) == ["capped"] * 61 + ["due"] * 3
    assert len({decision.id for decision in answers}) == 64


def test_decide_and_workers_together_grant_an_instance_once(opened):
    world = opened(rule())
    users = [f"user{number}" for number in range(20)]
    world.ingest(*(event("a", user=user) for user in users))

    def claim(number):
        if number % 2:
            return [handed.decision.id for handed in world.take(limit=5, worker=str(number))]
        return [d.id for user in users for d in world.decide(user) if d.verdict == NOTIFY]

    claimed = [decision for each in together(8, claim) for decision in each]
    claimed += [handed.decision.id for handed in world.take()]
    assert len(claimed) == len(set(claimed)) == 20


def test_ids_of_decisions_made_by_many_threads_are_whole_and_unique(opened):
    world = opened(rule())
    made = together(16, lambda number: [world.one(f"user{number}", f"m{step}").id for step in range(50)])
    ids = [decision for each in made for decision in each]
    assert len(set(ids)) == 800
    assert {len(decision) for decision in ids} == {20}


def test_a_fan_out_skips_whoever_was_decided_about_already(opened):
    world = opened(sale())
    for user in ("ada", "bob"):
        world.track("Saved", user, product_id="boots")
    about = event("s", SALE, user="", product_id="boots")
    assert world.one("ada", about).verdict == NOTIFY
    assert world.ingest(about) == ["ACCEPTED"]
    world.fan_out()
    assert [handed.decision.identity for handed in world.take()] == ["u:bob"]
    assert world.one("ada", about).reason == "taken"
    assert world.ingest(about) == ["DUPLICATE"]


def test_a_peek_leaves_every_byte_as_it_was(opened):
    world = opened(rule(caps=(day(1),)), rule("later", at_local=18), sale(), timezone="Europe/Paris")
    world.track("Saved", product_id="boots")
    world.ingest(event("s", SALE, user="", product_id="boots"))
    world.one(about="a", rule="greet", mode=RESERVE, lease=MINUTE)
    before = world.everything()
    for time in (None, NOON + HOUR, NOON + 30 * HOUR):
        for about in (None, event("a"), event("new"), event("s", SALE, "", product_id="boots"), event("", time=NOON)):
            world.decide(about=about, mode=PEEK, time=time, full=True, request_id="r")
            world.decide("nobody", about=about, mode=PEEK, time=time)
    assert world.everything() == before


def test_a_peek_among_commits_sees_them_and_changes_nothing_for_those_after_it(opened):
    world = opened(rule(caps=(day(1),)))

    def ask(message, mode, **more):
        return Question("u:ada", mode, event(message), **more)

    batch = [
        ask("a", RESERVE, lease=MINUTE),
        ask("b", PEEK),
        ask("b", PEEK, time=NOON + MINUTE),
        ask("c", COMMIT),
        Question("u:bob", COMMIT, event("a", user="bob")),
    ]
    reasons = [answer.decisions[0].reason for answer in world.engine.decide(batch)]
    assert reasons == ["due", "capped", "due", "capped", "due"]


def test_what_a_peek_says_of_later_comes_true(opened):
    world = opened(rule(at_local=18, caps=(day(1),)))
    world.one(about="a")
    assert world.one(mode=PEEK, time=at("2024-05-01T18:00")).verdict == NOTIFY
    assert world.one(mode=PEEK).verdict == DEFER
    world.now = at("2024-05-01T18:00")
    assert world.one().verdict == NOTIFY


def test_a_batch_is_answered_in_order_for_one_user(opened):
    world = opened(rule(caps=(day(1),)))
    answers = world.engine.decide([Question("u:ada", event=event(f"m{number}")) for number in range(3)])
    assert [answer.decisions[0].reason for answer in answers] == ["due", "capped", "capped"]


def together(count, work):
    """What `work` gives in each of many threads that start at once."""
    barrier, results = Barrier(count), {}

    def run(number):
        barrier.wait()
        results[number] = work(number)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(count)]


@pytest.mark.parametrize("mode", [COMMIT, RESERVE])
@pytest.mark.parametrize("hour", [None, 18])
def test_the_log_says_how_was_asked(opened, mode, hour):
    world = opened(rule(at_local=hour))
    decision = world.one(about="a", mode=mode)
    assert decision.mode == world.engine.decision(decision.id).mode == mode

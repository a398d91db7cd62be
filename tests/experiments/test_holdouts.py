"""Users in a control group go the same way as everybody up to the grant, which they do not get."""

from hypothesis import given, settings
from hypothesis import strategies as st

from duly.engine.api import Mode
from duly.engine.decision import Gate, Standing, Status, Verdict
from duly.engine.words import gate_sentence, sentence
from duly.experiments.allocation import NOBODY, control_group
from tests.experiments.world import DAY, HOUR, MINUTE, World, plan_of

RULE = "rule sale\n  when Price Drop\n  {}\n"
USERS = [f"user-{number}" for number in range(60)]


def rules(*clauses, house=""):
    return house + "\n" + RULE.format("\n  ".join(clauses))


def test_a_would_be_grant_is_refused_with_the_verdict_it_would_have_had():
    decision = World(rules('send "hello"', "holdout 100%")).decide()
    assert (decision.verdict, decision.reason) == (Verdict.SUPPRESS, "holdout")
    assert decision.holdout_verdict == Verdict.NOTIFY
    assert decision.body == ""
    assert decision.statuses[Gate.HOLDOUT] == Status.FAIL
    assert {decision.statuses[gate] for gate in Gate if gate is not Gate.HOLDOUT} == {Status.PASS}
    assert sentence(decision) == (
        "the user is in the control group: "
        "control group `sale holdout` of 100%; without it the user would have been notified"
    )


def test_nobody_else_has_a_verdict_they_would_have_had():
    decision = World(rules("holdout 0%")).decide()
    assert (decision.verdict, decision.holdout_verdict) == (Verdict.NOTIFY, 0)


def test_the_group_is_chosen_by_its_own_seed():
    world, group = World(rules('holdout 30% seed "spring"')), control_group("spring", 0.3)
    found = {user for user in USERS if world.decide(user=user).reason == "holdout"}
    assert found == {user for user in USERS if group.arm(user) != NOBODY}
    assert 0 < len(found) < len(USERS)


def test_the_house_has_a_group_that_every_rule_spares():
    house = 'holdout 100% seed "house-2026"\ncategory orders "Orders": opt out, transactional'
    text = house + "\nrule sale\n  when Price Drop\nrule paid\n  when Paid\n  in category orders\n  holdout 100%\n"
    world = World(text)
    assert world.decide().reason == "holdout"
    paid = world.decide("Paid")
    assert paid.verdict == Verdict.NOTIFY
    assert paid.statuses[Gate.HOLDOUT] == Status.WAIVED


def test_other_refusals_stay_what_they_are_and_say_that_the_group_changes_nothing():
    house = 'category deals "Deals": opt in'
    decision = World(rules("in category deals", "holdout 100%", house=house)).decide()
    assert (decision.reason, decision.holdout_verdict) == ("no-consent", Verdict.SUPPRESS)
    assert decision.statuses[Gate.HOLDOUT] == Status.PASS
    assert gate_sentence(decision, Gate.HOLDOUT).endswith("without it the user would not have been notified either")


def test_what_is_deferred_waits_and_is_refused_when_it_would_be_granted():
    world = World(rules("at 18:00 local", "holdout 100%"))
    decision = world.decide()
    assert (decision.verdict, decision.holdout_verdict) == (Verdict.DEFER, Verdict.DEFER)
    assert gate_sentence(decision, Gate.HOLDOUT).endswith("this would wait just the same")
    world.pass_time(6 * HOUR)
    assert world.take_due() == []
    end = world.logged(decision)
    assert (end.reason, end.holdout_verdict, end.standing) == ("holdout", Verdict.NOTIFY, Standing.CLOSED)
    assert world.engine.user("u:ada").pending == []


def test_what_is_ingested_waits_until_a_worker_would_have_had_it():
    world = World(rules("holdout 100%"))
    world.ingest("Price Drop")
    waiting = world.engine.decisions("u:ada", 1)[0]
    assert (waiting.verdict, waiting.reason, waiting.standing) == (Verdict.DEFER, "due", Standing.PENDING)
    assert world.take_due() == []
    assert world.logged(waiting).reason == "holdout"


def test_a_peek_leaves_nothing_behind():
    world = World(rules("max 1/day", "holdout 100%"))
    assert [world.decide(mode=Mode.PEEK).reason for _ in range(3)] == ["holdout"] * 3
    assert world.engine.user("u:ada") is None


# --- caps -------------------------------------------------------------------------------------------------------------


def test_the_rules_own_caps_count_would_be_grants():
    world = World(rules("max 2/day", "holdout 100%"))
    assert [world.decide().reason for _ in range(4)] == ["holdout", "holdout", "capped", "capped"]
    world.pass_time(DAY)
    assert world.decide().reason == "holdout"


def test_house_limits_are_read_but_not_consumed():
    house = "limit total 2/day\ngap 10 minutes"
    text = rules("holdout 100%", house=house) + "rule other\n  when Other\n"
    world = World(text)
    assert [world.decide().reason for _ in range(3)] == ["holdout"] * 3
    assert world.decide("Other").verdict == Verdict.NOTIFY
    assert world.decide().verdict == Verdict.DEFER
    world.pass_time(10 * MINUTE)
    assert world.decide().reason == "holdout"
    assert world.decide("Other").verdict == Verdict.NOTIFY
    world.pass_time(10 * MINUTE)
    held = world.decide()
    assert (held.reason, held.holdout_verdict) == ("capped", Verdict.SUPPRESS)


def test_a_would_be_grant_outranks_no_other_rule():
    house = "limit total 1/day"
    text = rules("priority 9", "holdout 100%", house=house) + "rule other\n  when Price Drop\n"
    decisions = {d.rule: d for d in World(text).decide_all()}
    assert decisions["sale"].reason == "holdout"
    assert decisions["other"].verdict == Verdict.NOTIFY


def test_a_grant_outranks_a_would_be_grant():
    house = "limit total 1/day"
    text = rules("holdout 100%", house=house) + "rule other\n  when Price Drop\n  priority 9\n"
    held = next(d for d in World(text).decide_all() if d.rule == "sale")
    assert (held.reason, held.outranked_by, held.holdout_verdict) == ("outranked-by", "other", Verdict.SUPPRESS)


def test_who_leaves_the_group_has_no_slots_taken_by_what_they_never_got():
    world = World(rules("max 1/day", "holdout 100%"))
    assert world.decide().reason == "holdout"
    world.engine.publish(plan_of(rules("max 1/day")))
    assert [world.decide().reason for _ in range(2)] == ["due", "capped"]


def test_who_was_in_the_group_before_signing_in_stays_there():
    world = World(rules("max 9/day", 'holdout 50% seed "s"'))
    group = control_group("s", 0.5)
    held = next(f"anon-{n}" for n in range(99) if group.arm(f"anon-{n}") != NOBODY)
    free = next(f"free-{n}" for n in range(99) if group.arm(f"free-{n}") == NOBODY)
    assert world.decide(user=held).reason == "holdout"
    world.identify(free, held)
    assert world.decide(user=free).reason == "holdout"


# --- the same way -----------------------------------------------------------------------------------------------------

CLAUSES = st.lists(
    st.sampled_from(
        ["max 2/day, or wait 1 day", "between 09:00 and 13:00 local", "at 18:00 local", "expires after 3 hours"]
    ),
    unique=True,
).filter(lambda clauses: not {"at 18:00 local", "between 09:00 and 13:00 local"} <= set(clauses))
STEPS = st.lists(
    st.tuples(st.sampled_from(["decide", "ingest", "take", "ask"]), st.integers(0, 20).map(lambda n: n * HOUR // 2)),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CLAUSES, STEPS)
def test_a_control_group_meets_every_gate_as_everybody_does(clauses, steps):
    free, held = World(rules(*clauses)), World(rules(*clauses, "holdout 100%"))
    for world in (free, held):
        for step, duration in steps:
            _do(world, step)
            world.pass_time(duration)
    assert _story(held) == _story(free)


def _do(world, step):
    if step == "decide":
        world.decide()
    elif step == "ingest":
        world.ingest("Price Drop")
    elif step == "ask":
        world.ask()
    else:
        for decision in world.take_due():
            world.report(decision, "sent")


def _story(world):
    """What became of each event, with would-be grants as grants."""
    return sorted(
        (d.message_id, d.holdout_verdict or d.verdict, d.due, d.next, "due" if d.reason == "holdout" else d.reason)
        for d in world.engine.decisions("u:ada", 100)
    )

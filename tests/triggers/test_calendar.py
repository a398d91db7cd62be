"""`every day|Monday|month on the 1st`: once per user and date, in everybody's own zone."""

from duly.engine.decision import Gate, Status
from tests.triggers.world import HOUR, World, ts

MONDAYS = """
rule picks
  every Monday
  at 10:00 local
"""
DAILY = "rule daily\n  every day\n  at 10:00 local\n"


def reach(world):
    """Let the background work until there is nothing to do."""
    world.engine.tick()
    while world.engine.fan_out():
        pass


def test_everybody_gets_it_at_their_own_ten_o_clock(store):
    world = World(store, MONDAYS, "2024-05-02 08:00")
    zones = {"kiritimati": "Pacific/Kiritimati", "london": "Europe/London", "pago": "Pacific/Pago_Pago"}
    for user, zone in zones.items():
        world.identify(user, timezone=zone)
    found = {}
    world.at("2024-05-05 10:00")
    while world.now < ts("2024-05-08 00:00"):
        reach(world)
        for decision in world.due():
            found.setdefault(decision.identity, []).append((world.now, decision.message_id))
        world.now += HOUR
    message = "every:picks:2024-05-06"
    assert found == {
        "u:kiritimati": [(ts("2024-05-05 20:00"), message)],
        "u:london": [(ts("2024-05-06 09:00"), message)],
        "u:pago": [(ts("2024-05-06 21:00"), message)],
    }


def test_the_date_counts_from_the_user_s_midnight(store):
    world = World(store, MONDAYS, "2024-05-04 08:00")
    world.identify("ada", timezone="America/New_York")
    world.at("2024-05-05 12:00")
    reach(world)
    [pending] = world.user("ada").pending
    assert pending.event_time == ts("2024-05-06 04:00")
    assert pending.due == ts("2024-05-06 14:00")
    assert pending.expires == ts("2024-05-07 04:00")


def test_a_user_who_moves_is_re_timed_by_their_new_midnight(store):
    world = World(store, MONDAYS, "2024-05-04 08:00")
    world.identify("ada", timezone="America/New_York")
    world.at("2024-05-05 12:00")
    reach(world)
    world.identify("ada", timezone="Asia/Tokyo")
    [pending] = world.user("ada").pending
    assert pending.due == ts("2024-05-06 01:00")


def test_the_condition_is_tested_when_it_is_due(store):
    world = World(store, MONDAYS.replace("Monday", "Monday where user.premium is true"), "2024-05-04 08:00")
    for user in ("ada", "bob"):
        world.identify(user, premium=user == "bob")
    world.at("2024-05-05 12:00")
    reach(world)
    [waiting] = world.log("ada")
    assert waiting.statuses[Gate.MATCH] == waiting.statuses[Gate.CONSENT] == Status.NOT_REACHED
    world.identify("ada", premium=True)
    world.identify("bob", premium=False)
    world.at("2024-05-06 10:00")
    assert [decision.identity for decision in world.due()] == ["u:ada"]
    assert world.due() == []


def test_who_appears_the_same_day_still_gets_it(store):
    world = World(store, MONDAYS, "2024-05-04 08:00")
    world.at("2024-05-05 12:00")
    reach(world)
    world.at("2024-05-06 09:00")
    reach(world)
    world.track("ada", "App Opened")
    world.at("2024-05-06 12:00")
    world.track("bob", "App Opened")
    reach(world)
    assert [decision.identity for decision in world.due()] == []
    assert [decision.reason for decision in world.log("bob")] == ["expires-first"]
    world = World(store, MONDAYS, "2024-05-13 09:00")
    reach(world)
    world.track("eve", "App Opened")
    world.at("2024-05-13 10:00")
    assert "u:eve" in [decision.identity for decision in world.due()]


def test_it_is_never_twice(store):
    world = World(store, DAILY, "2024-05-01 08:00")
    for number in range(30):
        world.track(f"u{number}", "App Opened")
    world = World(store, DAILY, "2024-05-02 08:00")
    count = 0
    for _ in range(3):
        reach(world)
        count += len(world.due())
        world = World(store, DAILY, "2024-05-02 10:00")
    reach(world)
    count += len(world.due())
    assert count == 30


def test_an_outage_is_caught_up_as_far_as_it_is_of_use(store):
    world = World(store, DAILY, "2024-05-01 08:00")
    world.track("ada", "App Opened")
    reach(world)
    world.due()
    world.at("2024-05-05 10:30")
    reach(world)
    assert [decision.message_id for decision in world.due()] == ["every:daily:2024-05-05"]


def test_a_rule_published_during_the_day_begins_with_what_is_still_to_come(store):
    world = World(store, "", "2024-05-01 08:00")
    world.track("ada", "App Opened")
    world.at("2024-05-02 09:00")
    times = {"early": "  at 08:30 local\n", "late": "  at 09:30 local\n", "any": ""}
    world.publish("\n".join(f"rule {name}\n  every day\n{time}" for name, time in times.items()))
    reach(world)
    assert world.due() == []
    world.at("2024-05-02 09:30")
    assert [decision.rule for decision in world.due()] == ["late"]
    world.at("2024-05-03 00:00")
    reach(world)
    assert [decision.rule for decision in world.due()] == ["any"]


def test_a_rule_that_was_gone_begins_anew(store):
    world = World(store, DAILY, "2024-05-01 08:00")
    world.track("ada", "App Opened")
    world.publish("")
    world.at("2024-05-20 10:30")
    world.publish(DAILY)
    reach(world)
    assert world.due() == []
    world.at("2024-05-21 10:00")
    reach(world)
    assert [decision.message_id for decision in world.due()] == ["every:daily:2024-05-21"]


def test_a_renamed_rule_goes_on(store):
    world = World(store, DAILY, "2024-05-01 08:00")
    world.track("ada", "App Opened")
    world.at("2024-05-02 08:00")
    reach(world)
    world.publish(DAILY.replace("rule daily", "rule each_day") + "  was daily\n")
    world.at("2024-05-02 10:00")
    reach(world)
    assert [(d.rule, d.message_id) for d in world.due()] == [("each_day", "every:daily:2024-05-02")]
    assert world.due() == []


def test_a_month_without_the_day_is_skipped(store):
    world = World(store, "rule end\n  every month on the 31st\n  at 10:00 local\n", "2024-01-30 08:00")
    world.track("ada", "App Opened")
    found = []
    while world.now < ts("2024-06-02 00:00"):
        reach(world)
        found += [decision.message_id[-10:] for decision in world.due()]
        world.now += 2 * HOUR
    assert found == ["2024-01-31", "2024-03-31", "2024-05-31"]


def test_a_rule_in_its_own_zone_goes_by_that(store):
    world = World(store, 'rule daily\n  every day\n  at 10:00 "Asia/Tokyo"\n', "2024-05-01 08:00")
    world.identify("ada", timezone="America/New_York")
    world.at("2024-05-02 00:30")
    reach(world)
    [pending] = [p for p in world.user("ada").pending if p.message_id.endswith("05-02")]
    assert (pending.event_time, pending.due) == (ts("2024-05-01 15:00"), ts("2024-05-02 01:00"))


def test_a_date_that_never_was_has_no_occurrence(store):
    world = World(store, DAILY, "2011-12-28 08:00")
    world.identify("ada", timezone="Pacific/Apia")
    found = []
    while world.now < ts("2011-12-31 12:00"):
        reach(world)
        found += [decision.message_id[-10:] for decision in world.due()]
        world.now += HOUR
    assert found == ["2011-12-28", "2011-12-29", "2011-12-31"]


def test_an_unless_ends_the_date(store):
    world = World(store, DAILY + "  unless App Opened\n", "2024-05-01 08:00")
    world.identify("ada", timezone="UTC")
    world.at("2024-05-02 00:00")
    reach(world)
    world.at("2024-05-02 08:00")
    world.track("ada", "App Opened")
    assert [message[-10:] for message, _ in world.waiting("ada")] in ([], ["2024-05-03"])


def test_two_identities_of_one_person_get_it_once(store):
    world = World(store, DAILY, "2024-05-01 08:00")
    world.track("ada", "App Opened")
    event = world.event("", "App Opened")
    event.anonymous_id = "phone"
    world.engine.ingest([event])
    world.at("2024-05-02 08:00")
    reach(world)
    sign_in(world, "ada", "phone")
    world.at("2024-05-02 10:00")
    assert [decision.message_id for decision in world.due()] == ["every:daily:2024-05-02"]
    assert "merged" in world.reasons("ada")


def test_a_new_user_with_a_new_device_gets_it(store):
    world = World(store, DAILY, "2024-05-02 08:00")
    reach(world)
    sign_in(world, "ada", "phone")
    world.at("2024-05-02 10:00")
    assert [decision.identity for decision in world.due()] == ["u:ada"]


def sign_in(world, user, device):
    event = world.event(user, "")
    event.type, event.traits, event.anonymous_id = "identify", {}, device
    world.engine.ingest([event])

"""What a change of rules does to whom they reach."""

from datetime import UTC, datetime

import pytest

from duly.conditions.compile import compile_condition
from duly.difference.aspect import Effect, combined
from duly.difference.compare import Change, differences
from duly.difference.condition import Conditions
from duly.difference.words import sentence, witness_words
from duly.lint.logic.facts import Invented
from duly.meaning.rule_set import read_rules
from duly.source import Source

START = int(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
WHEN = "rule r\n  when Order Completed\n"
SALE = "rule r\n  when Product Sale where user saved product and ({})\n"


def rule_set(text):
    checked = read_rules([Source("rules.duly", text)])
    assert checked.diagnostics == ()
    return checked.rule_set


def compared(before, after):
    return list(differences(rule_set(before), rule_set(after), START))


def one(before, after):
    (found,) = compared(before, after)
    return found


def condition(before, after):
    return one(SALE.format(before), SALE.format(after))


def clause(before, after):
    return one(WHEN + f"  {before}\n" * bool(before), WHEN + f"  {after}\n" * bool(after))


def test_the_same_rules_do_not_differ_wherever_they_stand():
    assert compared(WHEN + "rule s\n  when Order Refunded\n", "rule s\n  when Order Refunded\n# moved\n" + WHEN) == []


def test_new_and_gone_rules_are_told():
    found = compared(WHEN, "rule s\n  when Order Refunded\n")
    assert [(each.rule, each.change) for each in found] == [("s", Change.ADDED), ("r", Change.REMOVED)]
    assert found[1].lost == ("what waits for it is cancelled",)


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("discount >= 20%", "discount >= 10%", Effect.MORE),
        ("discount >= 10%", "discount >= 20%", Effect.LESS),
        ("discount >= 10%", "discount >= 20% or discount < 5%", Effect.INCOMPARABLE),
        ("discount >= 20%", "not discount < 20%", Effect.EQUIVALENT),
        ('name in ("a", "b")', 'name = "a" or name = "b"', Effect.EQUIVALENT),
        ("user.vip is true", "user.vip is not missing", Effect.MORE),
    ],
)
def test_conditions_are_compared_by_what_they_are_true_of(before, after, effect):
    found = condition(before, after)
    assert found.effect is effect
    assert found.means_the_same is (effect is Effect.EQUIVALENT)


@pytest.mark.parametrize(
    ("before", "after"), [("discount >= 20%", "discount >= 10%"), ("price > 3 and price < 9", "price > 5")]
)
def test_a_witness_of_a_condition_is_one(before, after):
    old, new = (rule_set(SALE.format(text)) for text in (before, after))
    aspect = Conditions(old, new).aspect(old.rules["r"], new.rules["r"])
    assert aspect.witnesses
    for witness in aspect.witnesses:
        facts = Invented(event=witness.event, related={"saved": True})
        told = ["sent" if compile_condition(each.rules["r"].where).test(facts) else "not sent" for each in (old, new)]
        assert told == [witness.before, witness.after]


def test_a_segment_that_changes_changes_the_rules_that_name_it():
    text = "segment big: count of Order Completed in last 90 days >= {}\n" + WHEN + "  where user in big\n"
    found = one(text.format(3), text.format(2))
    assert found.effect is Effect.MORE
    assert "2 Order Completed before" in witness_words(found.aspects[0].witnesses[0])
    assert one(text.format(2), text.format(3)).effect is Effect.LESS


def test_what_is_beyond_the_bound_is_said_not_to_be_analysed():
    terms = " and ".join(f"(a{n} = 1 or b{n} = 1)" for n in range(20))
    turned = " and ".join(f"(b{n} = 1 or a{n} = 1)" for n in reversed(range(20)))
    found = condition(terms, turned)
    assert found.effect is Effect.UNDECIDED
    assert sentence(found) == "changed, not all of it could be analysed: the condition has changed, not analysed"


# --- triggers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("when Order Completed", "when Order Completed or Order Refunded", Effect.MORE),
        ("when Order Completed or Order Refunded", "when Order Refunded", Effect.LESS),
        ("when Order Completed", "when Order Refunded", Effect.INCOMPARABLE),
        ("when Order Completed or Order Refunded", "when Order Refunded or Order Completed", Effect.EQUIVALENT),
        ("when Product Viewed then Order Completed within 1 hour", "when Order Completed", Effect.INCOMPARABLE),
        (
            "when Product Viewed then Order Completed within 1 hour",
            "when Product Viewed then Order Completed within 2 hours",
            Effect.MORE,
        ),
        (
            "when Product Viewed, then no Order Completed within 1 hour",
            "when Product Viewed, then no Order Completed or Order Refunded within 1 hour",
            Effect.LESS,
        ),
    ],
)
def test_triggers_are_compared_by_what_starts_them(before, after, effect):
    assert one(f"rule r\n  {before}\n", f"rule r\n  {after}\n").effect is effect


# --- timing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("at 18:00 local", "at 19:00 local", Effect.INCOMPARABLE),
        (
            "between 09:00 and 21:00 local",
            "between 09:00 and 15:00 local, between 15:00 and 21:00 local",
            Effect.EQUIVALENT,
        ),
        (
            "between 09:00 and 12:00 local\n  expires after 2 hours",
            "between 09:00 and 10:00 local\n  expires after 2 hours",
            Effect.LESS,
        ),
        ("", "at 18:00 local if passed drop", Effect.INCOMPARABLE),
        ("expires after 1 day", "expires after 2 days", Effect.MORE),
        ("expires after 2 days", "expires after 1 day", Effect.LESS),
        ("from 2027-01-01 to 2027-01-05", "from 2027-01-01 to 2027-01-04", Effect.LESS),
    ],
)
def test_timing_is_compared_by_solving_both(before, after, effect):
    found = clause(before, after)
    assert found.effect is effect
    if effect is not Effect.EQUIVALENT:
        assert found.aspects[0].witnesses


def test_a_witness_of_timing_is_an_instant_with_both_outcomes():
    (aspect,) = clause("at 18:00 local", "at 19:00 local").aspects
    (witness,) = aspect.witnesses
    assert witness.zone == "Europe/London" and witness.instant >= START - 86_400_000_000
    assert witness.before.startswith("sent 2026-") and witness.after.startswith("sent 2026-")


def test_quiet_hours_of_the_house_are_part_of_every_rule_but_transactional_ones():
    text = (
        '{}category orders "Orders": opt out, transactional\n'
        + WHEN
        + "rule t\n  when Order Refunded\n  in category orders\n"
    )
    found = compared(text.format(""), text.format("quiet 22:00 to 08:00 local\n"))
    assert [each.rule for each in found] == ["r"]


# --- caps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("max 1/day", "max 2/day", Effect.MORE),
        ("max 2/day", "max 1/day", Effect.LESS),
        ("", "max 1/day", Effect.LESS),
        ("max 1/day", "", Effect.MORE),
        ("max 1 per 7 days", "max 1 per 2 days", Effect.MORE),
        ("max 1/day", "max 1 per 24 hours", Effect.INCOMPARABLE),
        ("max 1/month", "max 1/day", Effect.MORE),
        ("max 1/day", "max 1/day, max 1/month", Effect.LESS),
        ("max 1/month", "max 1/day, max 1/month", Effect.EQUIVALENT),
        ("max 1/day", "max 1/day, or wait 1 day", Effect.MORE),
        ("priority 1\n  max 1/day", "priority 5\n  max 1/day", Effect.MORE),
    ],
)
def test_caps_are_compared_by_what_they_let_through(before, after, effect):
    assert clause(before, after).effect is effect


def test_a_witness_of_caps_is_a_send_that_one_of_them_refuses():
    (witness,) = clause("max 1 per 3 days", "max 1 per 9 days").aspects[0].witnesses
    assert (witness.before, witness.after) == ("sent", "suppressed by `max 1 per 9 days`")
    assert witness.facts == "1 sent 3 days before"


def test_limits_and_gaps_of_the_house_count():
    found = one(WHEN, "gap 2 hours\nlimit total 1/day\n" + WHEN)
    assert found.effect is Effect.LESS
    assert {aspect.part for aspect in found.aspects} == {"caps", "gap"}


# --- people -----------------------------------------------------------------------------------------------------------

ARMS = WHEN + '  variant a {}% send "a"\n  variant b {}% send "b"\n'


def test_other_weights_move_users_and_say_how_many():
    found = one(ARMS.format(50, 50), ARMS.format(60, 40))
    assert found.effect is Effect.OTHERWISE
    assert found.moved == pytest.approx(0.1, abs=0.01)


def test_more_coverage_moves_nobody():
    found = one(
        ARMS.format(50, 50) + '  experiment "x" coverage 50%\n', ARMS.format(50, 50) + '  experiment "x" coverage 80%\n'
    )
    assert (found.effect, found.moved) == (Effect.MORE, 0)
    assert "of users take part from now on" in found.aspects[0].text


def test_another_key_loses_the_assignments():
    found = one(ARMS.format(50, 50) + '  experiment "x"\n', ARMS.format(50, 50) + '  experiment "y"\n')
    assert found.moved == pytest.approx(0.5, abs=0.03)
    assert any("assigned anew" in loss for loss in found.lost)


def test_holding_more_users_back_sends_less():
    assert clause("", "holdout 5%").effect is Effect.LESS
    assert clause("holdout 5%", "holdout 2%").effect is Effect.MORE


def test_consent_counts():
    text = 'category deals "Deals": {}\n' + WHEN + "  in category deals\n"
    assert one(text.format("opt out"), text.format("opt in")).effect is Effect.LESS
    assert clause("by email", "by sms").effect is Effect.INCOMPARABLE


def test_another_text_reaches_the_same_people():
    found = clause('send "a"', 'send "b"')
    assert (found.effect, found.means_the_same) == (Effect.OTHERWISE, False)


def test_another_title_means_the_same():
    assert one(WHEN, WHEN.replace("rule r", 'rule r "R"')).means_the_same


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_renaming_with_was_keeps_and_without_loses():
    capped = WHEN + "  max 1/day\n  at 18:00 local\n"
    (kept,) = compared(capped, capped.replace("rule r\n", "rule s\n  was r\n"))
    assert (kept.change, kept.previous, kept.lost) == (Change.RENAMED, "r", ())
    added, removed = compared(capped, capped.replace("rule r\n", "rule s\n"))
    assert (added.change, removed.change) == (Change.ADDED, Change.REMOVED)
    assert "without `was r` its counters start again" in added.lost[0]


def test_a_rule_that_has_only_its_trigger_in_common_is_not_taken_for_a_renamed_one():
    added, _ = compared(WHEN + "  max 1/day\n", "rule s\n  when Order Completed\n  at 18:00 local\n  priority 4\n")
    assert added.lost == ()


def test_a_cap_that_looks_back_further_than_sends_are_kept_starts_incomplete():
    (loss,) = clause("max 1 per 30 days", "max 1 per 60 days").lost
    assert loss.startswith("`max 1 per 60 days` starts with an incomplete count")
    assert clause("max 1 per 3 days", "max 1 per 7 days").lost == ()


# --- in words ---------------------------------------------------------------------------------------------------------


def test_a_sentence_says_it_all():
    assert sentence(clause("max 1/day", "max 2/day")) == "sends more: `max 1/day` became `max 2/day`"
    assert sentence(one(WHEN, "rule s\n  was r\n  when Order Completed\n")) == "it was called `r` and sends the same"


def test_effects_combine():
    assert combined([]) is Effect.EQUIVALENT
    assert combined([Effect.MORE, Effect.EQUIVALENT, Effect.OTHERWISE]) is Effect.MORE
    assert combined([Effect.MORE, Effect.LESS]) is Effect.INCOMPARABLE
    assert combined([Effect.MORE, Effect.UNDECIDED]) is Effect.UNDECIDED

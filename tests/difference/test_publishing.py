"""Publishing says of a change what `duly diff` says."""

from duly.service.rule_changes import Change, RuleChange, rule_changes
from tests.difference.test_compare import ARMS, START, WHEN, rule_set


def changes(before, after):
    return list(rule_changes(rule_set(before), rule_set(after), START))


def test_a_change_is_described_by_what_it_does():
    (found,) = changes(WHEN + "  max 1/day\n", WHEN + "  max 2/day\n")
    assert found == RuleChange("r", Change.CHANGED, "sends more: `max 1/day` became `max 2/day`")


def test_other_weights_say_how_many_users_change_variant():
    (found,) = changes(ARMS.format(50, 50), ARMS.format(60, 40))
    assert found.description.endswith("% of users move to another variant")


def test_a_lost_counter_is_lost_state():
    added, removed = changes(
        WHEN + "  max 1/day\n  at 18:00 local\n", WHEN.replace("rule r", "rule s") + "  max 1/day\n  at 18:00 local\n"
    )
    assert added.state_lost and removed.state_lost


def test_a_renamed_rule_that_changed_as_well_says_both():
    (found,) = changes(WHEN + "  max 1/day\n", WHEN.replace("rule r\n", "rule s\n  was r\n") + "  max 2/day\n")
    assert (found.change, found.previous, found.state_lost) == (Change.RENAMED, "r", False)
    assert found.description == "it was called `r` and sends more: `max 1/day` became `max 2/day`"


def test_what_only_reads_differently_is_not_told():
    assert changes(WHEN, WHEN.replace("rule r", 'rule r "A title"')) == []

"""Every way of making the condition of a fan-out true must bind the audience."""

from __future__ import annotations

import pytest

from duly.meaning import model
from tests.meaning.reading import read

DECLARED = """\
segment loyal: user.age > 9
segment rich: user.money > 9
"""
SAVED, VIEWED = model.Related("saved"), model.Related("viewed")
LOYAL, RICH = model.InSegment("loyal"), model.InSegment("rich")


@pytest.mark.parametrize(
    ("where", "audience"),
    [
        ("user saved product", (SAVED,)),
        ("user in loyal", (LOYAL,)),
        ("user saved product and discount > 9", (SAVED,)),
        ("discount > 9 and user in loyal", (LOYAL,)),
        ("user in loyal and user saved product", (SAVED,)),
        ("user in loyal and (user saved product or user viewed product)", (SAVED, VIEWED)),
        ("(user in loyal or user saved product) and user viewed product", (VIEWED,)),
        ("user saved product or user in loyal", (SAVED, LOYAL)),
        ("user saved product or (user saved product and user in loyal)", (SAVED,)),
        ("(user in rich and discount > 9) or user in loyal", (RICH, LOYAL)),
        ("not user viewed product and user saved product", (SAVED,)),
    ],
)
def test_a_bound_condition_has_an_audience(where, audience):
    checked = read(f"{DECLARED}rule a\n  when Product Sale where {where}\n")
    assert not checked.diagnostics
    assert checked.rule_set.rules["a"].audience == audience


@pytest.mark.parametrize(
    "where",
    [
        "",
        "where discount > 9",
        "where not user saved product",
        "where not (user saved product and discount > 9)",
        "where user saved product or discount > 9",
        "where user saved product or not user in loyal",
        "where user.premium is true",
        "where user did Signed In",
    ],
)
def test_a_condition_that_can_hold_for_anybody_has_none(where):
    checked = read(f"{DECLARED}rule a\n  when Product Sale {where}\n")
    assert [d.code for d in checked.diagnostics] == ["no-audience"]
    assert not checked.rule_set.rules


def test_one_event_of_several_may_fan_out():
    checked = read("rule a\n  when Product Sale or Product Added where user saved product\n")
    meant = checked.rule_set.rules["a"]
    assert (meant.fans_out, meant.audience) == (frozenset({"Product Sale"}), (SAVED,))


def test_any_kind_of_object_can_be_what_an_event_is_about():
    checked = read(
        """\
event Episode Published about show
relation follows: user to show by series.id, added by Show Followed, removed by Show Unfollowed
rule a
  when Episode Published where user follows show
  max 1/day per show
  send "{show.title}"
"""
    )
    assert not checked.diagnostics
    assert checked.rule_set.rules["a"].object_key == ("series", "id")

"""What sound rules mean."""

from __future__ import annotations

from datetime import date

import pytest

from duly.meaning import model
from duly.meaning.model import DAY, HOUR, MINUTE, WEEK
from duly.meaning.rule_set import read_rules
from duly.source import Source
from duly.vocabulary.types import Type
from tests.meaning.reading import read, rule

SALE = "when Product Sale where user saved product"


def test_the_sentence_alone_in_a_file_is_a_rule():
    checked = read(f"{SALE}, at 18:00 local, max 1/day", name="saved_sale")
    assert not checked.diagnostics
    saved = model.Related("saved")
    assert checked.rule_set.rules == {
        "saved_sale": model.Rule(
            name="saved_sale",
            title="",
            trigger=model.EventTrigger(("Product Sale",)),
            where=saved,
            timing=model.Timing(at=(model.At(18 * HOUR),)),
            caps=(model.Cap(1, model.Calendar("day")),),
            object_key=("product_id",),
            fans_out=frozenset({"Product Sale"}),
            audience=(saved,),
        )
    }
    assert checked.rule_set.rules["saved_sale"].location == "saved_sale.duly:1:1"


def test_every_clause_of_a_rule_reaches_the_model():
    meant = rule(
        """\
category deals "Deals and price drops": opt in
rule saved_sale "A saved product goes on sale"
  when Product Sale
  where user saved product and discount >= 20%
  in category deals
  by email
  at 18:00 local
  if passed within 2 hours
  max 1/day, max 1 per 7 days per product, or wait 1 day
  priority 5
  expires after 2 days
  unless Order Completed with the same product_id
  holdout 5%
  variant plain 50% send "{product.name} is on sale" link "shop://product/{product.product_id}"
  variant price 50% send title "{product.name or 'Your find'}" body "{discount as percent} off"
  goal Order Completed with the same product_id within 24 hours
  was wishlist_sale
"""
    )
    assert meant.title == "A saved product goes on sale"
    assert meant.where == model.And(
        (
            model.Related("saved"),
            model.Comparison(">=", model.Property("event", ("discount",)), model.Constant(0.2, Type.NUMBER)),
        )
    )
    assert (meant.category, meant.channel, meant.priority, meant.wait) == ("deals", "email", 5, DAY)
    assert meant.timing.passed == model.Passed("within", 2 * HOUR)
    assert meant.caps == (model.Cap(1, model.Calendar("day")), model.Cap(1, model.Rolling(WEEK), per_product=True))
    assert meant.expiry == model.Expiry(2 * DAY)
    assert meant.unless == (model.Unless(("Order Completed",), ("product_id",)),)
    assert meant.goal == model.Goal(("Order Completed",), DAY, ("product_id",))
    assert meant.was == ("wishlist_sale",)
    assert meant.experiment is not None
    plain, price = meant.experiment.variants
    assert plain.message.body == (model.Slot(model.Property("product", ("name",))), " is on sale")
    assert plain.message.link[0] == "shop://product/"
    assert price.message.title == (model.Slot(model.Property("product", ("name",)), "Your find"),)
    assert price.message.body == (model.Slot(model.Property("event", ("discount",)), None, percent=True), " off")


def test_seeds_belong_to_the_first_name_a_rule_had():
    text = f'rule b\n  {SALE}\n  was a\n  holdout 5%\n  variant x 50% send "x"\n'
    meant = rule(text)
    assert meant.experiment is not None and meant.experiment.key == "a"
    assert meant.holdout is not None and meant.holdout.seed == "a holdout"
    assert rule(text.replace("  was a\n", "")).holdout == model.Holdout(0.05, "b holdout")


def test_an_experiment_may_have_its_own_key_and_coverage():
    meant = rule(f'rule b\n  {SALE}\n  experiment "spring" coverage 20%\n  variant x 50% send "x"\n')
    assert meant.experiment is not None
    assert (meant.experiment.key, meant.experiment.coverage) == ("spring", 0.2)


def test_timing_clauses_become_one_timing():
    meant = rule(
        f"""{SALE}
  between 09:00 and 12:00 local, between 22:00 and 24:00 local
  on Wed, Mon
  from 2026-12-01 to 2026-12-24
  every year from Dec 1 to Jan 6
  not on holidays
  after 30 minutes
"""
    )
    assert meant.timing == model.Timing(
        between=(model.Hours(9 * HOUR, 12 * HOUR), model.Hours(22 * HOUR, 0)),
        weekdays=(0, 2),
        dates=((date(2026, 12, 1), date(2026, 12, 24)),),
        seasons=(model.Season((12, 1), (1, 6)),),
        holidays="not on",
        after=30 * MINUTE,
    )


def test_the_zone_all_times_name_is_the_zone_of_the_rule():
    assert rule(f'{SALE}, at 18:00 "Europe/Paris"').timing.zone == "Europe/Paris"
    assert rule(f'{SALE}, at 18:00 "Europe/Paris", between 09:00 and 21:00 local').timing.zone is None
    assert rule(f"{SALE}, at best time between 18:00 and 22:00 local").timing.best == model.Hours(18 * HOUR, 22 * HOUR)


def test_an_event_of_its_user_fans_out_to_nobody():
    meant = rule("when Order Completed where total > 100, max 1/day")
    assert (meant.fans_out, meant.audience, meant.object_key) == (frozenset(), (), None)


def test_a_relation_on_an_event_of_its_user_uses_the_property_of_that_event():
    meant = rule("when Product Added where user saved product, max 1/day")
    assert (meant.fans_out, meant.audience, meant.object_key) == (frozenset(), (), ("product_id",))


def test_absence_within_a_while_is_a_trigger():
    meant = rule("when Product Added, then no Order Completed with the same cart_id within 2 hours, max 2/week")
    assert meant.trigger == model.SequenceTrigger(
        ("Product Added",), ("Order Completed",), 2 * HOUR, absent=True, key=("cart_id",)
    )
    assert rule("when Signed Up then Order Completed within 1 day").trigger == model.SequenceTrigger(
        ("Signed Up",), ("Order Completed",), DAY, absent=False
    )


def test_segments_and_the_calendar_start_rules():
    segment = "segment big_spenders: count of Order Completed in last 90 days >= 3\n"
    entering = read(segment + "rule a\n  when user enters big_spenders\n").rule_set
    assert entering.rules["a"].trigger == model.SegmentTrigger("big_spenders", enters=True)
    monday = read(segment + "rule b\n  every Monday where user in big_spenders\n  max 1/week\n").rule_set
    assert monday.rules["b"].trigger == model.CalendarTrigger((0,))
    assert read(segment + "rule c\n  every month on the 31st\n").rule_set.rules["c"].trigger == model.CalendarTrigger(
        (), 31
    )


def test_history_is_read_over_the_counted_events_own_properties():
    meant = rule(
        """\
when Signed In
  where count of Order Completed where (total > 50 and currency = "EUR") in last 90 days >= 3
    and sum of total over Order Completed in last 90 days >= 200
    and last plan of Plan Changed = "pro"
    and user has not done Support Contacted in last 7 days
    and time since Order Completed > 2 days
"""
    )
    assert isinstance(meant.where, model.And)
    count, total, last, absent, since = meant.where.terms
    assert isinstance(count, model.Comparison) and isinstance(count.left, model.Aggregate)
    assert count.left.events.names == ("Order Completed",)
    assert isinstance(count.left.events.where, model.And)
    assert count.left.window == 90 * DAY
    assert isinstance(total, model.Comparison)
    orders = model.EventFilter(("Order Completed",))
    assert total.left == model.Aggregate("sum", orders, 90 * DAY, ("total",))
    assert isinstance(last, model.Comparison)
    assert last.left == model.Aggregate("last", model.EventFilter(("Plan Changed",)), None, ("plan",), Type.ANY)
    assert absent == model.DidNot(model.EventFilter(("Support Contacted",)), WEEK)
    assert since == model.Comparison(">", model.TimeSince(orders), model.Constant(2 * DAY, Type.DURATION))


def test_names_lead_to_traits_events_and_objects():
    meant = rule(
        "when Product Sale where user saved product"
        ' and user.country = "DE" and event.user = "x" and product.brand is missing'
    )
    assert isinstance(meant.where, model.And)
    _, country, sender, brand = meant.where.terms
    assert isinstance(country, model.Comparison) and country.left == model.Property("user", ("country",))
    assert isinstance(sender, model.Comparison) and sender.left == model.Property("event", ("user",))
    assert brand == model.Missing(model.Property("product", ("brand",)))


def test_house_rules_are_read():
    house = read(
        """\
timezone "America/New_York"
quiet 22:00 to 08:00 local
limit total 3/day
limit offers 1 per 24 hours in category deals
gap 2 hours
gap 1 day by email
holdout 2% seed "house-2026"
category deals "Deals": opt in
category orders "Your orders": opt out, transactional, uncounted
"""
    )
    assert not house.diagnostics
    assert house.rule_set.timezone == "America/New_York"
    assert house.rule_set.quiet == (model.Quiet(model.Hours(22 * HOUR, 8 * HOUR)),)
    assert house.rule_set.limits == (
        model.Limit("total", 3, model.Calendar("day")),
        model.Limit("offers", 1, model.Rolling(DAY), "deals"),
    )
    assert house.rule_set.gaps == (model.Gap(2 * HOUR), model.Gap(DAY, None, "email"))
    assert house.rule_set.holdout == model.Holdout(0.02, "house-2026")
    assert house.rule_set.categories == {
        "default": model.Category("default"),
        "deals": model.Category("deals", "Deals", opt_in=True),
        "orders": model.Category("orders", "Your orders", transactional=True, uncounted=True),
    }


def test_order_and_files_do_not_matter():
    one, two = (
        "rule a\n  when Signed In where user in loyal\n",
        "segment loyal: user in old\nsegment old: user.age > 9\n",
    )
    assert list(read(one, two).rule_set.rules) == ["a"]
    assert list(read(two, one).rule_set.segments) == ["old", "loyal"]


def test_the_prelude_yields_to_the_project():
    assert set(read("").rule_set.relations) == {"saved", "bought", "viewed", "carted"}
    own = "relation bought: user to product by sku, added by Product Added, removed by Product Removed\n"
    meant = rule(own + "rule a\n  when Product Sale where user bought product\n")
    assert meant.object_key == ("sku",)


def test_tests_are_handed_on():
    checked = read('rule a\n  when Signed In\ntest "t" in "Europe/London"\n  expect ada: nothing\n')
    assert not checked.diagnostics
    assert [test.node.title.value for test in checked.tests] == ["t"]


@pytest.mark.parametrize(
    ("file", "name"),
    [("rules/saved_sale.duly", "saved_sale"), ("Saved Sale-2.duly", "saved_sale_2"), ("2026_sale.duly", "sale")],
)
def test_a_rule_alone_takes_the_name_of_its_file(file, name):
    assert list(read_rules([Source(file, "when Signed In")]).rule_set.rules) == [name]


def test_a_file_without_letters_gives_no_name():
    assert [d.code for d in read_rules([Source("42.duly", "when Signed In")]).diagnostics] == ["unnamed-rule"]


def test_a_rule_set_holds_so_much_and_no_more():
    checked = read("".join(f"relation r{number}: user to product by id, added by A\n" for number in range(1_002)))
    assert [d.code for d in checked.diagnostics] == ["too-many"]
    assert "r999" in checked.rule_set.relations and "r1000" not in checked.rule_set.relations


def test_a_hundred_misspelt_names_are_answered_without_a_hundred_guesses():
    checked = read("".join(f"rule r{n}\n  when Product Sale where user savedd{n} product\n" for n in range(100)))
    assert {d.code for d in checked.diagnostics} == {"unknown-relation"} and len(checked.diagnostics) == 100

"""Each sentence the checker can say, with its place and what it advises."""

from __future__ import annotations

import json

import pytest

from tests.meaning.reading import problem, read

SALE = "when Product Sale where user saved product"

NAMES = [
    (
        "when Product Sale where user «savd» product",
        "unknown-relation",
        "there is no relation `savd`",
        "did you mean `saved`?",
    ),
    (
        "when Product Sale where user «wanted» product",
        "unknown-relation",
        "there is no relation `wanted`",
        "declare it, such as `relation wanted: user to product by product_id, added by Product Viewed`",
    ),
    (
        "segment loyal: user.age > 9\nrule a\n  when Signed In where user in «loyl»",
        "unknown-segment",
        "there is no segment `loyl`",
        "did you mean `loyal`?",
    ),
    (
        "when Signed In, in category «deals»",
        "unknown-category",
        "there is no category `deals`",
        'declare it, such as `category deals "What people see": opt in`',
    ),
    ("when Signed In, by «emial»", "unknown-channel", "there is no channel `emial`", "did you mean `email`?"),
    (
        'when Signed In, at 18:00 «"Europe/Pariss"»',
        "unknown-zone",
        "there is no time zone `Europe/Pariss`",
        "did you mean `Europe/Paris`?",
    ),
    (
        "rule a\n  when Signed In\nrule «a»\n  when Signed Out",
        "duplicate-name",
        "the rule `a` is already declared at rules.duly:1:6",
        "give this rule another name, or remove one of the two",
    ),
    (
        "relation r: user to product by id, added by A\nrelation «r»: user to product by id, added by B",
        "duplicate-name",
        "the relation `r` is already declared at rules.duly:1:10",
        "give this relation another name, or remove one of the two",
    ),
    (
        "rule a\n  when Signed In\n«when Signed Out»",
        "unnamed-rule",
        "this rule needs a name, because its file holds several",
        "put `rule some_name` before it, or give it a file of its own",
    ),
    (
        "rule a\n  when Signed In\nrule b\n  when Signed In\n  «was a»",
        "name-in-use",
        "this rule cannot have been `a`, which is still a rule at rules.duly:1:6",
        "remove the rule `a`, or the clause `was a`",
    ),
    (
        "rule a\n  when Signed In\n  was z\nrule b\n  when Signed In\n  «was z»",
        "name-in-use",
        "the clause at rules.duly:3:3 already takes over from `z`",
        "let one rule keep the state of that name",
    ),
    (
        'use «"plan.json"»',
        "unreadable-tracking-plan",
        "cannot read the tracking plan `plan.json`: plan.json is not beside rules.duly",
        "give the path of a Segment Protocols tracking plan, relative to this file",
    ),
    (
        'rule a\n  when Signed In\ntest "t"\n  expect ada: notify «b»',
        "unknown-rule",
        "there is no rule `b`",
        "name a rule of this rule set",
    ),
]

CLAUSES = [
    (
        f"{SALE}\n  priority 5\n  «priority 6»",
        "repeated-clause",
        "`priority` is said twice in one rule, first on line 2",
        "keep one of the two",
    ),
    (
        "rule a\n  when Signed In\n  «when Signed Out»",
        "repeated-clause",
        "`when` is said twice in one rule, first on line 2",
        "keep one of the two",
    ),
    (
        f"{SALE}, max 1/day, «max 2/day»",
        "repeated-clause",
        "`max 2/day` is said twice in one rule, first on line 1",
        "keep one of the two",
    ),
    (
        "rule «a»\n  max 1/day",
        "no-trigger",
        "this rule does not say when it starts",
        "start it with `when` and an event, such as `when Product Sale`",
    ),
    (
        "gap 2 hours\n«gap 3 hours»",
        "repeated-statement",
        "`gap` is already set at rules.duly:1:1",
        "keep one of the two",
    ),
    (
        f"{SALE}, expires after 2 days, «expires at ends_at»",
        "contradictory-clauses",
        "`expires after` and `expires at` contradict each other",
        "keep one of the two",
    ),
    (
        f"{SALE}, at 18:00 local, «at best time between 18:00 and 22:00 local»",
        "contradictory-clauses",
        "`at` and `at best time` contradict each other",
        "keep the time of day, or leave it to the user's habits",
    ),
    (
        f"{SALE}, on holidays, «not on holidays»",
        "contradictory-clauses",
        "`on holidays` and `not on holidays` contradict each other",
        "keep one of the two",
    ),
    (
        f'rule a\n  {SALE}\n  send "x"\n  «variant v 50% send "y"»',
        "contradictory-clauses",
        "`send` and `variant` contradict each other",
        "put the text of the `send` into a variant, or leave the variants out",
    ),
    (
        "category c: opt in, «opt out»",
        "contradictory-clauses",
        "`opt in` and `opt out` contradict each other",
        "keep one of the two",
    ),
    (
        "relation r: user to product by id, added by A, removed by «A»",
        "contradictory-clauses",
        "`A` both adds to and removes from `r`",
        "let another event remove",
    ),
    (
        f"{SALE}, «or wait 1 day»",
        "dangling-clause",
        "`or wait` says nothing without a cap such as `max 1/day`",
        "add a cap such as `max 1/day`, or remove `or wait`",
    ),
    (
        f"{SALE}, «if passed drop»",
        "dangling-clause",
        "`if passed` says nothing without a time of day such as `at 18:00 local`",
        "add a time of day such as `at 18:00 local`, or remove `if passed`",
    ),
    (
        "category c: opt out, «uncounted»",
        "dangling-clause",
        "`uncounted` says nothing without `transactional`",
        "add `transactional`, or remove `uncounted`",
    ),
]

VALUES = [
    (
        'when Signed In where «20 = "20"»',
        "mixed-types",
        "a number is never comparable with a text",
        "write `20` without quotes",
    ),
    (
        "when Signed In where «time since Signed Up > 7»",
        "mixed-types",
        "a duration is never comparable with a number",
        "write a unit, such as `7 days`",
    ),
    (
        'when Signed In where «today = "2026-12-24"»',
        "mixed-types",
        "a date is never comparable with a text",
        "write `2026-12-24` without quotes",
    ),
    (
        'when Signed In where plan in (1, «"2"»)',
        "mixed-types",
        "a number is never comparable with a text",
        "write `2` without quotes",
    ),
    (
        "when Signed In where «opens > 18:00»",
        "mixed-types",
        "no property and no trait is ever a time of day",
        "compare properties and traits with numbers, texts, dates, or true and false",
    ),
    (
        "when Signed In where «total - discount > 2 days»",
        "mixed-types",
        "a number is never comparable with a duration",
        "compare values of one type: nothing is converted",
    ),
    (
        "when Signed In where «day of week < Monday»",
        "unordered-values",
        "`<` needs values with an order, not a day of the week",
        "use `=` or `!=`",
    ),
    (
        "when Signed In where plan starts with «3»",
        "wrong-type",
        "`starts with` needs a text, not a number",
        "use a text here",
    ),
    (
        'when Signed In where «"a" + 1» > 2',
        "no-arithmetic",
        "a text `+` a number has no meaning",
        "calculate with numbers, or with dates and durations",
    ),
    (
        "when Signed In where «total / 0» > 2",
        "division-by-zero",
        "this divides by zero",
        "divide by something else",
    ),
    (
        "when Signed In where «now» is missing",
        "not-a-property",
        "`is missing` needs a property of an event or a trait of the user",
        "name a property, such as `discount` or `user.country`",
    ),
    (
        "when Signed In where «total between 20 and 10»",
        "empty-range",
        "nothing is between `20` and `10`",
        "write `between 10 and 20`",
    ),
    (
        "when Signed In where total matches «/(a/»",
        "bad-pattern",
        "`/(a/` is not a regular expression: missing ): (a",
        "patterns are RE2: no look-around and no back-references, so that they run in linear time",
    ),
    (
        "when Signed In where user did Signed Up in last «0 days»",
        "out-of-range",
        "`in last` must be between 1 second and 3,660 days",
        "choose a value in this range",
    ),
]

SCOPES = [
    (
        "segment a: «discount» > 1",
        "no-event",
        "`discount` is a property of an event, and a segment has none",
        "use a trait such as `user.discount`",
    ),
    (
        "rule a\n  every day where «discount» > 1",
        "no-event",
        "`discount` is a property of an event, and a rule that the calendar starts has none",
        "use a trait such as `user.discount`",
    ),
    (
        'when Order Completed where «product.name» = "x"',
        "no-object",
        "`product.name` needs an event about a product, and `Order Completed` is not",
        "declare `event Order Completed about product`, or write `event.product.name` for a property of the event",
    ),
    (
        "segment a: «user saved product»",
        "no-object",
        "`user saved product` needs an event that says which object is meant, and a segment has none",
        "use it in a rule that starts `when` an event happens",
    ),
    (
        "rule a\n  every day\n  «max 1/day per product»",
        "no-object",
        "`per product` needs an event that says which object is meant, and a rule that the calendar starts has none",
        "use it in a rule that starts `when` an event happens",
    ),
    (
        "segment a: user.age > 9\nrule a\n  when Signed In where count of Order Completed where («user in a») > 3",
        "not-in-a-count",
        "`user in a` cannot stand inside a count, which sees one past event at a time",
        "compare properties of the counted event, traits or properties of the object",
    ),
    (
        "event Opened about shop\nrule a\n  when Product Sale or «Opened» where user saved product",
        "mixed-objects",
        "`Opened` is about a shop, but this needs a product",
        "write one rule for each kind of object",
    ),
    (
        "when Product Sale where user saved «shop»",
        "mixed-objects",
        "`saved` relates users to a product, not to a shop",
        "write `user saved product`",
    ),
    (
        (
            "relation follows: user to shop by shop_id, added by Followed\n"
            "rule a\n  when Product Sale where user saved product and «user follows shop»"
        ),
        "mixed-objects",
        "`Product Sale` is about a product, but this needs a shop",
        "write one rule for each kind of object",
    ),
    (
        (
            "relation follows: user to shop by shop_id, added by Followed\n"
            "rule a\n  when Product Added where user saved product and «user follows shop»"
        ),
        "mixed-objects",
        "this rule is about a product, and this needs a shop",
        "write one rule for each kind of object",
    ),
    (
        (
            "relation own: user to product by sku, added by Product Added\n"
            "rule a\n  when Product Sale where user saved product and «user own product»"
        ),
        "mixed-keys",
        "`saved` binds a product by `product_id`, but `own` binds it by `sku`",
        "bind the object by one key in one rule",
    ),
    (
        (
            "relation a1: user to shop by id, added by A\nrelation a2: user to shop by code, added by B\n"
            "rule a\n  when Signed In\n  max 1/day per «shop»"
        ),
        "no-key",
        "`per shop` does not say which of `code`, `id` identifies a shop",
        "use a relation in the condition of this rule",
    ),
    (
        "when Signed In, max 1/day per «shop»",
        "no-key",
        "no relation says which property identifies a shop",
        "declare one, such as `relation viewed: user to shop by shop_id, added by Product Viewed`",
    ),
    (
        "«when Product Sale», max 1/day",
        "no-audience",
        "this rule has no audience: `Product Sale` is about a product, and its condition can hold for anybody",
        "say who is meant, such as `where user bought product`, or `user in SEGMENT`, on every side of an `or`",
    ),
    (
        "segment «a»: user in b\nsegment b: user in a",
        "segment-cycle",
        "the segment `a` is defined by itself: `a` uses `b` uses `a`",
        "take one of these references out",
    ),
    (
        "when Signed In, expires at «user.until»",
        "not-a-property",
        "`user.until` is a trait, and `expires at` needs an instant in the event",
        "name a property of the event, such as `ends_at`",
    ),
    (
        "when Signed In, unless Signed Out with the same «user.device»",
        "not-a-property",
        "`user.device` is a trait, and `with the same` needs a property of both events",
        "name a property of the events, such as `product_id`",
    ),
]

LIMITS = [
    (
        f"{SALE}, «between 09:00 and 09:00 local»",
        "empty-hours",
        "hours from 09:00 to 09:00 could be none or all of the day",
        "leave the clause out for the whole day, or move one end",
    ),
    (f"{SALE}, at «24:00» local", "bad-time", "no clock shows `24:00`", "write times from `00:00` to `23:59`"),
    (
        f"{SALE}, «from 2026-12-24 to 2026-12-01»",
        "dates-reversed",
        "`2026-12-01` is before `2026-12-24`",
        "write `from 2026-12-01 to 2026-12-24`",
    ),
    (
        f"{SALE}, max «0»/day",
        "out-of-range",
        "the number of notifications must be a whole number between 1 and 1,000,000",
        "choose a value in this range",
    ),
    (
        f"{SALE}, priority «1.5»",
        "out-of-range",
        "a priority must be a whole number between -1,000,000 and 1,000,000",
        "choose a value in this range",
    ),
    ("holdout «120%»", "out-of-range", "the holdout must be between 0% and 100%", "choose a value in this range"),
    (
        f'rule a\n  {SALE}\n  variant x 60% send "x"\n  «variant y 60% send "y"»',
        "too-much-weight",
        "the variants of this rule add up to 120%",
        "let them add up to 100% or less",
    ),
    (
        f'rule a\n  {SALE}\n  variant x 20% send "x"\n  variant «x» 20% send "y"',
        "duplicate-name",
        "the variant `x` is already declared at rules.duly:3:11",
        "give this variant another name, or remove one of the two",
    ),
    (
        f'{SALE}, «send ""»',
        "empty-message",
        "this sends neither a title nor a body",
        'write `send "…"`',
    ),
]

PLAN = json.dumps(
    {
        "rules": [
            {
                "type": "TRACK",
                "key": "Order Completed",
                "version": 1,
                "jsonSchema": {
                    "type": "object",
                    "properties": {
                        "properties": {
                            "type": "object",
                            "properties": {
                                "total": {"type": "number"},
                                "currency": {"type": "string", "enum": ["EUR", "USD"]},
                                "tags": {"type": "array"},
                                "at": {"type": "string"},
                            },
                        },
                        "context": {},
                        "traits": {},
                    },
                },
            },
            {
                "type": "IDENTIFY",
                "jsonSchema": {
                    "properties": {"traits": {"type": "object", "properties": {"premium": {"type": "boolean"}}}}
                },
            },
        ]
    }
)

PLANNED = [
    (
        'use "p"\nrule a\n  when «Order Complete»',
        "unknown-event",
        "there is no event `Order Complete`",
        "did you mean `Order Completed`?",
    ),
    (
        'use "p"\nrule a\n  when Order Completed where «total >= "20"»',
        "mixed-types",
        "a number is never comparable with a text",
        "write `20` without quotes",
    ),
    (
        'use "p"\nrule a\n  when Order Completed where «tags = "gift"»',
        "mixed-types",
        "a list is never comparable with a text",
        "write `contains` to look for one of its items",
    ),
    (
        'use "p"\nrule a\n  when Order Completed where «user.premium = "yes"»',
        "mixed-types",
        "true or false is never comparable with a text",
        "write `yes` without quotes",
    ),
    (
        'use "p"\nrule a\n  when Order Completed where currency = «"EURO"»',
        "not-an-allowed-value",
        "`currency` is never `EURO`",
        "did you mean `EUR`?",
    ),
    (
        'use "p"\nrule a\n  when Order Completed where sum of «currency» over Order Completed > 3',
        "wrong-type",
        "`sum of` needs a number, not a text",
        "use a number here",
    ),
    (
        'use "p"\nrule a\n  when Order Completed\n  send "{«tags»}"'.replace("«", "")
        .replace("»", "")
        .replace("{tags}", "«{tags}»"),
        "bad-template",
        "`tags` is a list, which cannot be shown in a text",
        "show one of its parts",
    ),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), NAMES + CLAUSES + VALUES + SCOPES + LIMITS)
def test_a_problem_is_said_at_its_place(text, code, message, hint):
    found = problem(text)
    assert (found.code, found.message, found.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), PLANNED)
def test_a_tracking_plan_makes_more_problems_known(text, code, message, hint):
    found = problem(text, plan=PLAN)
    assert (found.code, found.message, found.hint) == (code, message, hint)


@pytest.mark.parametrize(
    "where",
    [
        "at > 2026-12-24",
        "at < now",
        "now - at > 2 days",
        "at + 2 days < now",
        "now > 2026-12-24",
        "user.birthday = today",
        "user.seen is missing or today - user.seen >= 3 days",
        "total - unknown > 3",
        "day of week in (Mon, Fri)",
        'tags contains "gift" or other contains 3',
        "count of Order Completed where (total > user.limit) in last 1 day > 3",
    ],
)
def test_what_may_go_together_is_no_problem(where):
    assert not read(f'use "p"\nrule a\n  when Order Completed where {where}', plan=PLAN).diagnostics


def test_a_count_can_be_about_the_object_of_the_event():
    viewed = "count of Product Viewed where (product_id = product.product_id) in last 7 days >= 3"
    assert not read(f"when Product Sale where user saved product and {viewed}").diagnostics


def test_a_bad_rule_does_not_spoil_the_others():
    checked = read(
        """\
rule bad
  when Product Sale where user savd product and discount > 9
  at 18:00 "Mars/Base"
rule good
  when Product Sale where user saved product
relation broken: user to product by user.x, added by Product Added
segment round: user in round
limit twice 1/day
limit twice 2/day
"""
    )
    assert list(checked.rule_set.rules) == ["good"]
    assert "broken" not in checked.rule_set.relations
    assert not checked.rule_set.segments
    assert [limit.limit for limit in checked.rule_set.limits] == [1]
    assert [d.code for d in checked.diagnostics] == [
        "unknown-relation",
        "unknown-zone",
        "not-a-property",
        "segment-cycle",
        "duplicate-name",
    ]


@pytest.mark.parametrize(
    ("declaration", "use"),
    [
        ("relation wants: user to product by user.x, added by A", "user wants product"),
        ("relation wants: user too product", "user wants product"),
        ("segment loyal: user in loyal", "user in loyal"),
        ("segment loyal: total > 9", "user in loyal"),
    ],
)
def test_who_uses_a_broken_declaration_is_not_blamed(declaration, use):
    checked = read(f"{declaration}\nrule a\n  when Product Sale where {use}\n")
    assert len(checked.diagnostics) == 1
    assert not checked.rule_set.rules


def test_what_uses_a_broken_segment_is_left_out_too():
    checked = read("segment a: total > 9\nsegment b: user in a\nrule r\n  when Signed In where user in b\n")
    assert [d.code for d in checked.diagnostics] == ["no-event"]
    assert not checked.rule_set.segments and not checked.rule_set.rules


def test_an_unreadable_plan_makes_no_event_unknown():
    checked = read('use "missing.json"\nrule a\n  when Anything\n')
    assert [d.code for d in checked.diagnostics] == ["unreadable-tracking-plan"]
    assert list(checked.rule_set.rules) == ["a"]


def test_every_problem_of_a_rule_is_said_at_once():
    checked = read("when Product Sale where user savd product or now is missing\n  priority 1.5\n  at 24:00 local\n")
    assert [d.code for d in checked.diagnostics] == ["unknown-relation", "not-a-property", "out-of-range", "bad-time"]


def test_two_bare_rules_may_both_have_been_another():
    checked = read("when Signed In\n  was a\nwhen Signed Out\n  was b\n")
    assert [d.code for d in checked.diagnostics] == ["unnamed-rule", "unnamed-rule"]


def test_text_with_line_breaks_and_odd_characters_is_quoted_on_one_line():
    checked = read(r'use "a\nb"' "\nrule a\n  when " r'"x\ny" and z' "\n" r'timezone "a\n\nb"')
    assert all("\n" not in d.message for d in checked.diagnostics)


def test_holidays_ask_for_their_library_by_name(monkeypatch):
    monkeypatch.setattr("duly.meaning.check_timing.find_spec", lambda name: None)
    found = problem("when Invoice Due, «not on holidays», at 09:00 local")
    assert (found.code, found.hint) == ("missing-extra", "install it with `pip install 'duly[holidays]'`")
    assert found.message == "this needs the library `holidays`, which is not installed"

"""Hover, outline, folding, colours and running tests, asked of a real server."""

from __future__ import annotations

import pytest
from lsprotocol import types

from duly.lsp.colours import TYPES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAN = """{"rules": [
  {"type": "TRACK", "key": "Product Sale", "jsonSchema": {"properties": {"properties": {
    "properties": {"product_id": {"type": "string"}, "discount": {"type": "number"},
    "season": {"type": "string", "enum": ["summer", "winter"]}}, "required": ["product_id"]}}}},
  {"type": "TRACK", "key": "Product Added to Wishlist", "jsonSchema": {}},
  {"type": "IDENTIFY", "jsonSchema": {"properties": {"traits": {"properties": {"plan": {"type": "string"}}}}}}
]}
"""
RULES = """# 🎉 What a shop says,
# and when.
use "plan.json"
timezone "Europe/London"
segment loyal: user.plan = "gold"
category deals "🎉 Deals": opt out

rule sale "🎉 On sale" when Product Sale where user saved product and discount >= 20%, at 18:00 local
  max 1/day
  in category deals
  variant plain 50% send "🎉 {product.product_id}" variant loud 50% send "🎉🎉"

rule picks "🎉"
  every Monday where user in loyal
  at 10:00 local
  max 1/week

test "🎉 saved" in "Europe/London"
  user ada timezone "Europe/London"
  2024-05-01 08:00  ada: Product Added to Wishlist product_id "boots"
  2024-05-01 10:00  Product Sale product_id "boots", discount 30%
  expect ada: defer sale until 2024-05-01 18:00

test "other"
  user ada
  2024-05-01 08:00
  expect ada: nothing
"""


@pytest.fixture
def shop(desk):
    desk.save("plan.json", PLAN)
    return desk.open("shop.duly", RULES.replace("{wrong}", ""))


async def hover(desk, uri, words):
    params = types.HoverParams(types.TextDocumentIdentifier(uri), desk.at(uri, words))
    found = await desk.client.text_document_hover_async(params)
    return found and (found.contents.value, desk.words(uri, found.range))


@pytest.mark.parametrize(
    ("words", "place", "said"),
    [
        ("max 1", "max 1/day", "Reaches one user at most once in a calendar day of their own zone."),
        ("and disc", "discount", "in `Product Sale`: a number"),
        ("user.pl", "user.plan", "**trait** `user.plan`: a text"),
        ("user sav", "saved", "user to product by `product_id`, added by `Product Added to Wishlist`"),
        ("when Prod", "Product Sale", "about a product"),
        ("in category dea", "deals", '**category** `deals` "🎉 Deals": opt out'),
        ("user in loy", "loyal", 'user.plan = "gold"'),
        ("defer sa", "sale", "**rule** `sale`: 🎉 On sale"),
        ("discount >", "discount >= 20%", "is at least"),
    ],
)
async def test_hover_says_what_it_means(desk, shop, words, place, said):
    text, span = await hover(desk, shop, words)
    assert said in text
    assert span == place


@pytest.mark.parametrize(("words", "time"), [("at 18", "18:00"), ("every Mon", "10:00"), ("at 10", "10:00")])
async def test_hover_over_a_time_shows_the_next_five_instants_in_three_zones(desk, shop, words, time):
    text, _ = await hover(desk, shop, words)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == "| Europe/Paris | Europe/London | America/New_York |"
    assert len(rows) == 7
    assert all(row.count(f" {time} |") == 3 for row in rows[2:])


async def test_the_outline_names_every_statement(desk, shop):
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(shop))
    found = await desk.client.text_document_document_symbol_async(params)
    named = [(each.name, each.detail) for each in found]
    assert named[2:5] == [("loyal", 'segment loyal: user.plan = "gold"'), ("deals", "🎉 Deals"), ("sale", "🎉 On sale")]
    sale = found[4]
    assert desk.words(shop, sale.selection_range) == "sale"
    assert [each.name for each in sale.children] == ["plain", "loud"]
    assert [desk.words(shop, each.selection_range) for each in sale.children] == ["plain", "loud"]
    assert [each.name for each in found[-2:]] == ["🎉 saved", "other"]


async def test_statements_and_comments_fold(desk, shop):
    params = types.FoldingRangeParams(types.TextDocumentIdentifier(shop))
    found = await desk.client.text_document_folding_range_async(params)
    lines = RULES.splitlines()
    folded = {(lines[each.start_line], lines[each.end_line]) for each in found}
    assert ("# 🎉 What a shop says,", "# and when.") in folded
    assert ('rule picks "🎉"', "  max 1/week") in folded


async def tokens(desk, uri, params):
    ask = (
        desk.client.text_document_semantic_tokens_range_async
        if isinstance(params, types.SemanticTokensRangeParams)
        else desk.client.text_document_semantic_tokens_full_async
    )
    data = (await ask(params)).data
    line = column = 0
    found = []
    for down, across, length, kind, _ in zip(*[iter(data)] * 5, strict=True):
        column = across if down else column + across
        line += down
        span = types.Range(types.Position(line, column), types.Position(line, column + length))
        found.append((desk.words(uri, span), TYPES[kind]))
    return found


async def test_words_are_coloured_by_what_they_are(desk, shop):
    found = await tokens(desk, shop, types.SemanticTokensParams(types.TextDocumentIdentifier(shop)))
    for pair in [
        ("# and when.", "comment"),
        ("rule", "keyword"),
        ("sale", "function"),
        ('"🎉 On sale"', "string"),
        ("Product Sale", "event"),
        ("saved", "interface"),
        ("product", "type"),
        ("discount", "property"),
        ("20%", "number"),
        (">=", "operator"),
        ("deals", "enum"),
        ("loyal", "class"),
        ("plain", "enumMember"),
        ("ada", "parameter"),
        ("18:00", "number"),
    ]:
        assert pair in found


async def test_colours_of_a_range_are_those_of_its_statements(desk, shop):
    place = desk.at(shop, "rule picks")
    params = types.SemanticTokensRangeParams(types.TextDocumentIdentifier(shop), types.Range(place, place))
    found = await tokens(desk, shop, params)
    assert found[:2] == [("rule", "keyword"), ("picks", "function")]
    assert ("sale", "function") not in found


# --- tests ------------------------------------------------------------------------------------------------------------


async def lenses(desk, uri):
    return await desk.client.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(uri)))


async def run(desk, lens):
    params = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    return await desk.client.workspace_execute_command_async(params)


async def test_a_test_is_run_from_the_line_above_it(desk, shop):
    found = await lenses(desk, shop)
    assert [each.command.title for each in found] == ["Run test", "Run test", "Run all 2 tests"]
    assert desk.words(shop, found[0].range) == '"🎉 saved"'
    told = await run(desk, found[0])
    assert (told["passed"], told["message"]) == (True, "test `🎉 saved` passed, with 1 expectation")
    assert (await run(desk, found[2]))["message"] == "2 tests passed, with 2 expectations"


async def test_an_expectation_that_does_not_hold_is_marked_and_can_be_accepted(desk, shop):
    desk.type(shop, "2024-05-01 18:00", "2024-05-01 19:00")
    told = await run(desk, (await lenses(desk, shop))[0])
    assert not told["passed"]
    (found,) = await desk.codes(shop, "failed-test")
    assert desk.words(shop, found.range) == "expect ada: defer sale until 2024-05-01 19:00"
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(shop),
        found.range,
        types.CodeActionContext([found], [types.CodeActionKind.QuickFix]),
    )
    fix = (await desk.client.text_document_code_action_async(params))[0]
    assert desk.applied(shop, fix.edit.changes[shop]) == RULES
    desk.type(shop, "2024-05-01 19:00", "2024-05-01 18:00")
    await desk.codes(shop)


async def test_rules_with_errors_run_no_test(desk, shop):
    desk.type(shop, "user saved", "user savd")
    told = await run(desk, (await lenses(desk, shop))[0])
    assert told == {"passed": False, "message": "the rules have errors; mend them before running tests"}

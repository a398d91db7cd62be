"""Completion, definitions, references and renaming, asked of a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.test_reading import PLAN

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = """use "plan.json"
relation follows: user to product by product_id, added by Product Followed
segment loyal: user.plan = "gold"
category deals "🎉": opt out
"""
RULES = """rule sale "🎉🎉" when Product Sale where user follows product and user in loyal, in category deals
  max 1/day
rule later "🎉🎉" when user enters loyal, max 1/day
"""
TESTS = """test "🎉" in "Europe/London"
  user ada subscribed to deals
  user ben
  2024-05-01 08:00  ada: Product Followed product_id "boots"
  expect ada: notify sale
"""


@pytest.fixture
def shop(desk):
    desk.save("plan.json", PLAN)
    desk.save("names.duly", NAMES)
    desk.save("tests/tests.duly", TESTS)
    return desk.open("rules.duly", RULES)


# --- completion -------------------------------------------------------------------------------------------------------


async def complete(desk, uri, line):
    """The text after each completion at the end of a line at the end of the file, by label."""
    desk.edit(uri, len(desk.texts[uri]), len(desk.texts[uri]), line)
    text = desk.texts[uri]
    place = types.Position(text.count("\n"), len(text.rpartition("\n")[2].encode("utf-16-le")) // 2)
    params = types.CompletionParams(types.TextDocumentIdentifier(uri), place)
    found = await desk.client.text_document_completion_async(params)
    return {each.label: desk.applied(uri, [each.text_edit])[-len(line) - 60 :] for each in found.items}


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ('rule x "🎉" when Product Sa', ["Product Sale"]),
        ('rule x "🎉" when Product Sale where user ', ["saved", "follows", "in", "user has not done"]),
        ('rule x "🎉" when Product Sale where user follows ', ["product"]),
        ('rule x "🎉" when Product Sale where dis', ["discount"]),
        ('rule x "🎉" when Product Sale where user.', ["user.plan"]),
        ('rule x "🎉" when Product Sale where product.', ["product.discount"]),
        ('rule x "🎉" when Product Sale where season = "', ['"summer"', '"winter"']),
        ('rule x "🎉" when Product Sale where count of Product Sale where ', ["discount"]),
        ('rule x "🎉" when Product Sale, in category ', ["deals", "default"]),
        ('rule x "🎉" when user enters ', ["loyal"]),
        ('rule x "🎉" when Product Sale, at 18:00 ', ["local", '"Europe/Paris"']),
        ('rule x "🎉" when Product Sale, at 18:00 "Europe/Par', ['"Europe/Paris"']),
        ('rule x "🎉" when Product Sale, max 1/', ["/day", "/month"]),
        ('rule x "🎉" when Product Sale, or w', ["or wait"]),
        ('rule x "🎉" when Product Sale, by ', ["push", "email"]),
        ('rule x "🎉" when Product Sale, after 2 ', ["hours"]),
        ('rule x "🎉" when Product Sale send "🎉 {dis', ["discount"]),
        ("", ["rule", "segment", "test"]),
        ("ru", ["rule"]),
        ('use "', ['"plan.json"']),
        ('test "🎉"\n  user ada\n  expect ada: notify ', ["sale", "later"]),
        ('test "🎉"\n  user ada\n  expect ', ["ada"]),
        ('test "🎉"\n  user ada\n  expect ada: suppress sale because no-', ["no-match"]),
        ('test "🎉"\n  2024-05-01 08:00  Product Sale ', ["discount", "product_id"]),
    ],
)
async def test_what_may_follow_is_offered(desk, shop, line, labels):
    found = await complete(desk, shop, line)
    assert set(labels) <= set(found)
    for label in labels:
        assert found[label].endswith(label)


@pytest.mark.parametrize(
    "line", ['rule x "🎉" when Product Sale # wh', 'rule x "🎉 wh', "rule x when Product Sale, max 1 x"]
)
async def test_nothing_is_offered_in_comments_and_texts(desk, shop, line):
    assert await complete(desk, shop, line) == {}


async def test_only_what_fits_is_offered(desk, shop):
    assert set(await complete(desk, shop, 'rule x "🎉" when user enters ')) == {"loyal"}


async def test_keywords_explain_themselves(desk, shop):
    desk.edit(shop, len(RULES), len(RULES), 'rule x "🎉" when Product Sale, max')
    params = types.CompletionParams(types.TextDocumentIdentifier(shop), desk.at(shop, 'x "🎉" when Product Sale, ma'))
    (found,) = (await desk.client.text_document_completion_async(params)).items
    assert found.kind == types.CompletionItemKind.Keyword
    assert "How often at most" in found.documentation.value


# --- where ------------------------------------------------------------------------------------------------------------


async def definition(desk, uri, words):
    params = types.DefinitionParams(types.TextDocumentIdentifier(uri), desk.at(uri, words))
    found = await desk.client.text_document_definition_async(params)
    return [(Path(each.uri).name, each.range.start.line, each.range.start.character) for each in found]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("user foll", ("names.duly", 1, 9)),
        ("user in loy", ("names.duly", 2, 8)),
        ("in category dea", ("names.duly", 3, 9)),
        ("when Prod", ("prelude.duly", 3, 6)),
    ],
)
async def test_a_name_leads_to_where_it_is_declared(desk, shop, words, place):
    assert await definition(desk, shop, words) == [place]


async def test_an_event_leads_to_the_tracking_plan(desk, shop):
    desk.edit(shop, 0, 0, "event Product Sale about product\n")
    assert await definition(desk, shop, "when Prod") == [("rules.duly", 0, 6)]
    plan = PLAN.replace("Product Sale", "Order Shipped")
    desk.save("plan.json", plan)
    desk.edit(shop, 0, len(desk.texts[shop]), "rule x when Order Shipped, max 1/day\n")
    assert await definition(desk, shop, "Order Sh") == [("plan.json", 1, 28)]


async def test_a_name_leads_to_all_its_uses(desk, shop):
    params = types.ReferenceParams(
        types.ReferenceContext(include_declaration=False), types.TextDocumentIdentifier(shop), desk.at(shop, "in loy")
    )
    found = await desk.client.text_document_references_async(params)
    assert [desk.words(shop, each.range) for each in found] == ["loyal", "loyal"]
    params.context.include_declaration = True
    found = await desk.client.text_document_references_async(params)
    assert sorted(Path(each.uri).name for each in found) == ["names.duly", "rules.duly", "rules.duly"]


# --- renaming ---------------------------------------------------------------------------------------------------------


async def rename(desk, uri, words, name):
    document = types.TextDocumentIdentifier(uri)
    asked = await desk.client.text_document_prepare_rename_async(
        types.PrepareRenameParams(document, desk.at(uri, words))
    )
    assert asked is not None
    params = types.RenameParams(document, desk.at(uri, words), name)
    return (await desk.client.text_document_rename_async(params)).changes


@pytest.mark.parametrize(
    ("words", "old", "new", "counts"),
    [
        ("user foll", "follows", "likes", {"names.duly": 1, "rules.duly": 1}),
        ("user in loy", "loyal", "gold", {"names.duly": 1, "rules.duly": 2}),
        ("category dea", "deals", "offers", {"names.duly": 1, "rules.duly": 1, "tests.duly": 1}),
        ("rule sa", "sale", "evening", {"rules.duly": 1, "tests.duly": 1}),
    ],
)
async def test_a_name_is_changed_in_all_files(desk, shop, words, old, new, counts):
    changes = await rename(desk, shop, words, new)
    assert {Path(uri).name: len(edits) for uri, edits in changes.items()} == counts
    for uri, edits in changes.items():
        desk.texts.setdefault(uri, {"names.duly": NAMES, "tests.duly": TESTS}.get(Path(uri).name, RULES))
        assert all(desk.words(uri, edit.range) == old for edit in edits)
        assert all(edit.new_text == new for edit in edits)


async def test_the_user_of_a_test_is_renamed_in_it_alone(desk, shop):
    uri = desk.open("tests/more.duly", TESTS + TESTS)
    (edits,) = (await rename(desk, uri, "user ad", "eve")).values()
    assert desk.applied(uri, edits) == TESTS.replace("ada", "eve") + TESTS


@pytest.mark.parametrize(
    ("words", "name", "why"),
    [
        ("user in loy", "Loyal", "`Loyal` is not a name"),
        ("rule sa", "later", "there is a rule `later` already"),
        ("user foll", "saved", None),
    ],
)
async def test_a_name_that_cannot_be_is_refused(desk, shop, words, name, why):
    if why is None:
        assert await rename(desk, shop, words, name)
        return
    with pytest.raises(JsonRpcException, match=why):
        await rename(desk, shop, words, name)


async def test_what_the_prelude_declares_is_not_renamed(desk, shop):
    desk.type(shop, "user follows", "user saved")
    with pytest.raises(JsonRpcException, match="not declared in these files"):
        await rename(desk, shop, "user sav", "kept")


async def test_nothing_is_renamed_while_a_use_of_it_is_broken(desk, shop):
    desk.edit(shop, len(RULES), len(RULES), "rule broken when user enters loyal max\n")
    with pytest.raises(JsonRpcException, match=r"statement with errors, at rules\.duly:4"):
        await rename(desk, shop, "user in loy", "gold")

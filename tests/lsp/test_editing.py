"""Findings while typing, quick fixes and layout, asked of a real server."""

from __future__ import annotations

import random

import pytest
from lsprotocol import types

from tests.lsp.desk import position, serious

pytestmark = pytest.mark.asyncio(loop_scope="module")

SALE = 'rule sale "🎉🎉 on sale" when Product Sale where user saved product, at 18:00 local, max 1/day\n'
CHIPS = types.FormattingOptions(tab_size=2, insert_spaces=True)


async def test_a_mistake_is_marked_where_it_is_although_emoji_stand_before_it(desk):
    uri = desk.open("a.duly", SALE.replace("saved", "savd"))
    (found,) = await desk.codes(uri, "unknown-relation")
    assert desk.words(uri, found.range) == "savd"
    assert found.source == "duly"
    assert "did you mean `saved`?" in found.message


async def test_typing_mends_and_breaks(desk):
    uri = desk.open("a.duly", SALE)
    await desk.codes(uri)
    desk.type(uri, "max 1/day", "max 1 per day")
    (found,) = await desk.codes(uri, "ambiguous-rate")
    assert "max 1 per day".endswith(desk.words(uri, found.range))
    desk.type(uri, "max 1 per day", "max 1/day")
    await desk.codes(uri)


async def test_advice_of_the_linter_is_shown(desk):
    uri = desk.open("a.duly", "rule sale when Product Sale where user saved product\n")
    found = await desk.until(uri, lambda found: any(each.code == "uncapped-rule" for each in found))
    assert not serious(found)


async def test_the_files_of_a_folder_are_one_rule_set(desk):
    closed = desk.save("names/names.duly", "category deals: opt out\nsegment loyal: user.plan = 1 and\n")
    uri = desk.open("a.duly", SALE.replace(", at", ", in category deals, at"))
    await desk.codes(uri)
    (found,) = await desk.codes(closed, "unexpected-end")
    assert found.range.start.line == 1
    other = desk.open("names/names.duly", "segment loyal: user.plan = 1\n")
    await desk.codes(uri, "unknown-category")
    await desk.codes(other)
    desk.close(other)
    await desk.codes(uri)


async def test_a_folder_with_no_rules_between_is_another_rule_set(desk):
    desk.save("far/away/names.duly", "category deals: opt out\n")
    uri = desk.open("near/a.duly", SALE.replace(", at", ", in category deals, at"))
    await desk.codes(uri, "unknown-category")


async def test_a_text_that_is_no_file_is_a_rule_set_of_its_own(desk):
    uri = "untitled:Untitled-1"
    item = types.TextDocumentItem(uri, "duly", 1, SALE.replace("saved", "savd"))
    desk.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await desk.codes(uri, "unknown-relation")
    desk.close(uri)
    await desk.codes(uri)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "  indented",
        "(" * 3_000,
        'rule x when "',
        "rule \x00 when A",
        "when A\x0bB\u2028C",
        "🎉",
        "rule a when A\r\nrule b when\r\n",
        'test "x"\n  expect',
        "a\n" * 3_000,
        "use",
    ],
)
async def test_a_broken_file_is_answered_by_every_request(desk, text):
    uri = desk.open("a.duly", text)
    await desk.until(uri, lambda _: True)
    document = types.TextDocumentIdentifier(uri)
    client = desk.client
    for place in (types.Position(0, 0), position(text, len(text)), types.Position(9_999, 9_999)):
        await client.text_document_completion_async(types.CompletionParams(document, place))
        await client.text_document_hover_async(types.HoverParams(document, place))
        await client.text_document_definition_async(types.DefinitionParams(document, place))
        await client.text_document_prepare_rename_async(types.PrepareRenameParams(document, place))
        await client.text_document_on_type_formatting_async(
            types.DocumentOnTypeFormattingParams(document, place, "\n", CHIPS)
        )
        await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(include_declaration=True), document, place)
        )
    everything = types.Range(types.Position(0, 0), types.Position(9_999, 0))
    await client.text_document_formatting_async(types.DocumentFormattingParams(document, CHIPS))
    await client.text_document_range_formatting_async(types.DocumentRangeFormattingParams(document, everything, CHIPS))
    await client.text_document_code_action_async(
        types.CodeActionParams(document, everything, types.CodeActionContext([]))
    )
    await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    await client.text_document_folding_range_async(types.FoldingRangeParams(document))
    await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
    await client.text_document_code_lens_async(types.CodeLensParams(document))
    desk.edit(uri, 0, len(text), SALE)
    await desk.codes(uri)


async def test_two_hundred_quick_edits_end_in_the_right_findings(desk):
    chance = random.Random(7)
    text = "".join(SALE.replace("rule sale", f"rule sale_{number}") for number in range(30))
    uri = desk.open("a.duly", text)
    for _ in range(200):
        text = desk.texts[uri]
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.randrange(4))
        desk.edit(uri, start, end, chance.choice(["", "x", "🎉", "\n", '"', "saved", ", ", "#", "\r\n"]))
    fresh = desk.open("fresh/a.duly", desk.texts[uri])
    wanted = await desk.until(fresh, bool)
    await desk.until(uri, lambda found: _said(found) == _said(wanted))
    desk.edit(uri, 0, len(desk.texts[uri]), SALE)
    await desk.codes(uri)


def _said(found):
    return [(each.code, each.range, each.message) for each in serious(found)]


# --- fixes ------------------------------------------------------------------------------------------------------------


async def actions(desk, uri, found, only=None):
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), found.range, types.CodeActionContext([found], only)
    )
    return await desk.client.text_document_code_action_async(params)


@pytest.mark.parametrize(
    ("wrong", "code", "right"),
    [
        (SALE.replace("saved", "savd"), "unknown-relation", SALE),
        (SALE.replace("where", "wheer"), "misspelt-word", SALE),
        (SALE.replace("18:00 local", '18:00 "Europe/Pari"'), "unknown-zone", SALE.replace("local", '"Europe/Paris"')),
    ],
)
async def test_what_was_meant_can_be_put_in_its_place(desk, wrong, code, right):
    uri = desk.open("a.duly", wrong)
    (found,) = await desk.codes(uri, code)
    fix = next(each for each in await actions(desk, uri, found) if each.kind == types.CodeActionKind.QuickFix)
    assert list(fix.diagnostics) == [found]
    assert desk.applied(uri, fix.edit.changes[uri]) == right


async def test_an_event_that_needs_quotes_gets_them(desk):
    desk.save("plan.json", '{"rules": [{"type": "TRACK", "key": "order_completed", "jsonSchema": {}}]}')
    uri = desk.open("a.duly", 'use "plan.json"\nrule a when Order_completd max 1/day\n')
    (found,) = await desk.codes(uri, "unknown-event")
    (fix,) = await actions(desk, uri, found, [types.CodeActionKind.QuickFix])
    assert 'when "order_completed" max' in desk.applied(uri, fix.edit.changes[uri])


async def test_everything_safe_is_mended_at_once(desk):
    uri = desk.open("a.duly", SALE.replace("where", "wheer") + SALE.replace("sale", "other").replace("max", "mx"))
    found = await desk.codes(uri, "misspelt-word", "misspelt-word")
    (fix,) = await actions(desk, uri, found[0], [types.CodeActionKind.SourceFixAll])
    desk.edit(uri, 0, len(desk.texts[uri]), desk.applied(uri, fix.edit.changes[uri]))
    await desk.codes(uri)


async def test_a_finding_of_the_linter_can_be_ignored_by_a_comment_or_in_the_settings(desk):
    uri = desk.open("a.duly", "rule sale when Product Sale where user saved product\n")
    found = await desk.until(uri, lambda found: "uncapped-rule" in _codes(found))
    uncapped = next(each for each in found if each.code == "uncapped-rule")
    offered = await actions(desk, uri, uncapped, [types.CodeActionKind.QuickFix])
    fix = next(each for each in offered if each.title == "Ignore `uncapped-rule` here")
    ignored = desk.applied(uri, fix.edit.changes[uri])
    assert ignored.endswith("  # duly: ignore[uncapped-rule]\n")
    before = desk.texts[uri]
    desk.edit(uri, 0, len(before), ignored)
    await desk.until(uri, lambda found: "uncapped-rule" not in _codes(found))
    desk.save("duly.toml", '[lint]\nignore = ["uncapped-rule"]\n')
    desk.edit(uri, 0, len(ignored), before)
    await desk.until(uri, lambda found: "uncapped-rule" not in _codes(found))
    desk.save("duly.toml", '[lint.severity]\nuncapped-rule = "error"\n')
    desk.edit(uri, 0, 0, "# again\n")
    await desk.codes(uri, "uncapped-rule")


def _codes(found):
    return [each.code for each in found]


# --- layout -----------------------------------------------------------------------------------------------------------

LOOSE = "# 🎉\nrule  a\n    when   A,\n  max 1/day\n\n\n\nrule b when B   max 1 / day\n"
NEAT = "# 🎉\nrule a\n  when A,\n  max 1/day\n\nrule b when B max 1/day\n"


async def test_a_file_is_laid_out(desk):
    uri = desk.open("a.duly", LOOSE)
    params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), CHIPS)
    edits = await desk.client.text_document_formatting_async(params)
    assert desk.applied(uri, edits) == NEAT
    desk.edit(uri, 0, len(LOOSE), NEAT)
    assert not await desk.client.text_document_formatting_async(params)


async def test_what_is_broken_stays_and_the_rest_is_laid_out(desk):
    uri = desk.open("a.duly", LOOSE + "rule   c when (\n")
    params = types.DocumentFormattingParams(types.TextDocumentIdentifier(uri), CHIPS)
    after = desk.applied(uri, await desk.client.text_document_formatting_async(params))
    assert "rule a\n  when A,\n" in after and "rule b when B max 1/day\n" in after and "rule   c when (\n" in after


async def test_only_the_statements_in_a_range_are_laid_out(desk):
    uri = desk.open("a.duly", LOOSE)
    place = desk.at(uri, "rule b")
    params = types.DocumentRangeFormattingParams(types.TextDocumentIdentifier(uri), types.Range(place, place), CHIPS)
    after = desk.applied(uri, await desk.client.text_document_range_formatting_async(params))
    assert after == LOOSE.replace("rule b when B   max 1 / day", "rule b when B max 1/day")


async def test_enter_tidies_the_line_and_indents_the_next(desk):
    uri = desk.open("a.duly", "rule a\n  when   A,  max 1 / day\n\nrule b when B max 1/day\n")
    params = types.DocumentOnTypeFormattingParams(types.TextDocumentIdentifier(uri), types.Position(2, 0), "\n", CHIPS)
    after = desk.applied(uri, await desk.client.text_document_on_type_formatting_async(params))
    assert after == "rule a\n  when A, max 1/day\n  \nrule b when B max 1/day\n"

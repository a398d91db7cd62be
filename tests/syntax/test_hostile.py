"""Hostile text is answered, not suffered: a coded finding, never an exception or a long wait."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duly.diagnostics import Diagnostic
from duly.source import Source
from duly.syntax.limits import Limits, decode
from duly.syntax.parse import Parsed, parse
from tests.syntax.reading import codes, read

WHERE = "when Product Sale where "


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 10_000_000, "file-too-long"),
        ("(" * 900_000, "statement-too-long"),
        (WHERE + "(" * 1_000 + "a = 1" + ")" * 1_000, "nested-too-deep"),
        (WHERE + "(" * 65 + "a = 1" + ")" * 65, "nested-too-deep"),
        (WHERE + " and ".join(["a = 1"] * 50_000), "statement-too-long"),
        (WHERE + " and ".join(["a = 1"] * 1_001), "list-too-long"),
        (WHERE + " + ".join(["a"] * 1_000) + " > 1", "nested-too-deep"),
        (WHERE + "- " * 1_000 + "a > 1", "nested-too-deep"),
        (WHERE + "not " * 1_000 + "a > 1", "unexpected-text"),
        (WHERE + f"a in ({', '.join(['1'] * 1_001)})", "list-too-long"),
        ("rule a when Product Sale" + " max 1/day" * 256, "too-many-clauses"),
        (WHERE + 'a = "' + '\\"' * 40_000, "unclosed-text"),
        (WHERE + "a matches /" + "\\/" * 40_000, "unexpected-text"),
        (WHERE + 'a = "' + "x" * 100_000 + '"', "statement-too-long"),
        ("gap 2 hours\x00", "control-character"),
        ("gap 2 hours # \x1b[2J", "control-character"),
        ("gap 2 hours # hidden\rgap 3 hours", "control-character"),
        ('timezone "\u202eeporuE"', "direction-character"),
        ("gap 2 hours # \u2066", "direction-character"),
        ("gap 2 hours # \u2028", "control-character"),
        (WHERE + "a > " + "9" * 10_000, "number-too-large"),
        ("gap " + "9" * 300 + " weeks", "number-too-large"),
        ("\ufeff\ufeffgap 2 hours", "unexpected-text"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_each_attack_gets_one_answer(text: str, code: str):
    assert codes(text) == [code]


def test_sixty_four_levels_are_allowed():
    assert not codes(WHERE + "(" * 64 + "a = 1" + ")" * 64)
    assert not codes(WHERE + " + ".join(["a"] * 64) + " > 1")
    assert not codes("rule a when Product Sale" + " max 1/day" * 255)


def test_a_file_of_nothing_but_mistakes_is_given_up_on():
    parsed = read("x\n" * 100_000, "many.duly")
    assert len(parsed.diagnostics) == 101
    assert "too-many-problems" in {diagnostic.code for diagnostic in parsed.diagnostics}


def test_forbidden_characters_cost_only_their_statement():
    parsed = read("gap 2 hours\n\nrule a\n  when Product\x07 Sale\n\ngap 3 hours\n")
    assert len(parsed.statements) == 2
    assert parsed.broken == {"a"}


def test_letters_of_all_scripts_may_stand_in_texts():
    assert not codes('when "Verkauf größer" where a = "עברית فارسی 日本 👨\u200d👩\u200d👧 \u200c"')


def test_bytes_that_are_no_text_are_a_finding():
    answer = decode("rules.duly", b"gap 2 hours # \xff")
    assert isinstance(answer, Diagnostic)
    assert (answer.code, answer.location) == ("not-utf-8", "rules.duly:1:15")


def test_too_many_bytes_are_a_finding_before_they_are_read():
    answer = decode("rules.duly", b"\xff" * 101, Limits(file_bytes=100))
    assert isinstance(answer, Diagnostic)
    assert answer.code == "file-too-long"


def test_a_byte_order_mark_is_no_mistake():
    source = decode("rules.duly", b"\xef\xbb\xbfgap 2 hours")
    assert isinstance(source, Source)
    assert not parse(source).diagnostics


def test_deep_text_needs_no_deep_stack():
    limit = sys.getrecursionlimit()
    parsed = read(WHERE + "(" * 64 + "a + " * 60 + "a > 1" + ")" * 64)
    assert not any(diagnostic.code == "RecursionError" for diagnostic in parsed.diagnostics)
    assert sys.getrecursionlimit() == limit


PIECES = [
    "when ",
    "Product Sale",
    " where ",
    "(",
    ")",
    '"',
    "'",
    "a",
    " = ",
    "1",
    "/",
    "\\",
    ",",
    "\n",
    "\n  ",
    "#",
    "-",
    ":",
    "%",
    "é",
    "max ",
    "user ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_answered(text: str):
    parsed = read(text)
    assert isinstance(parsed, Parsed)
    for diagnostic in parsed.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1

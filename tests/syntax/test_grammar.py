"""The grammar is LALR(1) without conflicts, and everything in it has its node and its word."""

from __future__ import annotations

import logging

import pytest
from lark import Lark, logger

from duly.syntax import build, nodes
from duly.syntax.grammar import grammar, grammar_text, keywords
from duly.syntax.literals import VALUES
from duly.syntax.words import phrases
from tests.syntax.reading import codes


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, logger.name)
    logger.addHandler(caplog.handler)
    try:
        Lark(grammar_text(), parser="lalr", lexer="contextual", maybe_placeholders=True, debug=True)
    finally:
        logger.removeHandler(caplog.handler)
    assert "onflict" not in caplog.text


def test_every_rule_makes_a_node_or_a_list():
    made = {rule.alias or rule.origin.name for rule in grammar().rules}
    for name in (name for name in made if not name.startswith("_") and name not in ("start", "scope")):
        class_name = "".join(word.capitalize() for word in name.split("_"))
        assert hasattr(nodes, class_name) or name in build.LISTS or name in build._SPECIAL, name


def test_every_terminal_that_is_kept_has_a_value():
    kept = {terminal.name for terminal in grammar().terminals if not terminal.name.startswith(("_", "COMMENT"))}
    assert {name for name in kept if name not in VALUES} <= {"COLON", "LPAR", "RPAR", "MINUS", "__IGNORE_0"}


def test_every_keyword_has_its_words():
    silent = {t.name for t in grammar().terminals if t.name.startswith("_") and t.name not in phrases()}
    assert silent <= {"_COMMA", "_OR_EVENT", "_ALSO_DAY", "__IGNORE_0"}


@pytest.mark.parametrize("word", ["when", "where", "Monday", "Dec", "hours", "per", "saturday", "months"])
def test_keywords_are_read_off_the_grammar(word: str):
    assert (word in keywords()) == (word != "saturday")


@pytest.mark.parametrize(
    "text", ["whenProduct Sale", "when Product Sale max1/day", "gap2 hours", "when Product Sale, at18:00 local"]
)
def test_a_keyword_ends_where_its_word_ends(text: str):
    assert codes(text) == ["missing-space"]

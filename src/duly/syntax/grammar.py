"""The grammar, read once and only when something is to be parsed."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

from lark import Lark

_FILE = "duly.lark"
# Escapes and classes of characters are no words; every word is written out in the grammar, `day|days` and not `days?`.
_NOT_SPELLED = re.compile(r"\\[a-zA-Z]|\[[^\]]*\]")
_WORD = re.compile(r"[A-Za-z]{2,}")


def grammar_text() -> str:
    """The text of `duly.lark`: in an installed package it lies inside, in a checkout beside the sources."""
    installed = resources.files("duly") / "grammar" / _FILE
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    return (Path(__file__).parents[3] / "grammar" / _FILE).read_text(encoding="utf-8")


@cache
def grammar() -> Lark:
    """The parser of one statement."""
    return Lark(grammar_text(), parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=True)


@cache
def keywords() -> frozenset[str]:
    """Every word that some terminal of the grammar spells out."""
    patterns = (terminal.pattern.to_regexp() for terminal in grammar().terminals)
    return frozenset(word for pattern in patterns for word in _WORD.findall(_NOT_SPELLED.sub(" ", pattern)))

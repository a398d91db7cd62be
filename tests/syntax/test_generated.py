"""Whatever the grammar can derive parses, is laid out to a fixed point, and keeps its meaning."""

from __future__ import annotations

import random

import pytest

from duly.source import Source
from duly.syntax.format import format_source
from duly.syntax.parse import parse
from tests.syntax.derivation import sentence

STATEMENTS = ("rule", "relation", "segment", "category", "quiet", "limit", "gap", "holdout", "event", "use", "timezone")


@pytest.mark.parametrize("kind", STATEMENTS)
def test_what_the_grammar_derives_parses_and_keeps_its_meaning(kind: str) -> None:
    dice = random.Random(kind)
    parsed = 0
    for _ in range(300):
        text = sentence(kind, dice) + "\n"
        read = parse(Source("generated.duly", text))
        if any(problem.code in ("too-deep", "nested-too-deep") for problem in read.diagnostics):
            continue
        assert read.diagnostics == (), (text, [problem.message for problem in read.diagnostics])
        parsed += 1
        once = format_source(read)
        again = parse(Source("generated.duly", once))
        assert again.statements == read.statements, text
        assert format_source(again) == once, text
    assert parsed > 250

"""Typical mistakes and what is said about them: `mistakes/NAME.duly` and `NAME.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from duly.syntax.errors import MISTAKES
from duly.syntax.mistake import Mistake
from tests.syntax.reading import codes, read, report

FOLDER = Path(__file__).parent / "mistakes"
GOLDEN = sorted(FOLDER.glob("*.duly"))


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_each_mistake_is_answered_as_written_down(file: Path):
    assert report(read(file.read_text("utf-8"))) == file.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.example)
def test_each_row_of_the_table_speaks_for_its_example(mistake: Mistake):
    assert codes(mistake.example) == [mistake.code]


FIXABLE = [mistake for mistake in MISTAKES if mistake.fix is not None]


@pytest.mark.parametrize("mistake", FIXABLE, ids=lambda mistake: mistake.example)
def test_fixes_leave_nothing_of_the_mistake(mistake: Mistake):
    text = mistake.example
    for _ in range(3):
        for diagnostic in read(text).diagnostics:
            for edit in diagnostic.edits:
                text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert mistake.code not in codes(text)


def test_one_bad_statement_costs_no_other():
    parsed = read("timezone Paris\n\nrule a\n  when Product Sale\n\nrule b\n  whne Product Sale\n\ngap 2 hours\n")
    assert [d.code for d in parsed.diagnostics] == ["unquoted-text", "misspelt-word"]
    assert len(parsed.statements) == 2
    assert parsed.broken == {"b"}


def test_each_bad_clause_of_a_rule_is_reported():
    text = "rule a\n  when Product Sale\n  at 6pm\n  max 3\n  priority high\n"
    assert codes(text) == ["wrong-time", "missing-period", "priority-number"]


def _rewrite() -> None:
    """`python -m tests.syntax.test_mistakes` accepts what is said now; look at the difference before you commit it."""
    for file in GOLDEN:
        file.with_suffix(".txt").write_text(report(read(file.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    _rewrite()

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


WRONG_LINES = {
    "category deals": (3, "in category deals"),
    "channel email": (3, "by email"),
    "in deals": (3, "in category deals"),
    "if price > 3": (3, "where"),
    "cap 1/day": (3, "max"),
    "limit 1/day": (3, "max"),
    "wait 1 day": (3, "or wait"),
    'notify "Hello"': (3, "send"),
    "quiet 22-8": (3, "first column"),
    "gap 2 hours": (3, "first column"),
    'timezone "Europe/Paris"': (3, "first column"),
    "daily": (3, "max 1/day"),
    "only on weekdays": (3, "delete `only`"),
    "not on Sunday": (3, "on weekdays"),
    "max 1 day": (7, "1/day"),
    "max 1 per user": (13, "max 1/day"),
    "priority high": (12, "priority 5"),
    "priority: 3": (11, "delete it"),
    "every day at 9": (16, "09:00"),
    "at 9": (6, "09:00"),
    "between 9 and 18": (11, "09:00"),
    "on monday and tuesday": (6, "Monday"),
    "send to user": (8, 'send "Hello"'),
    "send push": (8, '"push"'),
    "unless user Order Completed": (10, "delete `user`"),
    "when user saved product": (13, "when EVENT where user saved product"),
}


@pytest.mark.parametrize("right", ["expires after 2 days", "expires at ending", "max 1/day, or wait 1 day", 'send "x"'])
@pytest.mark.parametrize("line", WRONG_LINES)
def test_a_wrong_line_is_named_itself_with_a_way_out_whatever_stands_before_it(line: str, right: str):
    source = f"rule a\n  when Product Sale\n  {right}\n  {line}\n  holdout 5%\n"
    (diagnostic,) = read(source).diagnostics
    place = diagnostic.source.position(diagnostic.span.start)
    column, way_out = WRONG_LINES[line]
    assert (place.line, place.column) == (4, column)
    assert way_out in diagnostic.hint


def test_each_wrong_line_is_named_and_takes_what_is_indented_below_with_it():
    text = 'rule a\n  when Product Sale\n  notify "Hello"\n    body "x"\n  gap 2 hours\n  cap 1/day\n  max 3\n'
    found = [(d.source.position(d.span.start).line, d.code) for d in read(text).diagnostics]
    assert found == [(3, "instead"), (5, "statement-in-rule"), (6, "instead"), (7, "missing-period")]


def _rewrite() -> None:
    """`python -m tests.syntax.test_mistakes` accepts what is said now; look at the difference before you commit it."""
    for file in GOLDEN:
        file.with_suffix(".txt").write_text(report(read(file.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    _rewrite()

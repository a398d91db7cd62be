"""Fixes are applied together, again and again, and only where they change nothing but what they say."""

import pytest

from duly.diagnostics import Diagnostic, Edit, Severity
from duly.lint.findings import findings
from duly.lint.fix import mend
from duly.lint.run import lint_rules
from duly.lint.selection import selection
from duly.meaning.check import check
from duly.meaning.rule_set import prelude
from duly.source import Source, Span
from duly.syntax.parse import parse
from tests.lint.test_rules import TODAY, plan

TEXT = """# about a
rule a
  when Order Completed  # why
  max 1/day
# about b
rule b
  when Order Refunded
  max 2/day
"""


def finding(file, old, new, code="odd-word"):
    start = file.source.text.index(old)
    span = Span(start, start + len(old))
    return Diagnostic(
        file.source, span, code, f"`{old.split(chr(10))[0]}` is odd", "", Severity.WARNING, (Edit(span, new),)
    )


def looking(*replacements, breaking=()):
    """Finds each text that is there and has a replacement; an error, once one of `breaking` is there."""

    def look(files):
        found = [finding(file, old, new) for file in files for old, new in replacements if old in file.source.text]
        errors = [
            Diagnostic(file.source, Span(0, 1), "broken", "it is broken")
            for file in files
            if any(text in file.source.text for text in breaking)
        ]
        return [*found, *errors]

    return look


def mended(look, *texts):
    done = mend(
        [
            parse(Source("example.duly" if len(texts) == 1 else f"{number}.duly", text))
            for number, text in enumerate(texts or (TEXT,))
        ],
        look,
    )
    return done, [file.source.text for file in done.files]


def test_all_fixes_of_all_files_are_applied_and_counted():
    done, texts = mended(looking(("1/day", "3/day"), ("2/day", "4/day")), TEXT, TEXT)
    assert texts == [TEXT.replace("1/day", "3/day").replace("2/day", "4/day")] * 2
    assert done.applied == {("0.duly", "odd-word"): 2, ("1.duly", "odd-word"): 2}
    assert done.left == [] and done.refused == []


def test_what_a_fix_uncovers_is_fixed_too():
    done, texts = mended(looking(("1/day", "5/day"), ("5/day", "6/day")))
    assert "max 6/day" in texts[0]
    assert done.applied.total() == 2


def test_fixes_that_undo_each_other_come_to_an_end():
    done, texts = mended(looking(("1/day", "5/day"), ("5/day", "1/day")))
    assert len(texts) == 1 and done.applied.total() <= 20


def test_fixes_of_one_place_are_not_mixed():
    _, texts = mended(looking(("max 1/day", "max 7/day"), ("1/day", "8/day")))
    assert "max 7/day" in texts[0]


def test_a_fix_that_breaks_the_text_is_left_out_and_the_others_are_made():
    done, texts = mended(looking(("1/day", "("), ("2/day", "4/day")))
    assert texts == [TEXT.replace("2/day", "4/day")]
    assert [each.message for each in done.refused] == ["`1/day` is odd"]


def test_a_fix_that_makes_an_error_elsewhere_is_left_out():
    done, texts = mended(looking(("1/day", "3/day"), ("2/day", "4/day"), breaking=("4/day",)), TEXT, TEXT)
    assert texts == [TEXT.replace("1/day", "3/day")] * 2
    assert len(done.refused) >= 1 and {each.message for each in done.refused} == {"`2/day` is odd"}


def test_a_fix_that_swallows_a_comment_or_the_next_rule_is_left_out():
    for old, new in (("Order Completed", "Order Completed #"), ("max 1/day\n", "max 1/day\n  title")):
        done, texts = mended(looking((old, new)))
        assert texts == [TEXT]
        assert len(done.refused) == 1


def test_a_fix_may_take_out_a_statement_or_add_one():
    _, texts = mended(looking((TEXT[TEXT.index("# about b") :], "")))
    assert texts == [TEXT[: TEXT.index("# about b")]]

    def look(files):
        if "gap" in files[0].source.text:
            return []
        span = Span(0, 0)
        return [
            Diagnostic(
                files[0].source, span, "no-gap", "there is no gap", "", Severity.ADVICE, (Edit(span, "gap 2 hours\n"),)
            )
        ]

    _, texts = mended(look)
    assert texts == ["gap 2 hours\n" + TEXT]


FIXABLE = sorted((rule for rule in lint_rules().values() if rule.fixable), key=lambda rule: rule.name)


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.name)
def test_fixing_what_a_page_says_to_avoid_gives_what_it_says_to_prefer(rule):
    chosen = selection(select=[rule.name])

    def look(files):
        checked = check(files, prelude=prelude(), plan_loader=plan)
        return [found for found in findings(checked, TODAY, chosen) if found.code == rule.name]

    done, texts = mended(look, rule.avoid)
    assert texts == [rule.prefer]
    assert done.refused == []

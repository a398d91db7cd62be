"""The one layout: what it looks like, and that it changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from duly.syntax.format import NotTheSame, check_format, format_source
from tests.syntax.reading import read
from tests.syntax.test_shapes import rules

HERE = Path(__file__).parent
PAIRS = sorted((HERE / "formatted").glob("*.in.duly"))
ACCEPTED = sorted((HERE / "accepted").glob("*.duly"))


def formatted(text: str) -> str:
    return format_source(read(text))


@pytest.mark.parametrize("file", PAIRS, ids=lambda file: file.name.removesuffix(".in.duly"))
def test_a_file_is_laid_out_as_written_down(file: Path):
    wanted = file.with_name(file.name.replace(".in.", ".out.")).read_text("utf-8")
    assert formatted(file.read_text("utf-8")) == wanted
    assert formatted(wanted) == wanted


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_a_second_time_changes_nothing(file: Path):
    once = formatted(file.read_text("utf-8"))
    assert formatted(once) == once


@given(rules())
def test_any_rule_is_laid_out_without_a_change_of_meaning(text: str):
    parsed = read(text)
    if not parsed.diagnostics:
        once = format_source(parsed)
        assert formatted(once) == once


def test_the_sentence_stays_as_it_is():
    sentence = "when Product Sale where user saved product, at 18:00 local, max 1/day\n"
    assert formatted(sentence) == sentence


def test_a_long_line_is_divided_at_its_clauses():
    text = (
        "rule a when Product Sale where user saved product and discount >= 20% and product.price > 100, "
        "at 18:00 local, max 1/day\n"
    )
    assert formatted(text) == (
        "rule a\n"
        "  when Product Sale\n"
        "  where user saved product and discount >= 20% and product.price > 100,\n"
        "  at 18:00 local,\n"
        "  max 1/day\n"
    )


def test_line_breaks_of_windows_become_plain_ones():
    assert formatted("gap 2 hours\r\n\r\n\r\ngap 3 hours\r\n") == "gap 2 hours\n\ngap 3 hours\n"


def test_an_empty_file_stays_empty():
    assert formatted("") == ""
    assert formatted("\n\n") == ""


def test_a_file_with_mistakes_is_not_laid_out():
    with pytest.raises(ValueError, match="syntax errors"):
        formatted("whne Product Sale")


@pytest.mark.parametrize(
    "other",
    ["gap 3 hours # why\n", "gap 2 hours # because\n", "gap 2 hours\n", "gap 2 hours # why\ngap 2 hours\n", "gap 2"],
)
def test_a_layout_that_changes_more_than_white_space_is_refused(other: str):
    with pytest.raises(NotTheSame):
        check_format(read("gap 2  hours  # why"), other)


def test_a_long_message_is_divided_between_its_texts():
    text = (
        "rule a\n"
        "  when Product Sale where user saved product\n"
        "  send title \"{product.name or 'Something you saved'} is on sale\" "
        'body "{discount as percent} off, while it lasts" link "shop://sale"\n'
    )
    assert formatted(text) == (
        "rule a\n"
        "  when Product Sale where user saved product\n"
        "  send title \"{product.name or 'Something you saved'} is on sale\"\n"
        '    body "{discount as percent} off, while it lasts"\n'
        '    link "shop://sale"\n'
    )


def test_a_list_in_a_test_stays_together():
    text = (
        'test "a"\n'
        '  2024-05-01 10:00  Restaurant Offer restaurant_id "r1", diets ("vegetarian", "fish"), '
        'ends_at "2024-05-01T22:00:00+02:00"\n'
    )
    assert formatted(text) == (
        'test "a"\n'
        '  2024-05-01 10:00  Restaurant Offer restaurant_id "r1",\n'
        '    diets ("vegetarian", "fish"),\n'
        '    ends_at "2024-05-01T22:00:00+02:00"\n'
    )

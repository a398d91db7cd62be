"""Every example of the documentation is checked and run, and its tables agree with the program."""

from __future__ import annotations

import re

import pytest

from duly.engine.decision import REASONS, Gate
from duly.meaning.check import Checked
from duly.meaning.rule_set import read_rules
from duly.meaning.statements import _MOST
from duly.source import Source
from duly.syntax.limits import LIMITS
from duly.testing.coverage import Coverage
from duly.testing.run import Outcome
from duly.testing.suite import run_suite
from tests.docs.blocks import DOCS, Block, blocks

PAGES = sorted(page.name for page in DOCS.glob("*.md"))
EXAMPLES = [block for page in PAGES for block in blocks(page, "duly")]
RIGHT = [block for block in EXAMPLES if not block.marks]
WRONG = [block for block in EXAMPLES if block.marks]
TESTED = [block for block in RIGHT if re.search(r"^test ", block.text, re.MULTILINE)]


def read(block: Block) -> Checked:
    return read_rules([Source(str(DOCS / "example.duly"), block.text)])


def place(block: Block) -> str:
    return block.place


def told(outcome: Outcome) -> str:
    return "\n".join(
        [outcome.title, outcome.error, *(f"{miss.expected}\n  {miss.happened}" for miss in outcome.misses)]
    )


@pytest.mark.parametrize("block", RIGHT, ids=place)
def test_an_example_has_nothing_wrong_with_it(block):
    assert [(found.code, found.message) for found in read(block).diagnostics] == []


@pytest.mark.parametrize("block", WRONG, ids=place)
def test_a_wrong_example_gets_the_diagnostic_that_it_names(block):
    word, code = block.marks.split()
    assert word == "error"
    assert {found.code for found in read(block).diagnostics} == {code}


@pytest.mark.parametrize("block", TESTED, ids=place)
def test_the_tests_in_an_example_pass(block):
    checked = read(block)
    outcomes = list(run_suite(checked, checked.tests, Coverage(checked.rule_set)))
    assert not [told(outcome) for outcome in outcomes if not outcome.passed]


def test_the_reference_has_many_examples():
    assert len(RIGHT) >= 40 and len(WRONG) >= 10 and len(TESTED) >= 20


def rows(page: str, heading: str) -> dict[str, str]:
    """The first two columns of the table under a heading."""
    text = (DOCS / page).read_text("utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): row[1].strip() for row in cells}


def test_every_reason_has_its_sentence_in_the_table():
    assert rows("verdicts.md", "Reasons") == REASONS


def test_the_gates_are_listed_in_their_order():
    assert list(rows("verdicts.md", "Gates")) == [gate.name.lower() for gate in Gate]


def test_the_limits_are_those_of_the_parser():
    stated = rows("language.md", "Limits")
    numbers = {name: int(re.sub(r"\D", "", text)) for name, text in stated.items()}
    assert numbers == {
        "file": LIMITS.file_bytes,
        "statement": LIMITS.tokens,
        "nesting": LIMITS.nesting,
        "clauses": LIMITS.clauses,
        "list": LIMITS.items,
        "problems": LIMITS.problems,
    }


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        text = (DOCS / page).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (DOCS / target).exists(), f"{page} links to {target}"


def test_the_numbers_of_statements_are_those_of_the_checker():
    text = " ".join((DOCS / "language.md").read_text("utf-8").split())
    most = {words: f"{number:,}" for number, words in _MOST.values()}
    assert f"at most {most['rules']} rules, {most['events']} events, segments and tests each" in text
    assert f"{most['relations']} relations, categories, limits and quiet hours each" in text
    assert f"{most['tracking plans']} tracking plans" in text
    assert most["events"] == most["segments"] == most["tests"]
    assert most["relations"] == most["categories"] == most["limits"] == most["quiet hours"]

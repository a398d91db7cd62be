"""Runs the tests of a rule set that stands in a text."""

from textwrap import dedent

from duly.meaning.rule_set import read_rules
from duly.source import Source
from duly.testing.coverage import Coverage
from duly.testing.suite import run_suite


def source(text, name="rules.duly"):
    return Source(name, dedent(text).lstrip("\n"))


def run(*sources):
    """The outcomes of all tests and what they covered."""
    checked = read_rules(sources)
    assert not [d for d in checked.diagnostics if d.severity.word == "error"], checked.diagnostics
    coverage = Coverage(checked.rule_set)
    return list(run_suite(checked, checked.tests, coverage)), coverage


def run_text(text):
    return run(source(text))

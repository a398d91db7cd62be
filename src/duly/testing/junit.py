"""Outcomes for test dashboards: JUnit XML, one suite for each file and one case for each test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from duly.engine.words import sentence
from duly.testing.expectation import Miss
from duly.testing.run import Outcome

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def results_junit(outcomes: Sequence[Outcome]) -> str:
    """The document; a test that could not be run to its end is an error, a missed expectation a failure."""
    files = dict.fromkeys(outcome.source.name for outcome in outcomes)
    suites = [_suite(name, [outcome for outcome in outcomes if outcome.source.name == name]) for name in files]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}<testsuites name={_quoted('duly test')} {_counts(outcomes)}>\n{''.join(suites)}</testsuites>\n"


def _counts(outcomes: Sequence[Outcome]) -> str:
    errors = sum(bool(outcome.error) for outcome in outcomes)
    failures = sum(not outcome.passed for outcome in outcomes) - errors
    return f'tests="{len(outcomes)}" failures="{failures}" errors="{errors}"'


def _suite(name: str, outcomes: Sequence[Outcome]) -> str:
    cases = "".join(_case(outcome) for outcome in outcomes)
    return f"  <testsuite name={_quoted(name)} {_counts(outcomes)}>\n{cases}  </testsuite>\n"


def _case(outcome: Outcome) -> str:
    file, line = outcome.source.name, outcome.source.position(outcome.span.start).line
    start = f'    <testcase classname={_quoted(file)} name={_quoted(outcome.title)} file={_quoted(file)} line="{line}"'
    if outcome.passed:
        return f"{start}/>\n"
    return f"{start}>\n      {_problem(outcome)}\n    </testcase>\n"


def _problem(outcome: Outcome) -> str:
    if outcome.error:
        return f"<error message={_quoted(outcome.error)}/>"
    text = "\n\n".join(_told(miss) for miss in outcome.misses)
    first = outcome.misses[0].expected
    return f"<failure message={_quoted(f'{first}: this did not happen')}>{escape(_clean(text))}</failure>"


def _told(miss: Miss) -> str:
    lines = [f"{miss.source.location(miss.span)}", f"- {miss.expected}"]
    lines += [f"+ {correct}" for correct in miss.correct]
    return "\n".join([*lines, *(f"= {decision.rule}: {sentence(decision)}" for decision in miss.happened)])


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

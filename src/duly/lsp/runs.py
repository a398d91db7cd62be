"""Running the tests of a page from the editor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from duly.diagnostics import Diagnostic, Edit
from duly.engine.words import sentence
from duly.lsp.findings import FAILED
from duly.lsp.folder import Analysis
from duly.lsp.page import Page, Placed
from duly.report.findings import counted
from duly.syntax import nodes
from duly.testing.coverage import Coverage
from duly.testing.expectation import Miss
from duly.testing.run import Outcome
from duly.testing.suite import run_suite

RUN_TEST = "duly.runTest"


@dataclass(frozen=True, slots=True)
class Told:
    """How tests went: a line for the user, and what did not hold, by file."""

    passed: bool
    message: str
    findings: tuple[Diagnostic, ...] = ()


def lenses(page: Page, uri: str) -> list[types.CodeLens]:
    """`Run test` above each test, `Run all` besides above the first of several."""
    tests = [placed for placed in page.placed() if isinstance(placed.piece.statement, nodes.Test)]
    found = [_lens(page, uri, placed) for placed in tests]
    if len(tests) > 1:
        command = types.Command(f"Run all {len(tests)} tests", RUN_TEST, arguments=[uri])
        found.append(types.CodeLens(found[0].range, command))
    return found


def _lens(page: Page, uri: str, placed: Placed) -> types.CodeLens:
    test = placed.piece.statement
    assert isinstance(test, nodes.Test)
    return types.CodeLens(
        page.text.range(placed.span(test.title.span)),
        types.Command("Run test", RUN_TEST, arguments=[uri, test.title.value]),
    )


def run(analysis: Analysis, file: str, title: str | None) -> Told:
    """Run the tests of a file, or the one of that title, on the rule set of the analysis. Takes its time."""
    if not analysis.sound:
        return Told(passed=False, message="the rules have errors; mend them before running tests")
    chosen = [
        test
        for test in analysis.checked.tests
        if test.source.name == file and (title is None or test.node.title.value == title)
    ]
    if not chosen:
        return Told(passed=False, message="there is no such test in this file")
    outcomes = list(run_suite(analysis.checked, chosen, Coverage(analysis.checked.rule_set)))
    return _told(outcomes)


def _told(outcomes: Sequence[Outcome]) -> Told:
    failed = [outcome for outcome in outcomes if not outcome.passed]
    findings = tuple(finding for outcome in failed for finding in _findings(outcome))
    what = f"test `{outcomes[0].title}`" if len(outcomes) == 1 else counted(len(outcomes), "test")
    if not failed:
        expectations = counted(sum(outcome.expectations for outcome in outcomes), "expectation")
        return Told(passed=True, message=f"{what} passed, with {expectations}")
    first = findings[0].message
    how = f"failed: {first}" if len(outcomes) == 1 else f"run, {len(failed):,} failed"
    return Told(passed=False, message=f"{what} {how}", findings=findings)


def _findings(outcome: Outcome) -> Iterator[Diagnostic]:
    if outcome.error:
        yield Diagnostic(
            outcome.source, outcome.span, FAILED, f"the test could not be run: {outcome.error.rstrip('.')}"
        )
    for miss in outcome.misses:
        yield _finding(miss)


def _finding(miss: Miss) -> Diagnostic:
    happened = "; ".join(f"{decision.rule}: {sentence(decision)}" for decision in miss.happened[:3])
    message = f"`{miss.expected}` did not happen" + (f", but {happened}" if happened else "")
    hint = f"what would have held: `{'`, `'.join(miss.correct)}`" if miss.correct else ""
    edits = (Edit(miss.span, miss.correct[0]),) if len(miss.correct) == 1 else ()
    return Diagnostic(miss.source, miss.span, FAILED, " ".join(message.split()).rstrip("."), hint, edits=edits)

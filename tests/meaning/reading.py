"""Reads rule texts for tests; `«…»` in a text marks the place where a diagnostic is expected."""

from __future__ import annotations

from duly.diagnostics import Diagnostic
from duly.meaning import model
from duly.meaning.check import Checked
from duly.meaning.rule_set import read_rules
from duly.source import Source, Span
from duly.vocabulary.tracking_plan import TrackingPlan, UnreadablePlan, read_tracking_plan


def read(*texts: str, plan: str | None = None, name: str = "rules") -> Checked:
    """Check the texts as the files `rules.duly`, `rules2.duly` and so on; `use` of any file finds `plan`."""

    def load(rule_file: str, written: str) -> TrackingPlan:
        if plan is None:
            raise UnreadablePlan(f"{written} is not beside {rule_file}")
        return read_tracking_plan(plan)

    names = (f"{name}{number if number > 1 else ''}.duly" for number in range(1, len(texts) + 1))
    sources = [Source(file, text) for file, text in zip(names, texts, strict=True)]
    return read_rules(sources, plan_loader=load)


def rule(text: str, plan: str | None = None) -> model.Rule:
    """The only rule of a text that must be without fault."""
    checked = read(text, plan=plan)
    assert not checked.diagnostics, [(d.location, d.message) for d in checked.diagnostics]
    (only,) = checked.rule_set.rules.values()
    return only


def problem(text: str, plan: str | None = None) -> Diagnostic:
    """The only diagnostic of a text, which must be where the text marks it."""
    start = text.index("«")
    end = text.index("»") - 1
    checked = read(text.replace("«", "").replace("»", ""), plan=plan)
    assert len(checked.diagnostics) == 1, [(d.location, d.message) for d in checked.diagnostics]
    found = checked.diagnostics[0]
    assert found.span == Span(start, end), found.source.text[found.span.start : found.span.end]
    return found

"""Everything there is to say about a rule set: the checker's findings and those of the lint rules."""

from __future__ import annotations

from datetime import date

from duly.diagnostics import Diagnostic, ordered
from duly.lint.run import run_lint
from duly.lint.selection import Selection
from duly.lint.suppression import unignored
from duly.meaning.check import Checked


def findings(checked: Checked, today: date, chosen: Selection) -> list[Diagnostic]:
    """The findings in order of place, without those that a comment ignores. `today` is a date in UTC."""
    found = map(chosen.judged, run_lint(checked, today, dict(chosen.options), chosen.names))
    return ordered([*checked.diagnostics, *unignored(found, checked.files, today)])

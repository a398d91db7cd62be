"""`user in big_spenders`."""

from __future__ import annotations

from duly.conditions.code import Code, truth_code
from duly.conditions.truth import Explained, Unknown, View, concluded, explanation
from duly.conditions.words import words
from duly.meaning.model import InSegment


@truth_code.register
def _segment_code(condition: InSegment, code: Code) -> str:
    return f"facts.segment({code.slot(condition.segment)})"


@explanation.register
def _segment(condition: InSegment, view: View) -> Explained:
    truth = view.facts.segment(condition.segment)
    unknown = Unknown("segment", f"whether the user is in {condition.segment} is unknown")
    return concluded(unknown if truth is None else truth, words(condition), view)

"""`user saved product`."""

from __future__ import annotations

from duly.conditions.code import Code, truth_code
from duly.conditions.truth import Explained, View, concluded, explanation
from duly.conditions.words import words
from duly.meaning.model import Related


@truth_code.register
def _related_code(condition: Related, code: Code) -> str:
    return f"facts.related.get({code.slot(condition.relation)}, False)"


@explanation.register
def _related(condition: Related, view: View) -> Explained:
    return concluded(view.facts.related.get(condition.relation, False), words(condition), view)

"""`user opted in to deals`."""

from __future__ import annotations

from duly.conditions.code import Code, truth_code
from duly.conditions.truth import Explained, Seen, View, concluded, explanation
from duly.conditions.words import words
from duly.meaning.model import OptedIn

SUBSCRIBED = "subscribed"


@truth_code.register
def _opted_in_code(condition: OptedIn, code: Code) -> str:
    return f"facts.consent.get({code.slot(condition.category)}) == {code.slot(SUBSCRIBED)}"


@explanation.register
def _opted_in(condition: OptedIn, view: View) -> Explained:
    consent = view.facts.consent.get(condition.category)
    view.seen.append(Seen(f"consent to {condition.category}", consent or "unknown"))
    return concluded(consent == SUBSCRIBED, words(condition), view)

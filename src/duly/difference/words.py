"""Differences in sentences."""

from __future__ import annotations

from duly.difference.aspect import Effect, Witness
from duly.difference.compare import Change, Difference
from duly.difference.timing import local_text
from duly.timing.zone import zone

_EFFECTS = {
    Effect.EQUIVALENT: "sends the same",
    Effect.OTHERWISE: "sends to the same people at the same times",
    Effect.MORE: "sends more",
    Effect.LESS: "sends less",
    Effect.INCOMPARABLE: "sends to others or at other times",
    Effect.UNDECIDED: "changed, not all of it could be analysed",
}


def headline(found: Difference) -> str:
    """What happened to a rule, in a few words."""
    if found.change is Change.ADDED:
        return "it is new"
    if found.change is Change.REMOVED:
        return "it is gone"
    effect = _EFFECTS[found.effect]
    return f"it was called `{found.previous}` and {effect}" if found.change is Change.RENAMED else effect


def sentence(found: Difference) -> str:
    """All of it in one sentence, without examples."""
    parts = [headline(found), "; ".join(aspect.text for aspect in found.aspects)]
    return "; ".join([": ".join(part for part in parts if part), *found.lost])


def witness_words(witness: Witness) -> str:
    """`for discount 0.2, at 2026-11-24 09:00 Europe/London: not sent before, sent after`."""
    events = f"`{' or '.join(witness.events)}`" if witness.events else ""
    facts = ", ".join(part for part in (events, witness.facts) if part)
    when = ""
    if witness.instant is not None and not witness.events:
        when = f"at {local_text(witness.instant, zone(witness.zone))} {witness.zone}"
    case = ", ".join(part for part in (when, facts) if part)
    return f"{case}: before {witness.before}, after {witness.after}"

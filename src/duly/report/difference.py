"""The differences between two rule sets, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from json import dumps
from typing import Any

from duly.conditions.words import instant_words
from duly.difference.aspect import Aspect, Effect, Witness
from duly.difference.compare import Change, Difference
from duly.difference.words import headline, witness_words
from duly.report.findings import counted
from duly.report.full import Painter
from duly.report.visible import visible

_MARKS = {Change.ADDED: ("+", "32"), Change.REMOVED: ("-", "31")}
_COLOURS = {Effect.MORE: "32", Effect.LESS: "31", Effect.INCOMPARABLE: "33", Effect.UNDECIDED: "35"}
_NAMED = 5
"""So many rules that changed in the same way are named in one place; the others are counted."""


def differences_text(found: Sequence[Difference], rules: int, colours: bool) -> str:
    """The differences; rules that changed in the same way stand together. `rules` is how many there are afterwards."""
    paint = Painter(colours)
    lines = [line for _, group in groupby(found, key=_likeness) for line in _group(list(group), paint)]
    return "".join(f"{line}\n" for line in [*lines, _summary(found, rules)])


def _likeness(found: Difference) -> tuple[object, ...]:
    """Rules that are new, gone or renamed, and those with something to tell of their own, stand alone."""
    texts = tuple((aspect.part, aspect.text) for aspect in found.aspects)
    own = found.rule if found.lost or found.moved is not None or found.change is not Change.CHANGED else ""
    return own, found.change, found.effect, texts


def _group(found: Sequence[Difference], paint: Painter) -> Iterator[str]:
    first = found[0]
    mark, colour = _MARKS.get(first.change, ("~", _COLOURS.get(first.effect, "36")))
    names = ", ".join(each.rule for each in found[:_NAMED])
    more = f" and {counted(len(found) - _NAMED, 'more rule')}" if len(found) > _NAMED else ""
    yield f"{paint(mark, f'1;{colour}')} {paint(names, '1')}{more}: {paint(visible(headline(first)), colour)}"
    for aspect in first.aspects:
        yield f"    {visible(aspect.text)}"
        yield from (f"      {visible(witness_words(witness))}" for witness in aspect.witnesses)
    yield from (f"    {paint('lost', '1;31')}: {visible(loss)}" for loss in first.lost)


def _summary(found: Sequence[Difference], rules: int) -> str:
    if not found:
        return f"no difference in meaning, {counted(rules, 'rule')}"
    same = sum(each.means_the_same for each in found)
    parts = [
        (sum(each.change is Change.ADDED for each in found), "added"),
        (sum(each.change is Change.REMOVED for each in found), "removed"),
        (sum(each.change is Change.RENAMED for each in found), "renamed"),
        (sum(each.change is Change.CHANGED for each in found) - same, "changed"),
        (same, "written differently"),
    ]
    return f"{', '.join(f'{number:,} {what}' for number, what in parts if number)}, of {counted(rules, 'rule')}"


def differences_json(found: Sequence[Difference]) -> str:
    """`{"rules": […]}`; instants are ISO 8601 in UTC, shares are fractions."""
    return dumps({"rules": [_rule(each) for each in found]}, indent=2, ensure_ascii=False) + "\n"


def _rule(found: Difference) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "change": found.change.name.lower(),
        "effect": found.effect.value,
        "previous": found.previous,
        "aspects": [_aspect(aspect) for aspect in found.aspects],
        "lost": list(found.lost),
        "users_moved": found.moved,
    }


def _aspect(aspect: Aspect) -> dict[str, Any]:
    return {
        "part": aspect.part,
        "effect": aspect.effect.value,
        "text": aspect.text,
        "witnesses": [_witness(witness) for witness in aspect.witnesses],
    }


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "events": list(witness.events),
        "properties": witness.event,
        "facts": witness.facts,
        "instant": None if witness.instant is None else instant_words(witness.instant),
        "zone": witness.zone,
        "before": witness.before,
        "after": witness.after,
    }

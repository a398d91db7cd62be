"""Whether two sets of caps let the same notifications through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal

from duly.difference.aspect import Aspect, Effect, Witness
from duly.lint.frequency import longest, most
from duly.meaning.model import DAY, HOUR, MINUTE, Category, Rule, RuleSet
from duly.planning.gates import caps_of, duration_text, gaps_of
from duly.planning.plan import CapPlan, GapPlan
from duly.timing.window import Sent, next_free
from duly.timing.zone import zone

_CLOCK = "Etc/UTC"


def frequency_aspects(
    before: tuple[Rule, Category, RuleSet], after: tuple[Rule, Category, RuleSet], start: int
) -> list[Aspect]:
    """The differences in caps, house limits, gaps and `or wait`. `start` is an instant to give examples from."""
    caps = _caps(caps_of(*before), caps_of(*after), start)
    gaps = _gaps(gaps_of(*before), gaps_of(*after))
    wait = _wait(before[0].wait, after[0].wait)
    return [each for each in (caps, gaps, wait) if each is not None]


def _caps(before: Sequence[CapPlan], after: Sequence[CapPlan], start: int) -> Aspect | None:
    if [_essence(cap) for cap in before] == [_essence(cap) for cap in after]:
        return None
    looser = all(any(_implies(old, new) for old in before) for new in after)
    tighter = all(any(_implies(new, old) for new in after) for old in before)
    text = _became(before, after)
    if looser and tighter:
        return Aspect("caps", Effect.EQUIVALENT, f"{text}, which lets the same through")
    witnesses = [_witness(before, after, start, "more")] if not tighter else []
    witnesses += [_witness(after, before, start, "less")] if not looser else []
    effect = Effect.MORE if looser else Effect.LESS if tighter else Effect.INCOMPARABLE
    return Aspect("caps", effect, text, tuple(each for each in witnesses if each is not None))


def _essence(cap: CapPlan) -> tuple[object, ...]:
    return cap.cap, bool(cap.rule), cap.per_object, cap.category, cap.channel


def _became(before: Sequence[CapPlan], after: Sequence[CapPlan]) -> str:
    """Those that are on one side only."""
    olds, news = set(map(_essence, before)), set(map(_essence, after))
    went = [cap for cap in before if _essence(cap) not in news]
    came = [cap for cap in after if _essence(cap) not in olds]
    return f"{_listed(went)} became {_listed(came)}"


def _listed(caps: Sequence[CapPlan]) -> str:
    return ", ".join(f"`{cap.text}`" for cap in caps) or "no cap"


def _implies(one: CapPlan, other: CapPlan) -> bool:
    """Whether what the one lets through, the other lets through as well."""
    if most(one.cap.limit, one.cap.window, other.cap.window) > other.cap.limit:
        return False
    if one.rule and other.rule:
        return other.per_object or not one.per_object
    if one.rule or other.rule:
        return bool(other.rule) and not one.rule
    return one.category in (None, other.category) and one.channel in (None, other.channel)


def _witness(
    full: Sequence[CapPlan], free: Sequence[CapPlan], start: int, way: Literal["more", "less"]
) -> Witness | None:
    """Sends after which one more is refused by a cap of the ones, and by none of the others."""
    first = start - start % DAY + DAY + 12 * HOUR
    ages = sorted({MINUTE, *(_age(cap) for cap in (*full, *free))})
    for cap, age in product(full, ages):
        sents = [Sent(first + number, first + number) for number in range(min(cap.cap.limit, _MOST_SENTS))]
        at = first + age
        if _free(cap, sents, at) or not all(_free(each, sents, at) for each in free):
            continue
        refused, sent = f"suppressed by `{cap.text}`", "sent"
        facts = f"{len(sents)} sent {duration_text(age)} before" + (", about the same thing" if cap.per_object else "")
        return Witness(*((refused, sent) if way == "more" else (sent, refused)), (), {}, facts, at, _CLOCK)
    return None


_MOST_SENTS = 10_000


def _age(cap: CapPlan) -> int:
    """How old sends are that the cap has just forgotten."""
    return longest(cap.cap.window)


def _free(cap: CapPlan, sents: Sequence[Sent], at: int) -> bool:
    return next_free(cap.cap, sents, at, zone(_CLOCK)) == at


def _gaps(before: Sequence[GapPlan], after: Sequence[GapPlan]) -> Aspect | None:
    if before == after:
        return None
    text = f"{_gap_text(before)} became {_gap_text(after)}"
    looser = all(any(_covers(old, new) for old in before) for new in after)
    tighter = all(any(_covers(new, old) for new in after) for old in before)
    if looser and tighter:
        return Aspect("gap", Effect.EQUIVALENT, f"{text}, which lets the same through")
    return Aspect("gap", Effect.MORE if looser else Effect.LESS if tighter else Effect.INCOMPARABLE, text)


def _covers(one: GapPlan, other: GapPlan) -> bool:
    scope = one.category in (None, other.category) and one.channel in (None, other.channel)
    return scope and one.duration >= other.duration


def _gap_text(gaps: Sequence[GapPlan]) -> str:
    return ", ".join(f"`gap {duration_text(gap.duration)}`" for gap in gaps) or "no gap"


def _wait(before: int | None, after: int | None) -> Aspect | None:
    if before == after:
        return None
    old, new = (f"`or wait {duration_text(wait)}`" if wait else "no waiting for a slot" for wait in (before, after))
    longer = (after or 0) > (before or 0)
    return Aspect("wait", Effect.MORE if longer else Effect.LESS, f"{old} became {new}")

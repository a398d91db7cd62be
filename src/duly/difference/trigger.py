"""Whether two triggers start a rule in the same cases."""

from __future__ import annotations

from duly.difference.aspect import Aspect, Effect, by_inclusion, combined
from duly.meaning.model import CalendarTrigger, EventTrigger, Rule, RuleSet, SegmentTrigger, SequenceTrigger, Trigger

_WEEK = frozenset(range(7))


def trigger_aspect(before: Rule, after: Rule) -> Aspect | None:
    """The difference between two triggers, None when there is none."""
    if before.trigger == after.trigger:
        return None
    effect, text = _compared(before.trigger, after.trigger)
    return Aspect("trigger", effect, text)


def segment_aspect(before: Rule, after: Rule, sets: tuple[RuleSet, RuleSet]) -> Aspect | None:
    """What has become of the segment whose border is the trigger."""
    if not isinstance(after.trigger, SegmentTrigger) or before.trigger != after.trigger:
        return None
    name = after.trigger.segment
    if sets[0].segments.get(name) == sets[1].segments.get(name):
        return None
    return Aspect("trigger", Effect.INCOMPARABLE, f"the segment `{name}` has other members")


def _compared(before: Trigger, after: Trigger) -> tuple[Effect, str]:
    if isinstance(before, EventTrigger) and isinstance(after, EventTrigger):
        return _events(before.names, after.names)
    if isinstance(before, SequenceTrigger) and isinstance(after, SequenceTrigger):
        return _sequence(before, after)
    if isinstance(before, CalendarTrigger) and isinstance(after, CalendarTrigger):
        return _calendar(before, after)
    return Effect.INCOMPARABLE, "something else starts the rule"


def _events(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Effect, str]:
    effect = by_inclusion(frozenset(before), frozenset(after))
    if effect is Effect.EQUIVALENT:
        return effect, "the same events in another order start the rule"
    came, went = _listed(set(after) - set(before)), _listed(set(before) - set(after))
    parts = [f"{came} starts the rule as well" if came else "", f"{went} starts it no more" if went else ""]
    return effect, ", ".join(part for part in parts if part)


def _listed(names: set[str]) -> str:
    return " or ".join(f"`{name}`" for name in sorted(names))


def _sequence(before: SequenceTrigger, after: SequenceTrigger) -> tuple[Effect, str]:
    if (before.absent, before.key) != (after.absent, after.key):
        return Effect.INCOMPARABLE, "the two events go together in another way"
    effects = [by_inclusion(frozenset(before.first), frozenset(after.first))]
    second = by_inclusion(frozenset(before.second), frozenset(after.second))
    effects.append(_TURNED.get(second, second) if before.absent else second)
    if before.within != after.within:
        longer = Effect.MORE if after.within > before.within else Effect.LESS
        effects.append(Effect.INCOMPARABLE if before.absent else longer)
    return combined(effects), "the events that start the rule, or the time between them, have changed"


_TURNED = {Effect.MORE: Effect.LESS, Effect.LESS: Effect.MORE}


def _calendar(before: CalendarTrigger, after: CalendarTrigger) -> tuple[Effect, str]:
    text = "the calendar starts the rule on other days"
    if before.month_day is not None and after.month_day is not None:
        return Effect.INCOMPARABLE, text
    if before.month_day is not None:
        return (Effect.INCOMPARABLE if after.weekdays else Effect.MORE), text
    if after.month_day is not None:
        return (Effect.INCOMPARABLE if before.weekdays else Effect.LESS), text
    return by_inclusion(frozenset(before.weekdays) or _WEEK, frozenset(after.weekdays) or _WEEK), text

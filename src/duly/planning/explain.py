"""A plan laid open: how each rule is found, whom it concerns, what it reads, and the gates it has to pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duly.conditions.reads import reads
from duly.conditions.template import slots
from duly.conditions.words import duration_words, event_words, quoted, words
from duly.meaning import model
from duly.planning.describe_gates import GateText, gates, percent_text
from duly.planning.gates import hours_text, rate_text
from duly.planning.index import demanded
from duly.planning.plan import HistoryRead, Plan, RulePlan
from duly.timing.window import Calendar, Cap
from duly.timing.zone import TZDATA_VERSION

_PERIODS = {"hour": model.HOUR, "day": model.DAY, "week": model.WEEK, "month": 31 * model.DAY}


@dataclass(frozen=True, slots=True)
class Lookup:
    """
    One way in which a rule is found. `kind` is event, sequence, segment or calendar.

    With `property`, only events are tried that have one of `values` there (as the language writes them).
    """

    kind: str
    name: str
    property: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom the rule concerns: the event's own user, or members of relations and segments for the object at `key`."""

    own_user: bool
    members_of: tuple[str, ...] = ()
    key: str | None = None
    fans_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Something that is looked at. `kind` is relation, property, trait, segment, consent or history."""

    kind: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RuleExplained:
    """One rule as the engine runs it."""

    name: str
    title: str
    location: str
    category: str
    channel: str
    lookups: tuple[Lookup, ...]
    audience: Audience
    condition: str
    reads: tuple[Read, ...]
    gates: tuple[GateText, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is stored about every user, because a rule may look at it. `readers` are those rules."""

    kind: str
    name: str
    detail: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanExplained:
    """A whole plan. `house` are the rules that bind all rules, in the words of the language."""

    version: str
    tzdata: str
    rules: tuple[RuleExplained, ...]
    house: tuple[str, ...]
    keeps: tuple[Kept, ...]


def explain(plan: Plan) -> PlanExplained:
    """What there is to know about a plan before any event arrives."""
    return PlanExplained(
        version=plan.version,
        tzdata=TZDATA_VERSION,
        rules=tuple(_rule(rule, plan.rule_set.holdout) for rule in plan.rules.values()),
        house=tuple(_house(plan.rule_set)),
        keeps=(*_kept_relations(plan), *_kept_history(plan), *_kept_sends(plan)),
    )


def _rule(rule: RulePlan, house: model.Holdout | None) -> RuleExplained:
    return RuleExplained(
        name=rule.name,
        title=rule.rule.title,
        location=rule.location,
        category=rule.category.name,
        channel=rule.channel,
        lookups=_lookups(rule.rule),
        audience=_audience(rule),
        condition=words(rule.rule.where) if rule.rule.where is not None else "",
        reads=_reads(rule),
        gates=gates(rule, house),
    )


# --- how it is found --------------------------------------------------------------------------------------------------


def _lookups(rule: model.Rule) -> tuple[Lookup, ...]:
    match rule.trigger:
        case model.EventTrigger(names=names):
            return tuple(_by_event(name, rule.where) for name in names)
        case model.SequenceTrigger(first=first, second=second, within=within, absent=absent):
            then = f"then {'no ' if absent else ''}{event_words(second)} within {duration_words(within)}"
            return tuple(Lookup("sequence", f"{event_words((name,))}, {then}") for name in first)
        case model.SegmentTrigger(segment=segment, enters=enters):
            return (Lookup("segment", f"user {'enters' if enters else 'leaves'} {segment}"),)
        case model.CalendarTrigger(weekdays=weekdays, month_day=month_day):
            return (Lookup("calendar", _calendar(weekdays, month_day)),)


def _by_event(name: str, where: model.Condition | None) -> Lookup:
    demand = demanded(where)
    if demand is None:
        return Lookup("event", name)
    path, constants = demand
    values = (words(model.Constant(value, model.Type.ANY)) for value in constants)
    return Lookup("event", name, words(model.Property("event", path)), tuple(values))


def _calendar(weekdays: tuple[int, ...], month_day: int | None) -> str:
    if month_day is not None:
        return f"every month on day {month_day}"
    names = [words(model.Constant(day, model.Type.WEEKDAY)) for day in weekdays]
    return f"every {' and '.join(names) or 'day'}"


def _audience(rule: RulePlan) -> Audience:
    if not rule.fans_out:
        return Audience(own_user=True)
    bound = [part.relation if isinstance(part, model.Related) else part.segment for part in rule.rule.audience]
    trigger = rule.rule.trigger
    heard = frozenset(trigger.names) if isinstance(trigger, model.EventTrigger) else frozenset[str]()
    return Audience(
        own_user=not heard <= rule.fans_out,
        members_of=tuple(bound),
        key=".".join(rule.object_key) if rule.object_key else None,
        fans_out=tuple(sorted(rule.fans_out)),
    )


# --- what it reads ----------------------------------------------------------------------------------------------------


def _reads(rule: RulePlan) -> tuple[Read, ...]:
    read = reads(rule.rule.where)
    content = _slots(rule.rule)
    properties = read.properties | {slot.path for slot in content if slot.scope != "user"}
    traits = read.traits | {slot.path for slot in content if slot.scope == "user"}
    key = f"by {'.'.join(rule.object_key)}" if rule.object_key else ""
    return (
        *(Read("relation", name, key) for name in rule.relations),
        *(Read("property", _dotted(path)) for path in sorted(properties)),
        *(Read("trait", _dotted(path)) for path in sorted(traits)),
        *(Read("segment", name) for name in sorted(read.segments)),
        *(Read("consent", name) for name in sorted(read.categories)),
        *(Read("history", each.name, _extent(each)) for each in rule.history),
    )


def _slots(rule: model.Rule) -> list[model.Property]:
    messages = [rule.message] if rule.message is not None else []
    messages += [variant.message for variant in rule.experiment.variants] if rule.experiment else []
    return slots(template for message in messages for template in (message.title, message.body, message.link))


def _dotted(path: tuple[str, ...]) -> str:
    return words(model.Property("event", path)).removeprefix("event.")


def _extent(read: HistoryRead) -> str:
    window = "all of it" if read.window is None else f"{duration_words(read.window)} back"
    properties = ", ".join(map(_dotted, sorted(read.properties)))
    return f"{window}, with {properties}" if properties else window


# --- the house, and what is kept --------------------------------------------------------------------------------------


def _house(rule_set: model.RuleSet) -> Iterable[str]:
    if rule_set.timezone is not None:
        yield f"timezone {quoted(rule_set.timezone)}"
    for quiet in rule_set.quiet:
        yield f"quiet {hours_text(quiet.hours)}{_scope(quiet)}"
    for limit in rule_set.limits:
        yield f"limit {limit.name} {rate_text(limit.limit, limit.window)}{_scope(limit)}"
    for gap in rule_set.gaps:
        yield f"gap {duration_words(gap.duration)}{_scope(gap)}"
    if rule_set.holdout is not None:
        yield f"holdout {percent_text(rule_set.holdout.share)} seed {quoted(rule_set.holdout.seed)}"


def _scope(house: model.Quiet | model.Limit | model.Gap) -> str:
    category = f" in category {house.category}" if house.category else ""
    return category + (f" by {house.channel}" if house.channel else "")


def _kept_relations(plan: Plan) -> Iterable[Kept]:
    for relation in plan.rule_set.relations.values():
        removed = f", removed by {event_words(relation.removed_by)}" if relation.removed_by else ""
        detail = f"by {'.'.join(relation.key)}, added by {event_words(relation.added_by)}{removed}"
        readers = tuple(rule.name for rule in plan.rules.values() if relation.name in rule.relations)
        yield Kept("relation", relation.name, detail, readers)


def _kept_history(plan: Plan) -> Iterable[Kept]:
    for read in plan.history.values():
        readers = tuple(rule.name for rule in plan.rules.values() if any(own.name == read.name for own in rule.history))
        yield Kept("history", read.name, _extent(read), readers)


def _kept_sends(plan: Plan) -> Iterable[Kept]:
    spans = [(_span(cap.cap), rule.name) for rule in plan.rules.values() for cap in rule.caps]
    spans += [(gap.duration, rule.name) for rule in plan.rules.values() for gap in rule.gaps]
    if spans:
        readers = tuple(dict.fromkeys(name for _, name in spans))
        yield Kept("sends", "to the user", f"{duration_words(max(spans)[0])} back", readers)


def _span(cap: Cap) -> int:
    return _PERIODS[cap.window.unit] if isinstance(cap.window, Calendar) else cap.window.duration

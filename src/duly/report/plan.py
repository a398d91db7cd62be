"""A plan as a database prints EXPLAIN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from json import dumps

from duly.planning.describe_gates import GateText
from duly.planning.explain import Audience, Kept, Lookup, PlanExplained, Read, RuleExplained
from duly.report.findings import counted
from duly.report.visible import visible

_LABEL = 11


def plan_json(plan: PlanExplained) -> str:
    """The plan as one JSON object."""
    return dumps(asdict(plan), indent=2, ensure_ascii=False) + "\n"


def plan_text(plan: PlanExplained) -> str:
    """The plan for people."""
    head = f"plan {plan.version}: {counted(len(plan.rules), 'rule')}, tzdata {plan.tzdata}"
    lines = [head]
    for rule in plan.rules:
        lines += ["", *_rule(rule)]
    if plan.house:
        lines += ["", "house rules", *(f"  {line}" for line in plan.house)]
    if plan.keeps:
        lines += ["", "the store keeps, for each user", *_kept(plan.keeps)]
    return "".join(f"{visible(line)}\n" for line in lines)


def _rule(rule: RuleExplained) -> Iterator[str]:
    title = f" “{rule.title}”" if rule.title else ""
    yield f"rule {rule.name}{title}  ({rule.location})"
    yield from _labelled("found by", map(_lookup, rule.lookups))
    yield from _labelled("audience", _audience(rule.audience))
    yield from _labelled("reads", map(_read, rule.reads))
    yield from _labelled("gates", _gates(rule.gates))


def _labelled(label: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {label:{_LABEL}}{line}"
        label = ""


def _lookup(lookup: Lookup) -> str:
    if lookup.kind != "event":
        return f"{lookup.kind}: {lookup.name}"
    name = f"event index: {lookup.name}"
    if lookup.property is None:
        return f"{name}, every one"
    return f"{name}, then property index: {lookup.property} = {' or '.join(lookup.values)}"


def _audience(audience: Audience) -> Iterator[str]:
    if audience.members_of:
        listed = " or ".join(audience.members_of)
        key = f" by {audience.key}" if audience.key else ""
        yield f"fan-out over the reverse index of {listed}{key}, paged"
    if audience.own_user:
        yield "the event's own user"


def _read(read: Read) -> str:
    return f"{read.kind} {read.name}" + (f" ({read.detail})" if read.detail else "")


def _gates(gates: tuple[GateText, ...]) -> Iterator[str]:
    for number, gate in enumerate(gates, 1):
        demands = "; ".join(gate.demands) or "always open"
        waived = "  (transactional: house rules waived)" if gate.waived else ""
        yield f"{number} {gate.name:12} {demands}{waived}"


def _kept(keeps: tuple[Kept, ...]) -> Iterator[str]:
    for kept in keeps:
        readers = ", ".join(kept.readers) or "no rule"
        yield f"  {kept.kind:9} {kept.name}: {kept.detail}  (read by {readers})"

"""Lowers a plan to what the compiled core knows: plain numbers, texts, lists and dicts."""

from __future__ import annotations

from typing import Any

from duly.meaning.model import Message
from duly.native.conditions import ALWAYS, lower_condition
from duly.native.index import lower_index
from duly.native.lowered import Unsupported, lower_path, lower_text
from duly.native.templates import lower_template
from duly.native.timing import lower_arc, lower_cap, lower_schedule
from duly.planning.plan import CapPlan, GapPlan, Plan, QuietPlan, RulePlan

_MOST_RELATIONS = 64

Lowered = dict[str, Any]


def lower_plan(plan: Plan) -> Lowered | None:
    """
    The plan; None where it asks for more than the core knows of every user, as a watched segment does.

    Rules that the core does not know are there by their names only.
    """
    if plan.watched:
        return None
    rules = sorted(plan.rules.values(), key=lambda rule: rule.number)
    lowered = [_rule_or_name(rule, plan) for rule in rules]
    events = {*plan.by_event, *plan.rule_set.events, *plan.updates}
    events |= {*plan.history, *plan.goals, *plan.cancels, *plan.firsts}
    places = {rule.name: place for place, rule in enumerate(rules)}
    return {
        "version": plan.version,
        "house_zone": plan.rule_set.timezone,
        "recurring": bool(plan.recurring),
        "rules": lowered,
        "events": {name: _event(name, plan, places) for name in sorted(events)},
    }


def _event(name: str, plan: Plan, places: dict[str, int]) -> Lowered:
    index = plan.by_event.get(name)
    lowered = None if index is None else lower_index(index, lambda rule: places[rule.name])
    updates = plan.updates.get(name, ())
    return {
        "native": index is None or lowered is not None,
        "remembered": any(name in noted for noted in (plan.history, plan.goals, plan.cancels, plan.firsts)),
        "about": name in plan.rule_set.events,
        "index": lowered,
        "updates": [
            {
                "relation": update.relation,
                "key": list(update.key),
                "listed": list(update.listed),
                "adds": update.adds,
            }
            for update in updates
        ],
    }


def _rule_or_name(rule: RulePlan, plan: Plan) -> Lowered:
    try:
        return _rule(rule, plan)
    except Unsupported:
        return {"name": rule.name, "native": False, "test": ALWAYS}


def _rule(rule: RulePlan, plan: Plan) -> Lowered:
    if not rule.direct or len(rule.relations) > _MOST_RELATIONS:
        raise Unsupported
    return {
        "name": lower_text(rule.name),
        "location": lower_text(rule.location),
        "category": lower_text(rule.category.name),
        "channel": lower_text(rule.channel),
        "native": True,
        "opt_in": rule.category.opt_in,
        "uncounted": rule.category.uncounted,
        "test": _known(lower_condition(rule.rule.where, rule.relations)),
        "schedule": _known(lower_schedule(rule.schedule)),
        "quiet": [_quiet(quiet) for quiet in rule.quiet],
        "gaps": [_gap(gap) for gap in rule.gaps],
        "caps": [_cap(cap) for cap in rule.caps],
        "wait": rule.wait,
        "expiry": rule.expiry,
        "sends_kept": rule.sends_kept,
        "object_key": None if rule.object_key is None else lower_path(rule.object_key),
        "relations": [_relation(name, rule, plan) for name in rule.relations],
        "message": None if rule.rule.message is None else _message(rule.rule.message),
    }


def _relation(name: str, rule: RulePlan, plan: Plan) -> Lowered:
    """A relation that is read, and where an event names its thing if the rule has no object of its own."""
    return {"name": lower_text(name), "key": lower_path(rule.object_key or plan.relation_keys.get(name, ()))}


def _known(lowered: Any | None) -> Any:
    if lowered is None:
        raise Unsupported
    return lowered


def _quiet(quiet: QuietPlan) -> Lowered:
    return {**lower_arc(quiet.arc), "zone": quiet.zone}


def _gap(gap: GapPlan) -> Lowered:
    return {"duration": gap.duration, "category": gap.category, "channel": gap.channel}


def _cap(plan: CapPlan) -> Lowered:
    return {
        **lower_cap(plan.cap),
        "text": lower_text(plan.text),
        "rule": plan.rule,
        "per_object": plan.per_object,
        "category": plan.category,
        "channel": plan.channel,
        "former": list(plan.former),
    }


def _message(message: Message) -> Lowered:
    parts = {"title": message.title, "body": message.body, "link": message.link}
    return {name: _known(lower_template(template)) for name, template in parts.items()}

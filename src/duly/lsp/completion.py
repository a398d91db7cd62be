"""Completion: the words, names, properties and zones that may follow, and nothing that may not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lark import Token

from duly.conditions.words import event_words
from duly.engine.decision import REASONS
from duly.lsp.context import Context, contexts, in_comment, open_quote
from duly.lsp.keywords import CHOICE_DOCS, CHOICES, DOCS
from duly.meaning.check import Checked
from duly.meaning.check_rule import CHANNELS
from duly.syntax import nodes
from duly.syntax.words import phrases
from duly.vocabulary.tracking_plan import EventType
from duly.vocabulary.types import phrase
from duly.vocabulary.zones import zone_names

MOST = 1_000
_UNITS = ("seconds", "minutes", "hours", "days", "weeks")
_AMOUNT = re.compile(r"\b(?:last|within|after|per|gap|wait|passed)\s+[0-9]+\s+([a-z]*)\Z")
_SLOT = re.compile(r"\{([\w.]*)\Z")
_EVENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Z][\w\'-]*(?:\s+(?:(?:to|from|of)\s+)?[A-Z][\w\'-]*)*)')
_TEST_USER = re.compile(r"^\s+user (\w+)", re.MULTILINE)
_BEFORE_ZONE = ("TIME", "_TIMEZONE")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be written: `written` characters before the cursor are replaced by `text`."""

    text: str
    kind: str
    detail: str = ""
    docs: str = ""
    written: int = 0


def suggestions(
    before: str, checked: Checked, files: Iterable[str] = (), declared: Iterable[tuple[str, str]] = ()
) -> list[Suggestion]:
    """
    What may stand at the end of `before`, which is a statement up to the cursor. `files` are the tracking plans beside
    the rule file, `declared` the kinds and names of all declarations, those that make no sense yet included.
    """
    if in_comment(before):
        return []
    slot = _SLOT.search(before)
    if slot is not None and open_quote(before) is not None:
        return _fitting(slot[1], _properties(before, (), checked))
    amount = _AMOUNT.search(before)
    if amount is not None:
        return _fitting(amount[1], (Suggestion(unit, "unit") for unit in _UNITS))
    found: dict[tuple[str, str], Suggestion] = {}
    for context in contexts(before):
        for each in _fitting(context.written, _possible(before, context, checked, files, tuple(declared))):
            found.setdefault((each.text, each.kind), each)
    return list(found.values())[:MOST]


def _fitting(written: str, possible: Iterable[Suggestion]) -> list[Suggestion]:
    start = " ".join(written.split()).casefold() + (" " if written.endswith(" ") and written.strip() else "")
    return [
        Suggestion(each.text, each.kind, each.detail, each.docs, len(written))
        for each in possible
        if each.text.casefold().startswith(start) and each.text != written
    ]


def _possible(
    before: str, context: Context, checked: Checked, files: Iterable[str], declared: tuple[tuple[str, str], ...]
) -> Iterator[Suggestion]:
    expected = context.expected
    if "NAME" in expected or "OBJECT" in expected:
        kind = _kind_of_name(before, context)
        yield from _names(kind, before, context, checked)
        yield from (Suggestion(name, kind) for what, name in declared if what == kind)
    if "PATH" in expected:
        yield from _properties(before, context.tokens, checked)
    if "EVENT" in expected:
        yield from events(checked)
    if "TEXT" in expected:
        yield from _texts(context, checked, files)
    if "REASON" in expected:
        yield from (Suggestion(reason, "reason", docs=said) for reason, said in REASONS.items())
    for terminal in sorted(expected & CHOICES.keys()):
        yield from (Suggestion(word, "value", docs=CHOICE_DOCS.get(word, "")) for word in CHOICES[terminal])
    for terminal in sorted(expected & phrases().keys()):
        words = phrases()[terminal]
        yield Suggestion(words, "keyword", docs=DOCS.get(words, ""))


# --- names ------------------------------------------------------------------------------------------------------------


def _kind_of_name(before: str, context: Context) -> str:
    """What a name at this place is a name of; empty for a name that is made up here."""
    types = tuple(token.type for token in context.tokens)
    last = types[-1] if types else ""
    known = _KIND_AFTER.get(types[-2:]) or _KIND_AFTER.get((last,))
    if known is not None:
        return known
    if before.startswith("test"):
        return _KIND_IN_TEST.get(last, "")
    return "relation" if last == "_USER" else "object" if types[-2:] == ("_USER", "NAME") else ""


def _names(kind: str, before: str, context: Context, checked: Checked) -> Iterator[Suggestion]:
    if kind == "user":
        yield from (Suggestion(name, "user") for name in dict.fromkeys(_TEST_USER.findall(before)))
    elif kind == "object" and context.ends("_USER", "NAME") and str(context.tokens[-1]) in checked.rule_set.relations:
        yield Suggestion(checked.rule_set.relations[str(context.tokens[-1])].object, "object")
    elif kind:
        yield from _NAMES[kind](checked)


_KIND_IN_TEST = {"_OF": "rule", "_VARIANT": "variant", "INSTANT": "user", "_EXPECT": "user", "_BECOMES": "user"}
_KIND_AFTER = {
    ("_IN_CATEGORY",): "category",
    ("_USER_OPTED_IN_TO",): "category",
    ("_SUBSCRIBED_TO",): "category",
    ("_UNSUBSCRIBED_FROM",): "category",
    ("_SNOOZE",): "category",
    ("_ENTERS",): "segment",
    ("_LEAVES",): "segment",
    ("_USER", "_IN"): "segment",
    ("_USER", "_NOT_IN"): "segment",
    ("_ABOUT",): "object",
    ("_USER", "_TO"): "object",
    ("_PER",): "object",
    ("_MUTE",): "object",
    ("_BY",): "channel",
    ("_NOTIFY",): "rule",
    ("_DEFER",): "rule",
    ("_SUPPRESS",): "rule",
    ("OUTCOME",): "rule",
}


def _rules(checked: Checked) -> Iterator[Suggestion]:
    return (Suggestion(rule.name, "rule", rule.title) for rule in checked.rule_set.rules.values())


def _segments(checked: Checked) -> Iterator[Suggestion]:
    return (Suggestion(name, "segment") for name in checked.rule_set.segments)


def _categories(checked: Checked) -> Iterator[Suggestion]:
    return (Suggestion(each.name, "category", each.title) for each in checked.rule_set.categories.values())


def _relations(checked: Checked) -> Iterator[Suggestion]:
    return (
        Suggestion(each.name, "relation", f"user to {each.object} by {'.'.join(each.key)}")
        for each in checked.rule_set.relations.values()
    )


def _objects(checked: Checked) -> Iterator[Suggestion]:
    events, relations = checked.rule_set.events.values(), checked.rule_set.relations.values()
    names = dict.fromkeys([*(event.about for event in events), *(relation.object for relation in relations)])
    return (Suggestion(name, "object") for name in names)


def _variants(checked: Checked) -> Iterator[Suggestion]:
    for rule in checked.rule_set.rules.values():
        for variant in rule.experiment.variants if rule.experiment is not None else ():
            yield Suggestion(variant.name, "variant", f"of {rule.name}")


def _channels(_: Checked) -> Iterator[Suggestion]:
    return (Suggestion(channel, "channel") for channel in CHANNELS)


_NAMES: dict[str, Callable[[Checked], Iterator[Suggestion]]] = {
    "rule": _rules,
    "segment": _segments,
    "category": _categories,
    "relation": _relations,
    "object": _objects,
    "variant": _variants,
    "channel": _channels,
}


def events(checked: Checked) -> Iterator[Suggestion]:
    """The events of the tracking plan and those that are declared or used anywhere."""
    planned = checked.tracking_plan.events if checked.tracking_plan is not None else {}
    known = dict.fromkeys([*planned, *checked.rule_set.events, *_used_events(checked)])
    for name in known:
        listed = planned[name].properties if name in planned else {}
        properties = ", ".join(".".join(path) for path in listed if len(path) == 1)
        about = checked.rule_set.events.get(name)
        yield Suggestion(event_words((name,)), "event", f"about {about.about}" if about else "", properties)


def _used_events(checked: Checked) -> Iterator[str]:
    for relation in checked.rule_set.relations.values():
        yield from (*relation.added_by, *relation.removed_by)
    for file in checked.files:
        for statement in file.statements:
            if isinstance(statement, nodes.Rule):
                triggers = (c for c in statement.clauses if isinstance(c, nodes.WhenEvent))
                yield from (event.value for trigger in triggers for event in trigger.events)


# --- properties and texts ---------------------------------------------------------------------------------------------


def _properties(before: str, tokens: tuple[Token, ...], checked: Checked) -> Iterator[Suggestion]:
    """Of the events that a bare name is about here, of the object, and traits of the user."""
    if checked.tracking_plan is None:
        return
    plan = checked.tracking_plan
    in_test = before.startswith("test")
    if in_test and any(token.type == "_WITH" for token in tokens[-9:]):
        yield from _listed(plan.traits, "", "user")
        return
    names = _events_here(before, tokens)
    described = [plan.events[name] for name in names if name in plan.events]
    for event in described:
        yield from _listed(event, "", " or ".join(names))
    if in_test:
        return
    for name in names:
        about = checked.rule_set.events.get(name)
        if about is not None and name in plan.events:
            yield from _listed(plan.events[name], f"{about.about}.", name)
    yield from _listed(plan.traits, "user.", "user")


def _listed(event: EventType, prefix: str, of: str) -> Iterator[Suggestion]:
    for path, known in event.properties.items():
        if all(re.fullmatch(r"[A-Za-z_]\w*", part) for part in path):
            allowed = f"one of {', '.join(map(json.dumps, known.enum))}" if known.enum else ""
            yield Suggestion(prefix + ".".join(path), "property", f"{phrase(known.type)}, of {of}", allowed)


def _events_here(before: str, tokens: tuple[Token, ...]) -> list[str]:
    """The events that are counted or followed by their settings, or else those of the trigger."""
    last = next((number for number in range(len(tokens) - 1, -1, -1) if tokens[number].type == "EVENT"), None)
    counted = any(token.type == "_WHERE_COUNTED" for token in tokens[last or 0 :])
    if last is not None and (counted or before.startswith("test")):
        return [" ".join(str(tokens[last]).split())]
    trigger = re.search(r"\bwhen\s+(.*?)(?:\bwhere\b|,|\n|$)", before, re.DOTALL)
    found = _EVENT.findall(trigger[1]) if trigger else []
    return [quoted or " ".join(plain.split()) for quoted, plain in found]


def _texts(context: Context, checked: Checked, files: Iterable[str]) -> Iterator[Suggestion]:
    last = context.tokens[-1].type if context.tokens else ""
    if last in _BEFORE_ZONE or (last == "_IN" and context.tokens[0].type == "_TEST"):
        yield from (Suggestion(json.dumps(name), "zone") for name in sorted(zone_names()) if _is_place(name))
    elif last == "_USE":
        yield from (Suggestion(json.dumps(name), "file") for name in files)
    elif last in ("COMPARISON", "LPAR", "PATH"):
        yield from _allowed(context, checked)


def _is_place(name: str) -> bool:
    return name == "UTC" or ("/" in name and not name.startswith(("Etc/", "SystemV/", "US/")))


def _allowed(context: Context, checked: Checked) -> Iterator[Suggestion]:
    """The values that the plan allows for the property before the comparison."""
    path = next((str(token) for token in reversed(context.tokens[-3:]) if token.type == "PATH"), "")
    plan = checked.tracking_plan
    if not path or plan is None:
        return
    parts = tuple(path.split("."))
    types = [plan.traits] if parts[0] == "user" else list(plan.events.values())
    parts = parts[1:] if parts[0] in ("user", "event") else parts
    values = dict.fromkeys(v for each in types if parts in each.properties for v in each.properties[parts].enum)
    yield from (Suggestion(json.dumps(value, ensure_ascii=False), "value", f"of {path}") for value in values)

"""What to tell a language model so that it writes rules: the language, examples, the grammar, a plan, and don'ts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from duly.meaning.rule_set import prelude
from duly.syntax.grammar import grammar, grammar_text
from duly.syntax.words import expectation, phrases
from duly.vocabulary.tracking_plan import EventType, PropertyType, TrackingPlan

_INTRODUCTION = """\
You write notification rules in the language duly. Answer with one code block that holds a rule file and nothing else.
Write only what the grammar below allows and only events, properties and traits that are listed. When something that
was asked for cannot be said, leave it out and say so in a `#` comment. `duly lint` will check the answer."""

_BASICS = """\
- A statement starts in the first column; its clauses follow on the same line or on lines that are indented. Between
  clauses a comma and a new line mean the same. `#` starts a comment.
- Event names are capitalised words (`Product Sale`), or any text in double quotes (`"order_completed"`). Properties are
  identifiers with dots; names of rules, segments, categories and relations are lower-case with `_`.
- `discount` and `event.discount` are properties of the event that starts the rule, `user.plan` is a trait of the user,
  `product.name` a property of the thing the event is about.
- An event that is about a thing (see the declarations) concerns everybody whom the condition binds to that thing: it
  needs `user RELATION OBJECT` or `user in SEGMENT` on every side of every `or`. Other events concern their own user.
- A condition is true, false or unknown; a rule fires only when it is true. What is missing makes it unknown.
- `1/day` counts by the calendar on the user's clock, `1 per 24 hours` is rolling.
- `at 18:00 local` goes by the user's own clock; `18:00 "Europe/Paris"` by that of a zone."""

_DONTS = """\
- No time without `local` or a zone in quotes: not `at 18:00`, but `at 18:00 local`.
- No cap without a period: not `max 3` or `max 1 per day`, but `max 3/day` or `max 1 per 24 hours`.
- No duration without a unit: not `within 7`, but `within 7 days`.
- No bare truth value: not `where user.premium`, but `where user.premium is true`.
- No comparison of different types: nothing is converted, so not `discount >= "20"`. `20%` is the number 0.2.
- No single quotes around texts, no `==`, `&&`, `||`, `null`: write `"…"`, `=`, `and`, `or`, `is missing`.
- No `and` mixed with `or` without parentheses.
- No marketing rule without a cap (`max`).
- No look-around and no back-references in `matches /…/`.
- No event, property or trait that is not listed, and no new declaration of one that is.
- No placeholder in a message that can be missing without a fallback: `{name or 'there'}`."""

EXAMPLES = """\
rule saved_sale "A saved product goes on sale"
  when Product Sale
  where user saved product and discount >= 20%
  at 18:00 local
  max 1/day, max 1 per 7 days per product, or wait 1 day
  expires after 2 days
  unless Order Completed with the same product_id
  send title "{product.name or 'Something you saved'} is on sale" body "{discount as percent} off"
  goal Order Completed with the same product_id within 1 day

rule cart_left "Something stayed in the cart"
  when Product Added, then no Order Completed with the same cart_id within 2 hours
  between 09:00 and 21:00 local
  on weekdays
  max 2/week
  variant plain 50% send "Your cart is waiting"
  variant helpful 50% send "Is something missing?"

segment big_spenders: count of Order Completed in last 90 days >= 3
  and sum of total over Order Completed in last 90 days >= 200

rule best_customers "Early access for those who buy much"
  when user enters big_spenders
  at best time between 18:00 and 22:00 local
  max 1/month

rule picks "Picks of the week"
  every Monday where user in big_spenders
  at 10:00 local
  max 1/week

test "a saved product goes on sale" in "Europe/London"
  user ada timezone "Europe/London"
  2024-05-01 08:00  ada: Product Added to Wishlist product_id "boots"
  2024-05-01 10:00  Product Sale product_id "boots", discount 30%, name "Boots"
  expect ada: defer saved_sale until 2024-05-01 18:00
"""

_RULE = re.compile(r"^\??(_?[a-z_]+)\s*:(.*)$")
_MORE = re.compile(r"^\s+(\|.*)$")
_WORD = re.compile(r'"[^"]*"|[A-Za-z_]+')
_ALIAS = re.compile(r"\s*->\s*[a-z_]+")


def prompt(plan: TrackingPlan | None = None) -> str:
    """The whole text; the same for the same grammar and plan."""
    sections = [
        ("", _INTRODUCTION),
        ("The language", _BASICS),
        ("Never", _DONTS),
        ("Examples", _block("duly", EXAMPLES)),
        ("The grammar", _block("", "\n".join(_productions(grammar_text())))),
        ("What is declared already", _block("duly", _without_comments(prelude().source.text))),
        ("Events", _events(plan)),
    ]
    if plan is not None and plan.traits.listed:
        sections.append(("Traits of users", "\n".join(_properties(plan.traits, "user."))))
    return "\n\n".join(f"## {title}\n\n{text}" if title else f"# duly\n\n{text}" for title, text in sections) + "\n"


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


# --- the plan ---------------------------------------------------------------------------------------------------------


def _events(plan: TrackingPlan | None) -> str:
    if plan is None:
        return "No tracking plan was given: use the events and properties that the request names."
    return "\n".join(line for name in sorted(plan.events) for line in _event(name, plan.events[name]))


def _event(name: str, event: EventType) -> Iterator[str]:
    yield f"- {name}" if re.fullmatch(r"[A-Z]\w*( ((to|from|of) )?[A-Z]\w*)*", name) else f"- {_quoted(name)}"
    yield from (f"  {line}" for line in _properties(event, ""))


def _properties(event: EventType, prefix: str) -> Iterable[str]:
    return (f"- `{prefix}{_path(path)}`: {_said(event.properties[path])}" for path in sorted(event.properties))


def _path(path: tuple[str, ...]) -> str:
    parts = [part if re.fullmatch(r"[A-Za-z_]\w*", part) else _quoted(part) for part in path]
    return ".".join(parts) if not parts[0].startswith('"') else f"event.{'.'.join(parts)}"


def _said(known: PropertyType) -> str:
    allowed = f", one of {', '.join(_quoted(value) for value in known.enum)}" if known.enum else ""
    return f"{known.type.value}{', always there' if known.required else ', may be missing'}{allowed}"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- the grammar ------------------------------------------------------------------------------------------------------


def _productions(text: str) -> Iterator[str]:
    """The rules of the grammar with every keyword spelled out, without what only the parser needs."""
    for line in text.splitlines():
        rule, more = _RULE.match(line), _MORE.match(line)
        if rule is not None and rule[1].lstrip("_") != rule[2].strip():
            yield f"{rule[1].lstrip('_')} = {_spelled(rule[2])}"
        elif more is not None:
            yield f"  {_spelled(more[1])}"


def _spelled(body: str) -> str:
    words = _WORD.sub(lambda found: _word(found[0]), _ALIAS.sub("", body))
    return " ".join(words.replace('[","]', '","?').split())


def _word(word: str) -> str:
    if word.startswith('"'):
        return word
    if word.lstrip("_").islower():
        return word.lstrip("_")
    keyword = phrases().get(word)
    return f'"{keyword}"' if keyword is not None else _SAID.get(word) or _described(word)


def _described(terminal: str) -> str:
    called = expectation(frozenset({terminal})).replace("`", "")
    return f"<{called}>" if called else _choice(terminal)


def _choice(terminal: str) -> str:
    """The words of a terminal that is one of several, out of its pattern: `(?:true|false)` is `true` or `false`."""
    pattern = next(each.pattern.value for each in grammar().terminals if each.name == terminal)
    found = _CHOICE.match(pattern)
    assert found, f"{terminal} is described nowhere"
    words = (f"{word}{found[2] or ''}".replace("\\s+", " ") for word in found[1].split("|"))
    return f"({' | '.join(map(_quoted, words))})"


_CHOICE = re.compile(r"\(\?:([^()]+)\)((?:\\s\+\w+)?)")
_SAID = {
    "_COMMA": '","',
    "_ALSO_DAY": '("," | "and" | "or")',
    "COMPARISON": '("=" | "!=" | "<" | "<=" | ">" | ">=" | "is" | "is not")',
    "SUM_SIGN": '("+" | "-")',
    "PRODUCT_SIGN": '("*" | "/")',
    "CATEGORY_OPTION": '("opt in" | "opt out" | "transactional" | "uncounted")',
    "PASSED": '("next day" | "drop")',
    "OUTCOME": '("sent" | "failed" | "opened" | "dismissed")',
    "DAY_GROUP": '("weekdays" | "weekends")',
    "PERIOD": '"/" ("hour" | "day" | "week" | "month")',
    "LOCAL": '"local"',
}

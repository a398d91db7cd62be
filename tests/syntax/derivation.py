"""Random sentences of the language, derived from its grammar rule by rule."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache

from lark.grammar import NonTerminal, Rule, Symbol

from duly.syntax.grammar import grammar

WORDS = {
    "EVENT": ["Product Sale", "Order Completed", "Product Added to Wishlist"],
    "NAME": ["saved", "deals", "x1"],
    "OBJECT": ["product", "show"],
    "PATH": ["discount", "user.plan", 'event."odd name"', "product.name", "total"],
    "REASON": ["capped", "not-yet"],
    "TEXT": ['"a b"', '"Europe/Paris"', "\"{name or 'x'}\""],
    "REGEX": ["/a+b/"],
    "NUMBER": ["3", "1_000", "2.5"],
    "PERCENT": ["20%"],
    "DURATION": ["2 hours", "7 days"],
    "TIME": ["18:00", "09:30"],
    "DATE": ["2026-12-24"],
    "INSTANT": ["2024-05-01 18:00"],
    "ORDINAL": ["1st", "15th"],
    "MONTH_DAY": ["Dec 1", "January 31"],
    "WEEKDAY": ["Monday", "Tue"],
    "COMPARISON": ["=", ">=", "is not"],
    "TEXT_TEST": ["contains", "starts with"],
    "EDGE": ["first", "last"],
    "FUNCTION": ["sum of", "average of"],
    "PERIOD": ["/day", "/week"],
    "SUM_SIGN": ["+", "-"],
    "PRODUCT_SIGN": ["*", "/"],
    "_ALSO_DAY": [","],
}
_DEEP = 12


@cache
def alternatives() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in grammar().rules:
        found[rule.origin.name].append(rule)
    return found


@cache
def depths() -> dict[str, int]:
    """How deep the shallowest derivation of each rule is."""
    known: dict[str, int] = {}
    for _ in range(100):
        for name, rules in alternatives().items():
            best = min((depth for rule in rules if (depth := _depth(rule, known)) is not None), default=None)
            if best is not None:
                known[name] = best
    return known


def _depth(rule: Rule, known: dict[str, int]) -> int | None:
    inner = [known.get(symbol.name) for symbol in rule.expansion if isinstance(symbol, NonTerminal)]
    return None if None in inner else 1 + max((depth for depth in inner if depth is not None), default=0)


def sentence(name: str, dice: random.Random) -> str:
    return " ".join(_derive(NonTerminal(name), dice, 0))


def _derive(symbol: Symbol, dice: random.Random, depth: int) -> list[str]:
    if not isinstance(symbol, NonTerminal):
        return [_word(symbol.name, dice)]
    rules = alternatives()[symbol.name]
    if depth > _DEEP:
        rules = [min(rules, key=lambda rule: _depth(rule, depths()) or 0)]
    return [word for inner in dice.choice(rules).expansion for word in _derive(inner, dice, depth + 1)]


def _word(name: str, dice: random.Random) -> str:
    if name in WORDS:
        return dice.choice(WORDS[name])
    pattern = next(t.pattern.to_regexp() for t in grammar().terminals if t.name == name)
    choices = re.sub(r"\(\?[=!][^()]*(?:\([^()]*\)[^()]*)*\)", "", pattern)
    plain = choices.replace(r"\b", "").replace(r",?\s*", "").replace(r"\s+", " ").replace(r"\s*", "")
    plain = plain.removeprefix("(?:").removesuffix(")") if "|" in plain else plain
    return dice.choice([word.replace("(?:", "").replace(")?", "").replace("\\", "") for word in plain.split("|")])

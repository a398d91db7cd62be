"""What people call the things the grammar expects."""

from __future__ import annotations

import re
from functools import cache

from duly.syntax.grammar import grammar

_NAMES = {
    "$END": "the end of the statement",
    "CATEGORY_OPTION": "`opt in`, `opt out`, `transactional` or `uncounted`",
    "COLON": "`:`",
    "COMPARISON": "a comparison such as `>=`",
    "DATE": "a date such as `2026-12-24`",
    "DAY_GROUP": "`weekdays` or `weekends`",
    "DURATION": "a time such as `2 hours`",
    "EVENT": "an event name",
    "INSTANT": "an instant such as `2026-12-24 18:00`",
    "LOCAL": "`local`",
    "LPAR": "`(`",
    "MONTH_DAY": "a day such as `Dec 24`",
    "NAME": "a name such as `big_spenders`",
    "NUMBER": "a number",
    "OBJECT": "the name of an object such as `product`",
    "ORDINAL": "a day of the month such as `1st`",
    "OUTCOME": "`sent`, `failed`, `opened` or `dismissed`",
    "PASSED": "`next day` or `drop`",
    "PATH": "a property",
    "PERCENT": "a percentage such as `20%`",
    "PERIOD": "a period such as `/day`",
    "REASON": "a reason such as `capped`",
    "REGEX": "a regular expression between slashes",
    "RPAR": "`)`",
    "TEXT": "text in double quotes",
    "TIME": "a time of day such as `18:00`",
    "WEEKDAY": "a day such as `Monday`",
    "_COMMA": "`,`",
}
# Where all of these may stand, one word says it. The first that fits counts; what it covers is not named again.
_TOGETHER = (
    ("a statement such as `rule`, `segment` or `when`", {"_RULE", "_SEGMENT", "_WHEN", "_USE"}),
    ("a clause such as `where`, `at` or `max`", {"_AT", "_MAX", "_BETWEEN", "_IN_CATEGORY"}),
    ("a condition", {"PATH", "_USER", "_NOT", "NUMBER"}),
    ("a value", {"PATH", "NUMBER", "PERCENT", "_COUNT_OF"}),
    ("a value", {"NUMBER", "PERCENT", "TEXT", "TRUTH"}),
    ("a comparison such as `>=`", {"COMPARISON"}),
)
_STATEMENTS = frozenset(
    {
        "_RULE",
        "_SEGMENT",
        "_WHEN",
        "_USE",
        "_EVENT",
        "_RELATION",
        "_CATEGORY",
        "_TIMEZONE",
        "_QUIET",
        "_LIMIT",
        "_GAP",
        "_HOLDOUT",
        "_TEST",
        "_EVERY",
        "_EVERY_DAY",
        "_EVERY_MONTH_ON_THE",
    }
)
_CLAUSES = frozenset(
    {
        "_WHEN",
        "_EVERY",
        "_EVERY_DAY",
        "_EVERY_MONTH_ON_THE",
        "_WHERE",
        "_IN_CATEGORY",
        "_BY",
        "_AT",
        "_AT_BEST_TIME",
        "_BETWEEN",
        "_ON",
        "_ON_HOLIDAYS",
        "_NOT_ON_HOLIDAYS",
        "_FROM",
        "_EVERY_YEAR_FROM",
        "_AFTER",
        "_IF_PASSED",
        "_MAX",
        "_OR_WAIT",
        "_PRIORITY",
        "_EXPIRES_AFTER",
        "_EXPIRES_AT",
        "_UNLESS",
        "_SEND",
        "_VARIANT",
        "_EXPERIMENT",
        "_HOLDOUT",
        "_GOAL",
        "_WAS",
        "_COMMA",
    }
)
_OPERANDS = frozenset(
    {
        "PATH",
        "NUMBER",
        "PERCENT",
        "TEXT",
        "TRUTH",
        "TIME",
        "DATE",
        "DURATION",
        "WEEKDAY",
        "MOMENT",
        "FUNCTION",
        "EDGE",
        "_COUNT_OF",
        "_TIME_SINCE",
        "_NOT",
        "_USER",
        "_USER_DID",
        "_USER_HAS_NOT_DONE",
        "_USER_OPTED_IN_TO",
        "LPAR",
        "MINUS",
    }
)
_OPERATORS = frozenset(
    {
        "COMPARISON",
        "SUM_SIGN",
        "PRODUCT_SIGN",
        "MINUS",
        "PLUS",
        "STAR",
        "SLASH",
        "TEXT_TEST",
        "_MATCHES",
        "_IN",
        "_NOT_IN",
        "_IS_MISSING",
        "_IS_NOT_MISSING",
    }
)
_COVERED = (_STATEMENTS, _CLAUSES, _OPERANDS, _OPERANDS, _OPERANDS, _OPERATORS)
_MOST = 3


@cache
def phrases() -> dict[str, str]:
    """The text of every keyword of the grammar by the name of its terminal."""
    found = {}
    for terminal in grammar().terminals:
        phrase = _SPELLED.fullmatch(terminal.pattern.value)
        if phrase and terminal.name not in _NAMES:
            found[terminal.name] = phrase[1].replace("\\s+", " ")
    return found


_SPELLED = re.compile(r"(?:,\?\\s\*)?((?:[a-z]+|\\s\+)+)\\b(?:\(\?!.*\))?")


def expectation(expected: frozenset[str]) -> str:
    """What could have stood somewhere, in words, such as `a value`; no more than three things, perhaps none."""
    said: list[str] = []
    left = set(expected)
    for (words, all_of), covers in zip(_TOGETHER, _COVERED, strict=True):
        if all_of <= left:
            said.append(words)
            left -= covers
    said += sorted(_NAMES[name] for name in left & _NAMES.keys() if name not in ("$END", "_COMMA") or not said)
    said += sorted(f"`{phrases()[name]}`" for name in left & phrases().keys())
    return _listed(list(dict.fromkeys(said))[:_MOST])


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}" if parts else ""

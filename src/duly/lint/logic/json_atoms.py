"""What a comparison with literals leaves of a value that JSON brings."""

from __future__ import annotations

from typing import Any

from duly.conditions.code import is_number
from duly.conditions.family import JSON
from duly.lint.logic.domains import ANY_LIST, ANY_TEXT, BOTH, Lists, Values
from duly.lint.logic.ranges import DAYS, NOTHING, NUMBERS, TEXTS, Line, Ranges, starting_with
from duly.lint.logic.texts import Days, Texts
from duly.lint.logic.wants import Want
from duly.meaning.model import Constant, Matches, Scalar, TextTest, Type


def json_values(operator: str, items: list[Constant], kind: Type, want: Want) -> Values:
    """What `value operator item`, or `value in (item, …)`, leaves."""
    if kind is Type.DATE:
        days = _portion(DAYS, operator, [item.value for item in items if item.type is Type.DATE], want)
        return _known(want, texts=Texts(days=Days(days, want.open)))
    numbers = [item.value for item in items if item.type is Type.NUMBER and is_number(item.value)]
    texts = [item.value for item in items if item.type is Type.TEXT]
    truths = [item.value for item in items if item.type is Type.BOOLEAN and operator in ("=", "!=", "in")]
    found: dict[str, Any] = {}
    if numbers:
        found["numbers"] = _portion(NUMBERS, operator, numbers, want)
    if texts:
        found["texts"] = Texts(_portion(TEXTS, operator, texts, want))
    if truths:
        equal = frozenset(bool(truth) for truth in truths)
        found["truths"] = equal if want.positive is (operator != "!=") else BOTH - equal
    return _known(want, **found)


def _portion(line: Line, operator: str, scalars: list[Scalar], want: Want) -> Ranges:
    if not scalars:
        return NOTHING if not want.open else line.full
    chosen = line.points(scalars) if operator == "in" else line.compared(operator, scalars[0])
    return chosen if want.positive else line.rest(chosen)


def _known(want: Want, **known: Any) -> Values:
    """Values of which some kinds make the clause true or false; all others make it unknown."""
    if not want.open:
        return _living(Values(**known))
    rest = {"missing": True, "numbers": NUMBERS.full, "texts": ANY_TEXT, "truths": BOTH, "lists": ANY_LIST}
    return _living(Values(**{**rest, "others": True, **known}))


def _living(values: Values) -> Values:
    """The values without a kind of which nothing is left."""
    return values if values.texts is None or not values.texts.empty else values.meet(_TEXTLESS)


_TEXTLESS = Values(True, NUMBERS.full, None, BOTH, ANY_LIST, True)


def searched(clause: TextTest | Matches, want: Want) -> Values | None:
    """What a text test with a literal leaves; None when what is looked for is no literal."""
    if isinstance(clause, Matches):
        return _known(want, texts=Texts(tests=frozenset({("matches", clause.pattern, want.positive)})))
    part = clause.part
    if not isinstance(part, Constant):
        return None
    if part.type not in JSON:
        return _known(want)
    known: dict[str, Any] = {}
    if part.type is Type.TEXT:
        known["texts"] = _part_of_text(clause.kind, str(part.value), want)
    if clause.kind == "contains" and (part.type is not Type.NUMBER or is_number(part.value)):
        item = frozenset({(part.type.value, part.value)})
        known["lists"] = Lists(holding=item) if want.positive else Lists(lacking=item)
    return _known(want, **known)


def _part_of_text(kind: str, part: str, want: Want) -> Texts:
    if kind == "starts with" or not part:
        ranges = starting_with(part)
        return Texts(ranges if want.positive else TEXTS.rest(ranges))
    return Texts(tests=frozenset({(kind, part, want.positive)}))

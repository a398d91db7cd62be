"""What the written form of each terminal stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from duly.source import Span
from duly.syntax import nodes

SECOND = 1_000_000
_UNITS = {
    "second": SECOND,
    "minute": 60 * SECOND,
    "hour": 3600 * SECOND,
    "day": 86400 * SECOND,
    "week": 604800 * SECOND,
}
LONGEST = 36_525 * _UNITS["day"]
_LARGEST = 2**63
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP_YEAR = 2000


class Invalid(Exception):
    """A literal of the right form that stands for nothing. `span` is set where it is known."""

    def __init__(self, code: str, message: str, hint: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.span = code, message, hint, span


def number(written: str) -> int | float:
    """`1_000` is an int, `2.5` a float. Raises `Invalid` beyond 64 bits."""
    value = float(written) if "." in written or len(written) > 24 else int(written)
    if not -_LARGEST < value < _LARGEST:
        raise Invalid("number-too-large", f"the number `{_short(written)}` is too large", "write a number below 2^63")
    return value


def percent(written: str) -> float:
    """20% is 0.2."""
    return number(written[:-1]) / 100


def text(written: str) -> str:
    """The text between the quotes with its escapes resolved."""
    inner = written[1:-1]
    return inner if "\\" not in inner else _ESCAPE.sub(_unescaped, inner)


_ESCAPE = re.compile(r"\\(u(?P<code>[0-9a-fA-F]{4})|.)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _unescaped(found: re.Match[str]) -> str:
    if found["code"] and not 0xD800 <= int(found["code"], 16) <= 0xDFFF:
        return chr(int(found["code"], 16))
    if found[1] in _ESCAPES:
        return _ESCAPES[found[1]]
    hint = r"write `\"`, `\\`, `\n`, `\t` or a code such as `\u00e9`"
    raise Invalid("unknown-escape", f"`{found[0]}` stands for nothing in a text", hint)


@lru_cache(maxsize=4096)
def time(written: str) -> int:
    """Microseconds after midnight; `24:00` is the end of the day."""
    hours, minutes = map(int, written.split(":"))
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise Invalid("no-such-time", f"there is no time of day `{written}`", "write a time from `00:00` to `24:00`")
    return hours * _UNITS["hour"] + minutes * _UNITS["minute"]


@lru_cache(maxsize=4096)
def day(written: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        hint = "dates are written year, month, day, such as `2026-12-24`"
        raise Invalid("no-such-date", f"there is no date `{written}`", hint) from None


def instant(written: str) -> tuple[date, int]:
    """A date and the microseconds after its midnight."""
    on, at = written.split()
    return day(on), time(at)


@lru_cache(maxsize=4096)
def duration(written: str) -> int:
    """Microseconds; a day is 24 hours, a week 7 days."""
    amount, unit = written.split()
    value = round(number(amount) * _UNITS[unit.removesuffix("s")])
    if value > LONGEST:
        raise Invalid("duration-too-long", f"`{_short(written)}` is longer than 100 years", "write a shorter time")
    return value


def ordinal(written: str) -> int:
    """A day of the month."""
    value = int(written[:-2])
    if not 1 <= value <= 31:
        raise Invalid("no-such-day", f"no month has a day `{written}`", "write a day from `1st` to `31st`")
    return value


def month_day(written: str) -> tuple[int, int]:
    """A month and a day that it has in some year."""
    name, number_ = written.split()
    month = _MONTHS.index(name[:3]) + 1
    try:
        date(_LEAP_YEAR, month, int(number_))
    except ValueError:
        raise Invalid(
            "no-such-date", f"there is no day `{written}` in any year", "write a day that month has"
        ) from None
    return month, int(number_)


_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|[A-Za-z_]\w*')


def path(written: str) -> tuple[str, ...]:
    """The parts between the dots, without quotes."""
    if '"' not in written:
        return tuple(written.split("."))
    return tuple(text(found[0]) if found[0][0] == '"' else found[0] for found in _PART.finditer(written))


_PIECE = re.compile(
    r"(?P<brace>\{\{|\}\})"
    r"|\{\s*(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?P<percent>\s+as\s+percent\b)?\s*(?:\bor\s+'(?P<fallback>(?:[^'\\]|\\.)*)'\s*)?\}"
    r"|(?P<text>(?:[^{}\\]|\\.)+)"
    r"|(?P<wrong>\{[^{}]*\}?|\}|\\)"
)


def template(source: str, start: int, end: int) -> nodes.Template:
    """The template between the quotes at `[start, end)`."""
    parts: list[str | nodes.Slot] = []
    for found in _PIECE.finditer(source, start + 1, end - 1):
        piece = _piece(found)
        if isinstance(piece, str) and parts and isinstance(parts[-1], str):
            parts[-1] += piece
        else:
            parts.append(piece)
    return nodes.Template(tuple(parts), Span(start, end))


def _piece(found: re.Match[str]) -> str | nodes.Slot:
    span = Span(*found.span())
    if found["brace"]:
        return found["brace"][0]
    if found["text"]:
        return _ESCAPE.sub(_unescaped, found["text"])
    if found["wrong"]:
        hint = "write `{name}` or `{name or 'something else'}` for a value, `{{` and `}}` for braces"
        raise Invalid("bad-slot", f"`{_short(found['wrong'])}` is not a value to fill in", hint, span)
    fallback = found["fallback"]
    where = nodes.Path(tuple(found["path"].split(".")), Span(*found.span("path")))
    shown = None if fallback is None else re.sub(r"\\(.)", r"\1", fallback)
    return nodes.Slot(where, shown, span, percent=found["percent"] is not None)


def _words(written: str) -> str:
    return " ".join(written.split())


def _short(written: str) -> str:
    return written if len(written) <= 32 else f"{written[:29]}..."


def _comparison(written: str) -> str:
    return {"is": "=", "is not": "!="}.get(_words(written), written) if written[0] == "i" else written


def _days(written: str) -> tuple[int, ...]:
    return (0, 1, 2, 3, 4) if written == "weekdays" else (5, 6)


VALUES: dict[str, Callable[[str], object]] = {
    "CATEGORY_OPTION": _words,
    "COMPARISON": _comparison,
    "DATE": day,
    "DAY_GROUP": _days,
    "DURATION": duration,
    "EDGE": str,
    "EVENT": _words,
    "FUNCTION": lambda written: written.split()[0],
    "INSTANT": instant,
    "LOCAL": lambda _written: None,
    "MOMENT": _words,
    "MONTH_DAY": month_day,
    "NAME": str,
    "NUMBER": number,
    "OBJECT": str,
    "ORDINAL": ordinal,
    "OUTCOME": str,
    "PASSED": _words,
    "PATH": path,
    "PERCENT": percent,
    "PERIOD": lambda written: written[1:].strip(),
    "PRODUCT_SIGN": str,
    "REASON": str,
    "REGEX": lambda written: written[1:-1].replace("\\/", "/"),
    "SUM_SIGN": str,
    "TEXT": text,
    "TEXT_TEST": _words,
    "TIME": time,
    "TRUTH": lambda written: written == "true",
    "WEEKDAY": lambda written: _WEEKDAYS.index(written[:3]),
    "WITHIN": str,
}

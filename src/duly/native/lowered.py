"""What is handed to the compiled core: nested tuples of what JSON can hold."""

from __future__ import annotations

from math import isfinite
from typing import TypeGuard

Lowered = tuple[object, ...]

_INT64 = 1 << 63


class Unsupported(Exception):
    """The core does not know it."""


def lower_path(path: tuple[str, ...]) -> Lowered:
    """A path of names."""
    if not path:
        raise Unsupported
    return tuple(map(lower_text, path))


def lower_text(text: str) -> str:
    """A text that UTF-8 can hold."""
    if not is_text(text):
        raise Unsupported
    return text


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a text that UTF-8 can hold."""
    if type(value) is not str:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number that 64 bits hold."""
    if type(value) is int:
        return -_INT64 <= value < _INT64
    return type(value) is float and isfinite(value)

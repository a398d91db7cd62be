"""Text of unknown origin, made safe to show in a terminal: nothing in it can move the cursor or turn the direction."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with a tab as four spaces and every control or invisible character as `<U+202E>`."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def width(text: str) -> int:
    """How many columns of a terminal the text takes once `visible`."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    return f"<U+{ord(character):04X}>" if unicodedata.category(character) in _HIDDEN else character


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

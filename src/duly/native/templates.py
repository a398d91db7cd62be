"""Templates as the compiled core takes them: a tuple of texts and slots."""

from __future__ import annotations

from duly.meaning.model import Slot, Template
from duly.native.lowered import Lowered, Unsupported, lower_path, lower_text


def lower_template(template: Template) -> Lowered | None:
    """What the core makes a template of, or None where it cannot."""
    try:
        return tuple(map(_part, template))
    except Unsupported:
        return None


def _part(part: str | Slot) -> str | Lowered:
    if isinstance(part, Slot):
        fallback = None if part.fallback is None else lower_text(part.fallback)
        return (part.value.scope == "user", lower_path(part.value.path), fallback, part.percent)
    return lower_text(part)

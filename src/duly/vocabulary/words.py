"""Words as people write them: suggestions for a misspelt one, and names made of file names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

_SEARCHED = 1_000
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """
    The known word that `word` probably means, None when nothing is near.

    Only the first 1,000 known words of about the same length are compared, so that a bad file stays cheap to answer.
    """
    folded: dict[str, str] = {}
    for name in known:
        if abs(len(name) - len(word)) <= 2 + len(word) // 4:
            folded.setdefault(name.casefold(), name)
        if len(folded) >= _SEARCHED:
            break
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else None


def name_of_file(file: str) -> str | None:
    """The stem of a file as a rule name (`Saved sale.duly` is `saved_sale`), None when no name can be made of it."""
    name = _NOT_IN_A_NAME.sub("_", PurePath(file).stem.lower()).strip("_").lstrip("0123456789_")
    return name or None

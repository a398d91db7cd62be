"""Applies the fixes that findings carry, and only those that a second reading shows to change nothing else."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from duly.diagnostics import Diagnostic, Edit, Severity
from duly.source import Source, Span
from duly.syntax.parse import Parsed, parse

ROUNDS = 20
"""One fix may make room for the next; after so many rounds something goes in circles."""

Look = Callable[[Sequence[Parsed]], list[Diagnostic]]
"""Everything there is to say about a rule set; the findings that carry edits are those to mend."""


@dataclass(slots=True)
class Mended:
    """
    The files afterwards, in the same order, and what is left to say about them.

    `applied` counts fixes by file and lint rule; `refused` are findings whose fix would have changed more than it said.
    """

    files: list[Parsed]
    left: list[Diagnostic] = field(default_factory=list)
    applied: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[Diagnostic] = field(default_factory=list)


def mend(files: Sequence[Parsed], look: Look) -> Mended:
    """Apply all fixes, those of what they uncover too, until there are none left."""
    mended = Mended(list(files))
    look = _Remembering(look)
    seen = {_texts(mended.files)}
    for _ in range(ROUNDS):
        mended.left = look(mended.files)
        todo = _apart(each for each in mended.left if each.edits and not _is_among(each, mended.refused))
        if not todo:
            break
        after = _attempt(mended, mended.files, todo, look, _errors(mended.left))
        if _texts(after) in seen:
            break
        seen.add(_texts(after))
        mended.files = after
    else:
        mended.left = look(mended.files)
    return mended


class _Remembering:
    """Looks again only when something has changed."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._last: tuple[tuple[int, ...], list[Diagnostic]] | None = None

    def __call__(self, files: Sequence[Parsed]) -> list[Diagnostic]:
        texts = _texts(files)
        if self._last is None or self._last[0] != texts:
            self._last = texts, self._look(files)
        return self._last[1]


def _texts(files: Iterable[Parsed]) -> tuple[int, ...]:
    return tuple(hash(file.source.text) for file in files)


def _is_among(found: Diagnostic, others: Iterable[Diagnostic]) -> bool:
    kind = (found.source.name, found.code, found.message)
    return any(kind == (other.source.name, other.code, other.message) for other in others)


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by place, without those whose edits come too near to those of another."""
    kept: list[Diagnostic] = []
    taken: dict[str, list[Span]] = {}
    for each in sorted(found, key=lambda each: (each.source.name, min(edit.span for edit in each.edits))):
        spans = taken.setdefault(each.source.name, [])
        if not any(_touch(edit.span, span) for edit in each.edits for span in spans[-20:]):
            spans += [edit.span for edit in each.edits]
            kept.append(each)
    return kept


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _attempt(
    mended: Mended, files: list[Parsed], found: list[Diagnostic], look: Look, errors: Counter[str]
) -> list[Parsed]:
    """The files with the fixes of `found`; where they do harm together, with those halves of them that do none."""
    after = _applied(files, found)
    if after is not None and not _errors(look(after)) - errors:
        mended.applied.update((each.source.name, each.code) for each in found)
        return after
    if len(found) == 1:
        mended.refused += found
        return files
    half = len(found) // 2
    # The later ones first: the places of the earlier ones stay what they are.
    files = _attempt(mended, files, found[half:], look, errors)
    return _attempt(mended, files, found[:half], look, errors)


def _errors(found: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(each.code for each in found if each.severity is Severity.ERROR and not each.edits)


def _applied(files: list[Parsed], found: Iterable[Diagnostic]) -> list[Parsed] | None:
    """The files with all edits made; None when one would not say the same besides."""
    edits: dict[str, list[Edit]] = {}
    for each in found:
        edits.setdefault(each.source.name, []).extend(each.edits)
    after = []
    for file in files:
        mine = sorted(edits.get(file.source.name, ()), key=lambda edit: edit.span)
        fixed = parse(Source(file.source.name, edited(file.source.text, mine))) if mine else file
        if mine and not only_edited(file, fixed, mine):
            return None
        after.append(fixed)
    return after


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with edits that are in order and do not overlap."""
    parts, end = [], 0
    for edit in edits:
        parts += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*parts, text[end:]])


def only_edited(before: Parsed, after: Parsed, edits: Sequence[Edit]) -> bool:
    """Whether what the edits do not touch is as it was: all other statements and comments, and no new error."""
    if len(after.diagnostics) > len(before.diagnostics):
        return False
    shift = _Shift(edits)
    kept = {shift.new(node.span.start): node for node in before.statements if not shift.touches(node.span)}
    found = {node.span.start: node for node in after.statements}
    if any(found.get(start) != node for start, node in kept.items()):
        return False
    if not all(start in kept or shift.made(node.span) for start, node in found.items()):
        return False
    comments = [each.text for each in before.comments if not shift.cuts(each.span)]
    return comments == [each.text for each in after.comments if not shift.cut(each.span)]


class _Shift:
    """Where things are after edits."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._olds = [edit.span for edit in edits]
        self._ends = [span.end for span in self._olds]
        self._deltas, self._news, delta = [0], [], 0
        for edit in edits:
            start = edit.span.start + delta
            self._news.append(Span(start, start + len(edit.text)))
            delta += len(edit.text) - (edit.span.end - edit.span.start)
            self._deltas.append(delta)
        self._new_ends = [span.end for span in self._news]

    def touches(self, old: Span) -> bool:
        """Whether an edit concerns what was there."""
        return _meets(old, self._olds, self._ends)

    def made(self, new: Span) -> bool:
        """Whether what is there now has to do with an edit."""
        return _meets(new, self._news, self._new_ends)

    def cuts(self, old: Span) -> bool:
        """Whether an edit takes away part of what was there, or puts something into the middle of it."""
        return _overlaps(old, self._olds, self._ends)

    def cut(self, new: Span) -> bool:
        """Whether some of what is there now came with an edit, or something was taken out of the middle of it."""
        return _overlaps(new, self._news, self._new_ends)

    def new(self, old: int) -> int:
        """Where a place outside of all edits is now."""
        return old + self._deltas[bisect_left(self._ends, old + 1)]


def _overlaps(span: Span, others: Sequence[Span], ends: Sequence[int]) -> bool:
    number = bisect_left(ends, span.start + 1)
    return number < len(others) and others[number].start < span.end


def _meets(span: Span, others: Sequence[Span], ends: Sequence[int]) -> bool:
    number = bisect_left(ends, span.start)
    return number < len(others) and others[number].start <= span.end

"""
What to say about text that is not of the language: a typical mistake by name, else what was expected, in its own words,
and the word that was perhaps meant.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import cast

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from duly.diagnostics import Diagnostic, Edit
from duly.source import Source, Span
from duly.syntax.mistake import Fit, Mistake
from duly.syntax.mistakes_in_clauses import CLAUSES
from duly.syntax.mistakes_in_conditions import CONDITIONS, EVENTS
from duly.syntax.mistakes_in_numbers import NUMBERS
from duly.syntax.mistakes_in_signs import SIGNS
from duly.syntax.scan import Stretch
from duly.syntax.words import expectation, phrases

MISTAKES: tuple[Mistake, ...] = (*SIGNS, *NUMBERS, *EVENTS, *CONDITIONS, *CLAUSES)

# How much text around the place the table of mistakes gets to see.
_SIGHT = 300
_ALIKE = 0.75
_NEXT_CLAUSE = frozenset({"_AT", "_MAX", "_IN_CATEGORY"})
_WORD = re.compile(r'"[^"\n]*"?|[\w.]+(?:[-/:][\w.]+)*|\S')


def misplaced(source: Source, span: Span) -> Diagnostic:
    """Indented text before any statement."""
    message = f"`{source.text[span.start : span.end]}` is indented, and there is no statement above it"
    return Diagnostic(source, span, "indented-statement", message, "start statements in the first column")


def unexpected(stretch: Stretch, problem: UnexpectedInput) -> Diagnostic:
    """What the parser stumbled over."""
    text = stretch.source.text
    end = stretch.tokens.ends[-1]
    offset = min(_offset(problem, end), end)
    expected = _expected(problem)
    before, after = text[max(stretch.start, offset - _SIGHT) : offset], _after(text, offset, end)
    fit = next(filter(None, (mistake.fit(before, after, expected) for mistake in MISTAKES)), None)
    if fit is not None:
        return _mistaken(stretch.source, offset, fit)
    return _plain(stretch.source, offset, after, expected)


def could_go_on(problem: UnexpectedInput) -> bool:
    """Whether another clause could have followed: what came before is complete."""
    return _expected(problem) >= _NEXT_CLAUSE


def _after(text: str, offset: int, end: int) -> str:
    """What follows, at least to the end of its line, so that no text in quotes is cut."""
    line_end = text.find("\n", offset, end)
    return text[offset : max(min(end, offset + _SIGHT), end if line_end < 0 else line_end)]


def _offset(problem: UnexpectedInput, end: int) -> int:
    if isinstance(problem, UnexpectedToken):
        token = problem.token
        return end if token.type == "$END" else cast(int, token.start_pos)
    assert isinstance(problem, UnexpectedCharacters)
    return cast(int, problem.pos_in_stream)


def _expected(problem: UnexpectedInput) -> frozenset[str]:
    """The terminals that could have followed, exactly: the parser is asked what it would accept."""
    parser = getattr(problem, "interactive_parser", None)
    return frozenset(parser.accepts()) if parser is not None else frozenset()


def _mistaken(source: Source, offset: int, fit: Fit) -> Diagnostic:
    mistake = fit.mistake
    span = Span(offset + fit.start, max(offset + fit.end, offset + fit.start + 1))
    if fit.start and not fit.end:
        span = Span(span.start, offset + len(source.text[span.start : offset].rstrip()) - (offset - span.start))
    edits = (Edit(span, fit.say(mistake.fix)),) if mistake.fix is not None else ()
    return Diagnostic(source, span, mistake.code, fit.say(mistake.message), fit.say(mistake.hint), edits=edits)


def _plain(source: Source, offset: int, after: str, expected: frozenset[str]) -> Diagnostic:
    found = _WORD.match(after)
    wanted = expectation(expected) or "something else"
    if found is None:
        return Diagnostic(
            source, Span(offset, offset + 1), "unexpected-end", f"expected {wanted}, found the end of the statement"
        )
    span, word = Span(offset, offset + found.end()), _short(found[0])
    glued = _glued(found[0], expected)
    if glued:
        hint = f"write `{glued} {found[0][len(glued) :]}`"
        return Diagnostic(source, span, "missing-space", f"a space is missing in `{word}`", hint)
    meant = _meant(after, expected)
    if meant:
        written, phrase = meant
        span = Span(offset, offset + len(written))
        edit = Edit(span, phrase)
        message = f"expected {wanted}, found `{_short(written)}`"
        return Diagnostic(source, span, "misspelt-word", message, f"did you mean `{phrase}`?", edits=(edit,))
    return Diagnostic(source, span, "unexpected-text", f"expected {wanted}, found `{word}`")


def _glued(word: str, expected: frozenset[str]) -> str:
    """The keyword that is stuck to what follows it, if one is."""
    fitting = [phrase for name in expected if (phrase := phrases().get(name)) and word.startswith(phrase)]
    longest = max(fitting, key=len, default="")
    return longest if re.match(r"[A-Z0-9\"]", word[len(longest) :]) else ""


def _meant(after: str, expected: frozenset[str]) -> tuple[str, str] | None:
    """What was written and the keyword that is most like it, if one is like it."""
    best, found = _ALIKE, None
    for name in sorted(expected):
        phrase = phrases().get(name, "")
        words = re.match(r"\w+" + r"\s+\w+" * phrase.count(" "), after)
        if not phrase or words is None:
            continue
        likeness = SequenceMatcher(None, " ".join(words[0].lower().split()), phrase).ratio()
        if likeness >= best and words[0] != phrase:
            best, found = likeness, (words[0], phrase)
    return found


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:37]}..."

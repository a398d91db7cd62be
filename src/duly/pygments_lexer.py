"""Colours for Pygments, and so for Sphinx, MkDocs, rich and whatever else asks it about `duly`."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

_NAME = r"[a-z][a-z0-9_]*"
_WORD = r"[A-Z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*"
_EVENT = rf"{_WORD}(?:[ \t]+(?:(?:to|from|of)[ \t]+)?{_WORD})*"
STATEMENTS = (
    "use",
    "event",
    "relation",
    "segment",
    "category",
    "timezone",
    "quiet",
    "limit",
    "gap",
    "holdout",
    "rule",
    "test",
)
CLAUSES = (
    "about",
    "added",
    "after",
    "at",
    "because",
    "becomes",
    "best",
    "between",
    "body",
    "by",
    "coverage",
    "defer",
    "drop",
    "ends",
    "enters",
    "every",
    "expect",
    "experiment",
    "expires",
    "from",
    "goal",
    "happened",
    "held",
    "holidays",
    "if",
    "leaves",
    "link",
    "max",
    "month",
    "mute",
    "next",
    "no",
    "nothing",
    "notify",
    "on",
    "passed",
    "per",
    "priority",
    "removed",
    "report",
    "same",
    "seed",
    "send",
    "snooze",
    "starts",
    "subscribed",
    "suppress",
    "the",
    "then",
    "title",
    "to",
    "unless",
    "unsubscribed",
    "until",
    "variant",
    "wait",
    "was",
    "when",
    "where",
    "with",
    "within",
    "year",
)
OPERATORS = ("and", "contains", "in", "is", "matches", "missing", "not", "of", "or", "over")
CONSTANTS = (
    "Monday",
    "Mon",
    "Tuesday",
    "Tue",
    "Wednesday",
    "Wed",
    "Thursday",
    "Thu",
    "Friday",
    "Fri",
    "Saturday",
    "Sat",
    "Sunday",
    "Sun",
    "dismissed",
    "failed",
    "false",
    "local",
    "now",
    "opened",
    "opt",
    "opted",
    "out",
    "sent",
    "today",
    "transactional",
    "true",
    "uncounted",
    "weekdays",
    "weekends",
)
FUNCTIONS = ("average", "count", "day", "did", "done", "first", "has", "last", "min", "since", "sum", "time")
UNITS = ("second", "seconds", "minute", "minutes", "hour", "hours", "days", "week", "weeks")
MONTHS = (
    "January|Jan|February|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|August|Aug|September|Sep|October|Oct"
    "|November|Nov|December|Dec"
)


class DulyLexer(RegexLexer):  # type: ignore[misc]
    """Notification rules in duly."""

    name = "duly"
    aliases: ClassVar[list[str]] = ["duly"]
    filenames: ClassVar[list[str]] = ["*.duly"]
    mimetypes: ClassVar[list[str]] = ["text/x-duly"]
    version_added = ""

    tokens: ClassVar[dict[str, list[object]]] = {
        "root": [
            (r"#.*$", Comment.Single),
            (r"\s+", Text.Whitespace),
            (rf"^(rule)(\s+)({_NAME})", bygroups(Keyword.Declaration, Text.Whitespace, Name.Function)),
            (
                rf"^(segment|relation|category|limit)(\s+)({_NAME})",
                bygroups(Keyword.Declaration, Text.Whitespace, Name.Class),
            ),
            (words(STATEMENTS, prefix="^", suffix=r"\b"), Keyword.Declaration),
            (r"(matches)(\s+)(/(?:[^/\\\n]|\\.)+/)", bygroups(Operator.Word, Text.Whitespace, String.Regex)),
            (r'"', String.Double, "text"),
            (r"\d{4}-\d{2}-\d{2}(?:[ \t]+\d{1,2}:\d{2})?(?![\w:-])", Number.Date),
            (rf"(?:{MONTHS})[ \t]+\d{{1,2}}(?![\w.:%])", Number.Date),
            (r"\d{1,2}:\d{2}(?![\w:])", Number.Time),
            (r"-?\d+(?:_\d+)*(?:\.\d+)?%?", Number),
            (r"(?<=\d)(?:st|nd|rd|th)\b", Number),
            (r"(/)(\s*)(hour|day|week|month)\b", bygroups(Operator, Text.Whitespace, Keyword.Type)),
            (r'(user|event|[a-z]\w*)((?:\.(?:\w+|"[^"\n]+"))+)', bygroups(Name.Builtin.Pseudo, Name.Attribute)),
            (r"user\b", Name.Builtin.Pseudo),
            (
                rf"(in)(\s+)(category)(\s+)({_NAME})",
                bygroups(Keyword, Text.Whitespace, Keyword, Text.Whitespace, Name.Class),
            ),
            (r"(because)(\s+)([a-z]+(?:-[a-z]+)*)", bygroups(Keyword, Text.Whitespace, Name.Constant)),
            (words(CONSTANTS, suffix=r"\b(?![.])"), Keyword.Constant),
            (_EVENT, Name.Entity),
            (words(UNITS, suffix=r"\b"), Keyword.Type),
            (words(OPERATORS, suffix=r"\b(?![.])"), Operator.Word),
            (words(STATEMENTS, suffix=r"\b(?![.])"), Keyword),
            (words(CLAUSES, suffix=r"\b(?![.])"), Keyword),
            (words(FUNCTIONS, suffix=r"\b(?![.])"), Name.Builtin),
            (r"!=|<=|>=|[=<>+*/-]", Operator),
            (r"[,:()]", Punctuation),
            (r"[A-Za-z_]\w*", Name),
        ],
        "text": [
            (r'"', String.Double, "#pop"),
            (r"$", String.Double, "#pop"),
            (r"\\.|\{\{|\}\}", String.Escape),
            (r"\{[^{}\"\n]*\}", String.Interpol),
            (r'[^"\\{}\n]+', String.Double),
            (r"[{}\\]", String.Double),
        ],
    }

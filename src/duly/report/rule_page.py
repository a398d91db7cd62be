"""The pages of lint rules: for a terminal, as Markdown, and as a list."""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps
from typing import Any

from duly.diagnostics import Severity
from duly.lint.rule import LintRule
from duly.lint.selection import group_name
from duly.report.full import Painter

_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.ADVICE: "1;36"}
_LABELS = {"Avoid:": "1;31", "Prefer:": "1;32"}


def page_text(rule: LintRule, colours: bool) -> str:
    """One rule, for people."""
    paint = Painter(colours)
    fixable = ", fixed by --fix" if rule.fixable else ""
    head = f"{paint(rule.name, '1')}  {paint(rule.severity.word, _COLOURS[rule.severity])}, {rule.group.value}{fixable}"
    lines = [_painted(line, paint) for line in rule.page.split("\n")]
    return "\n".join([head, "", *lines, "", f"ignore it with {_comment(rule)}"]) + "\n"


def _painted(line: str, paint: Painter) -> str:
    if line in _LABELS:
        return paint(line, _LABELS[line])
    return paint(line, "36") if line.startswith("    ") else line


def _comment(rule: LintRule) -> str:
    return f"`# duly: ignore[{rule.name}]`"


def page_markdown(rule: LintRule) -> str:
    """One rule as a section of Markdown, without its heading."""
    parts: list[str] = []
    example: list[str] = []
    for line in [*rule.page.split("\n"), ""]:
        if example and line and not line.startswith("    "):
            parts += _fenced(example)
        if line.startswith("    ") or (example and not line):
            example.append(line[4:])
        else:
            parts.append(f"**{line}**" if line in _LABELS else line)
    return "\n".join([*parts, *_fenced(example)]).strip() + "\n"


def _fenced(example: list[str]) -> list[str]:
    """The lines as a block of code; takes them."""
    code = "\n".join(example).strip("\n")
    example.clear()
    return ["", "```", code, "```", ""] if code else []


def rules_text(rules: Iterable[LintRule], colours: bool) -> str:
    """All rules as a table: name, severity, whether there is a fix, and what it is about."""
    paint, listed = Painter(colours), list(rules)
    names, groups = max(len(rule.name) for rule in listed), max(len(group_name(rule.group)) for rule in listed)
    lines = [
        f"{rule.name:{names}}  {paint(f'{rule.severity.word:7}', _COLOURS[rule.severity])}  "
        f"{'fix' if rule.fixable else '   '}  {group_name(rule.group):{groups}}  {rule.summary}"
        for rule in listed
    ]
    return "".join(f"{line}\n" for line in [*lines, f"{len(listed)} lint rules"])


def rules_json(rules: Iterable[LintRule]) -> str:
    """A JSON list of all rules."""
    return dumps([_entry(rule) for rule in rules], indent=2, ensure_ascii=False) + "\n"


def page_json(rule: LintRule) -> str:
    """One rule as a JSON object, with its page and examples."""
    more = {"page": rule.page, "avoid": rule.avoid, "prefer": rule.prefer}
    return dumps(_entry(rule) | more, indent=2, ensure_ascii=False) + "\n"


def _entry(rule: LintRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "severity": rule.severity.word,
        "group": group_name(rule.group),
        "fixable": rule.fixable,
        "summary": rule.summary,
    }

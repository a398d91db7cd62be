"""Writes `docs/lint.md` from the lint rules, or checks with `--check` that it is what would be written."""

import sys
from collections.abc import Iterator
from pathlib import Path

from duly.lint.rule import Group, LintRule
from duly.lint.run import lint_rules
from duly.lint.selection import group_name
from duly.report.rule_page import page_markdown

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "lint.md"
HEAD = ROOT / "tools" / "lint_docs_head.md"


def main(arguments: list[str]) -> int:
    """Write the document, or with `--check` compare it; returns the exit code."""
    text = document(sorted(lint_rules().values(), key=lambda rule: rule.name))
    if arguments == ["--check"]:
        stale = not DOCUMENT.is_file() or DOCUMENT.read_text("utf-8") != text
        if stale:
            print("docs/lint.md is stale: run `make docs`", file=sys.stderr)
        return int(stale)
    DOCUMENT.write_text(text, "utf-8")
    return 0


def document(rules: list[LintRule]) -> str:
    """What stands before the list, the list, and the pages, by group."""
    fixable = sum(rule.fixable for rule in rules)
    lines = [HEAD.read_text("utf-8").rstrip("\n"), "", "## All of them", ""]
    lines += [f"{len(rules)} lint rules; `duly lint --fix` mends what {fixable} of them find.", ""]
    for group in Group:
        lines += table(group, [rule for rule in rules if rule.group is group])
    for group in Group:
        lines += pages(group, [rule for rule in rules if rule.group is group])
    return "\n".join(lines).rstrip("\n") + "\n"


def table(group: Group, rules: list[LintRule]) -> Iterator[str]:
    """One group of the list."""
    if rules:
        yield from (
            f"**{group.value}** (`{group_name(group)}`)",
            "",
            "| rule | severity | fix | reports |",
            "|---|---|---|---|",
        )
        for rule in rules:
            fix = "yes" if rule.fixable else ""
            summary = rule.summary.replace("|", "\\|")
            yield f"| [{rule.name}](#{rule.name}) | {rule.severity.word} | {fix} | {summary} |"
        yield ""


def pages(group: Group, rules: list[LintRule]) -> Iterator[str]:
    """The pages of one group."""
    if rules:
        yield from (f"## {group.value[0].upper()}{group.value[1:]}", "")
        for rule in rules:
            fix = ", with a fix" if rule.fixable else ""
            yield from (f"### {rule.name}", "", f"*{rule.severity.word}{fix}*", "", page_markdown(rule))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Rules that leave the text to others."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.hours import (
    trigger_span,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked


@lint(Severity.ADVICE, Group.MESSAGES, each=Checked)
def rule_without_text(checked: Checked, world: World, report: Report) -> None:
    """
    A rule has no text, although others of the rule set have theirs.

    What sends the notification has to know what to say.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          send "A product you saved is on sale"

        rule viewed
          when Product Viewed, max 1/day

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          send "A product you saved is on sale"

        rule viewed
          when Product Viewed, max 1/day
          send "Still thinking about it?"
    """
    rules = checked.rule_set.rules.values()
    silent = [rule for rule in rules if rule.message is None and rule.experiment is None]
    for rule in silent if len(silent) < len(rules) else ():
        report(rule.source, trigger_span(rule), f"`{rule.name}` has no text", "add `send`")

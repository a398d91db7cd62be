"""Notifications that open nothing."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.rule import Group, Report, World, lint, written_parts
from duly.meaning.check import Checked
from duly.syntax import nodes


@lint(Severity.ADVICE, Group.MESSAGES, each=Checked)
def text_without_link(checked: Checked, world: World, report: Report) -> None:
    """
    A notification has no link, although others of the rule set have one.

    Who taps on it lands on the first page, and looks for what it was about.

    Avoid:
        rule sale
          when Product Sale where user saved product, max 1/day
          send "A product you saved is on sale" link "shop://saved"

        rule viewed
          when Product Viewed, max 1/day
          send "Still thinking about it?"

    Prefer:
        rule sale
          when Product Sale where user saved product, max 1/day
          send "A product you saved is on sale" link "shop://saved"

        rule viewed
          when Product Viewed, max 1/day
          send "Still thinking about it?" link "shop://viewed"
    """
    parts = world.once(written_parts).get(nodes.Send, ())
    bare = [part for part in parts if part.node.link is None]
    for part in bare if len(bare) < len(parts) else ():
        report(part.source, part.node.span, "this opens nothing in particular", "add `link`")

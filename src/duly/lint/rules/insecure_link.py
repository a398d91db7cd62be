"""Links that anybody on the way can read."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def insecure_link(wording: Wording, world: World, report: Report) -> None:
    """
    A link goes over `http`, which anybody on the way can read and change.

    Many telephones refuse to open it.

    Avoid:
        when Product Viewed, max 1/day, send "Still there" link "http://shop.example/cart"

    Prefer:
        when Product Viewed, max 1/day, send "Still there" link "https://shop.example/cart"
    """
    if wording.kind == "link" and wording.written.startswith("http://"):
        report(wording.source, wording.template.span, "this link is not encrypted", "write `https://`")

"""Links that lead nowhere from a notification."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.MESSAGES, each=Wording)
def relative_link(wording: Wording, world: World, report: Report) -> None:
    """
    A link has no scheme such as `https:` or that of an app.

    A notification is not part of a page: what a relative link starts from is unknown.

    Avoid:
        when Product Sale where user saved product, max 1/day, send "On sale" link "/product/{product.product_id}"

    Prefer:
        when Product Sale where user saved product, max 1/day, send "On sale" link "shop://product/{product.product_id}"
    """
    if wording.kind == "link" and not _SCHEME.match(wording.written):
        message = "this link does not say which app or site it is of"
        report(wording.source, wording.template.span, message, "begin it with `https://` or the scheme of your app")


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|\{(?!\{)")

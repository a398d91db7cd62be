"""Offers that pass as transactional."""

from __future__ import annotations

import re

from duly.diagnostics import Severity
from duly.lint.frequency import transactional
from duly.lint.parts import Wording
from duly.lint.rule import Group, Report, World, lint


@lint(Severity.WARNING, Group.AUDIENCE, each=Wording)
def marketing_as_transactional(wording: Wording, world: World, report: Report) -> None:
    """
    A text in a transactional category speaks of a sale, a discount or an offer.

    Transactional categories pass limits and quiet hours. Marketing that hides in them costs trust, and in some places a
    fine.

    Avoid:
        category orders "Your orders": opt out, transactional
        when Order Completed, in category orders, max 9/day, send "Thank you! Take 20% off your next order"

    Prefer:
        category orders "Your orders": opt out, transactional
        when Order Completed, in category orders, max 9/day, send "Thank you! Your order is being packed"
    """
    found = _SALE.search(wording.plain) if wording.kind != "link" else None
    if found and transactional(world, wording.rule):
        message = f"`{found.group()}` is marketing, and `{wording.rule.category}` is transactional"
        report(wording.source, wording.template.span, message, "put it into a category of its own")


_SALE = re.compile(
    r"\b(?:sale|discounts?|special offer|coupon|voucher|promo(?:tion)?|bargain|black friday|\d+ ?% off|% off)\b",
    re.IGNORECASE,
)

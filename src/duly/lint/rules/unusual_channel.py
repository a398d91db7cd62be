"""Channels that nobody else has."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check_rule import CHANNELS
from duly.syntax import nodes


@lint(Severity.WARNING, Group.AUDIENCE, each=nodes.ByChannel)
def unusual_channel(part: Part[nodes.ByChannel], world: World, report: Report) -> None:
    """
    A channel is none of the usual ones.

    Any word is taken, and what sends has to know it. Consent and limits of the usual channels do not apply to it.

    Avoid:
        when Product Sale where user saved product, by pigeon, max 1/week

    Prefer:
        when Product Sale where user saved product, by push, max 1/week
    """
    if part.node.channel.value not in CHANNELS:
        message = f"`{part.node.channel.value}` is no usual channel"
        report(part.source, part.node.span, message, f"use one of {', '.join(CHANNELS)}")

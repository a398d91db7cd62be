"""Properties that the tracking plan does not list."""

from __future__ import annotations

from duly.diagnostics import Severity
from duly.lint.plan import (
    elsewhere,
    event_type,
    events,
    unlisted,
)
from duly.lint.rule import Group, Report, World, lint
from duly.meaning.check import Checked
from duly.vocabulary.words import nearest


@lint(Severity.ERROR, Group.NAMES, each=Checked)
def unknown_property(_checked: Checked, world: World, report: Report) -> None:
    """
    A property that the tracking plan does not list for the event is always missing.

    What compares it is unknown for everybody, so that the rule never sends. A misspelt name is the usual cause.

    Avoid:
        use "tracking-plan.json"
        when Product Sale where user saved product and discout >= 20%, max 1/day

    Prefer:
        use "tracking-plan.json"
        when Product Sale where user saved product and discount >= 20%, max 1/day
    """
    for mention in unlisted(world):
        if not elsewhere(world, mention):
            known = [".".join(path) for event in mention.events for path in event_type(world, event).properties]
            guess = nearest(mention.name, known)
            hint = f"did you mean `{guess}`?" if guess else "add it to the tracking plan, or take it out here"
            message = f"the tracking plan lists no property `{mention.name}` of {events(mention)}"
            report(mention.source, mention.value.span, message, hint)

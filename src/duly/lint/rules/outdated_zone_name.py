"""Zone names that have been replaced."""

from __future__ import annotations

from duly.diagnostics import Edit, Severity
from duly.lint.rule import Group, Report, World, lint
from duly.lint.zones import is_fixed, successors, zones_written
from duly.meaning.check import Checked


@lint(Severity.WARNING, Group.TIME, each=Checked, fixable=True)
def outdated_zone_name(checked: Checked, world: World, report: Report) -> None:
    """
    A time zone goes by a name that the zone database keeps only for old programs.

    Telephones and browsers report the current name, so that the two do not look like one zone.

    Avoid:
        timezone "US/Eastern"

    Prefer:
        timezone "America/New_York"
    """
    for source, span, name in zones_written(world):
        if not is_fixed(name) and name in successors():
            current = successors()[name]
            message = f"the zone `{name}` is called `{current}` today"
            report(source, span, message, f'write `"{current}"`', (Edit(span, f'"{current}"'),))

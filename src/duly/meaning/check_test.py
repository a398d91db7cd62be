"""Checks that the names in a `test` block stand for something, so that no test passes because of a slip."""

from __future__ import annotations

from duly.meaning import errors
from duly.meaning.check_timing import check_zone
from duly.meaning.names import Names, Report, Scope
from duly.source import Source
from duly.syntax import nodes


def check_test(source: Source, names: Names, node: nodes.Test, report: Report) -> None:
    """Report users, rules, categories, events and zones of a test that nobody declares."""
    scope = Scope(source, names, report)
    users = {line.name.value for line in node.lines if isinstance(line, nodes.TestUser)}
    if node.zone is not None:
        check_zone(scope, node.zone)
    for line in node.lines:
        if isinstance(line, nodes.TestUser):
            for option in line.options:
                _option(scope, option)
        elif isinstance(line, nodes.Step):
            _user(scope, line.user, users)
            _action(scope, line.action)
        else:
            _user(scope, line.user, users)
            if not isinstance(line, nodes.ExpectNothing):
                _rule(scope, line.rule)


def _option(scope: Scope, option: nodes.UserOption) -> None:
    if isinstance(option, nodes.Timezone):
        check_zone(scope, option.zone)
    elif isinstance(option, nodes.Subscribed | nodes.Unsubscribed):
        scope.category(option.category)
    elif isinstance(option, nodes.HeldOut | nodes.InVariant):
        _rule(scope, option.rule)


def _action(scope: Scope, action: nodes.Action | None) -> None:
    if isinstance(action, nodes.Track):
        scope.event_names_of((action.event,))
    elif isinstance(action, nodes.Subscribed | nodes.Unsubscribed | nodes.Snooze) and action.category is not None:
        scope.category(action.category)
    elif isinstance(action, nodes.Outcome):
        _rule(scope, action.rule)


def _rule(scope: Scope, name: nodes.Name | None) -> None:
    if name is not None and not scope.names.is_declared("rule", name.value):
        scope.unknown("rule", name, scope.names.declared.get("rule", {}))


def _user(scope: Scope, name: nodes.Name | None, users: set[str]) -> None:
    """A step may bring in a user; only if the test introduces some must the others be among them."""
    if name is not None and users and name.value not in users:
        scope.report(errors.unknown_name(scope.source, name.span, "user", name.value, users))

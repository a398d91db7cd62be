"""A `test` block as steps in time, its instants resolved in the zone of its header."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from duly.engine.event import identity
from duly.meaning.model import DAY
from duly.source import Source
from duly.syntax import nodes
from duly.timing.zone import Zone, zone

UTC = "UTC"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Moment:
    """One timed line and the expectations that follow it. `time` is an instant."""

    time: int
    step: nodes.Step
    expectations: list[nodes.Expectation] = field(default_factory=list)


@dataclass(slots=True)
class Script:
    """
    A test ready to run.

    `users` come into being when the clock shows the first step. Who `becomes` somebody is `anonymous` until then. `ids`
    are the user ids behind names, where they are not the names themselves.
    """

    source: Source
    test: nodes.Test
    zone: Zone
    users: list[nodes.TestUser]
    moments: list[Moment]
    anonymous: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)

    def who(self, name: str) -> tuple[str, str]:
        """The user id and the anonymous id behind a name; one of them is empty."""
        id = self.ids.get(name, name)
        return ("", id) if name in self.anonymous else (id, "")

    def identity(self, name: str) -> str:
        """The engine's identity behind a name."""
        return identity(*self.who(name))

    @property
    def names(self) -> list[str]:
        """Everybody the script mentions, in order."""
        names = [user.name.value for user in self.users]
        for moment in self.moments:
            action = moment.step.action
            names += [moment.step.user.value] if moment.step.user is not None else []
            names += [action.user.value] if isinstance(action, nodes.Becomes) else []
            names += [expected.user.value for expected in moment.expectations]
        return list(dict.fromkeys(names))


def read_script(source: Source, test: nodes.Test) -> Script:
    """The steps of a test. What is expected before the first of them is expected then."""
    local = zone(test.zone.value if test.zone is not None else UTC)
    users: list[nodes.TestUser] = []
    moments: list[Moment] = []
    early: list[nodes.Expectation] = []
    for line in test.lines:
        if isinstance(line, nodes.TestUser):
            users.append(line)
        elif isinstance(line, nodes.Step):
            moments.append(Moment(instant(line.time, local), line))
        else:
            (moments[-1].expectations if moments else early).append(line)
    if early and moments:
        start = nodes.Step(moments[0].step.time, None, None)
        moments.insert(0, Moment(moments[0].time, start, early))
    return Script(source, test, local, users, moments, _anonymous(moments))


def _anonymous(moments: list[Moment]) -> frozenset[str]:
    steps = [moment.step for moment in moments]
    return frozenset(s.user.value for s in steps if s.user is not None and isinstance(s.action, nodes.Becomes))


def instant(written: nodes.Instant, local: Zone) -> int:
    """The instant of a wall-clock time: one that is skipped moves forward, of one that comes twice the first counts."""
    return local.resolve((written.date.toordinal() - _EPOCH) * DAY + written.time)

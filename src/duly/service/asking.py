"""A method whose calls begin in `duly.service.own_calls`: what surrounds each of them."""

from __future__ import annotations

from collections.abc import Callable

import grpc

from duly.service.ask import Ask
from duly.service.auth import Metadata
from duly.service.together import Asked
from duly.service.tracing import CallSpans

Admit = Callable[[Metadata], None]
"""Raises what a call that carries this metadata is to be refused with, before its message has arrived."""

Whom = Callable[[Metadata], Asked]
"""Whom a call asks that carries this metadata; raises what the call is to be refused with."""

Finish = Callable[[Metadata, float], None]
"""Told of a call that succeeded: its metadata, and how many seconds it took."""

Fail = Callable[[Exception, Metadata, float], grpc.Status]
"""The same for one that failed; gives the status that says why."""


class Asking:
    """
    Does for such a method, called by the full `name`, what `Guard.unary` does for others.

    Calls that are `gathered` ask a `Together`, and are answered many at once by a `Gathering`.
    """

    __slots__ = ("_fail", "_finish", "_spans", "_whom", "admit", "gathered", "name")

    def __init__(
        self, name: str, gathered: bool, admit: Admit, whom: Whom, finish: Finish, fail: Fail, spans: CallSpans | None
    ) -> None:
        self.name, self.gathered, self.admit = name, gathered, admit
        self._whom, self._finish, self._fail, self._spans = whom, finish, fail, spans

    def begin(self, ask: Ask) -> Asked:
        """Whom a call asks; raises what it is to be refused with."""
        if self._spans is not None:
            ask.span = self._spans.begin(ask.metadata)
        return self._whom(ask.metadata)

    def succeeded(self, ask: Ask, answer: bytes, seconds: float) -> None:
        """Take note of a call that was answered."""
        self._finish(ask.metadata, seconds)
        if self._spans is not None:
            self._spans.end(ask.span, answer)

    def failed(self, ask: Ask, error: Exception, seconds: float) -> grpc.Status:
        """Take note of a call that fails; the status that says why."""
        if self._spans is not None and ask.span is not None:
            self._spans.end(ask.span, error)
        return self._fail(error, ask.metadata, seconds)

"""A method whose calls are answered many at once: how each of them begins and ends without a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import grpc

from duly.service.auth import Metadata
from duly.service.receipt import fail, message_of, metadata_of, succeed
from duly.service.task import Task
from duly.service.together import Answered, Together
from duly.service.tracing import CallSpans
from duly.service.wire import demand_message

Whom = Callable[[Metadata], Together]
"""Whom a call asks that carries this metadata; raises what the call is to be refused with."""

Finish = Callable[[Metadata, float], None]
"""Told of a call that succeeded: its metadata, and how many seconds it took."""

Fail = Callable[[Exception, Metadata, float], grpc.Status]
"""The same for one that failed; gives the status that says why."""


class Asking:
    """Does for such a method what `Guard.unary` does for others."""

    __slots__ = ("_fail", "_finish", "_spans", "_whom")

    def __init__(self, whom: Whom, finish: Finish, fail: Fail, spans: CallSpans | None) -> None:
        self._whom, self._finish, self._fail, self._spans = whom, finish, fail, spans

    def begin(self, task: Task) -> tuple[Together, bytes] | None:
        """Whom a call asks, and what; None when its client has left. Raises what it is to be refused with."""
        request = message_of(task.call)
        if request is None:
            return None
        metadata = metadata_of(task.call)
        if self._spans is not None:
            task.span = self._spans.begin(metadata)
        demand_message(request)
        return self._whom(metadata), request

    def end(self, task: Task, answer: Answered | None) -> None:
        """Send the answer, which nobody waits for when it is None."""
        if answer is None:
            return
        call, seconds = task.call, perf_counter() - task.since
        if isinstance(answer, bytes):
            succeed(call, answer)
            self._finish(metadata_of(call), seconds)
        else:
            fail(call, self._fail(answer, metadata_of(call), seconds))
        if self._spans is not None:
            self._spans.end(task.span, answer)

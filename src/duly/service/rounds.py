"""
Messages of many questions that wait for one another are answered in one round: one reading, one commit, one flush.

While one thread makes its round durable the next one has begun: nothing waits for the disk but the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from duly.service.together import Answered, Together

MOST = 400
"""Questions of a round, unless one message has more: a crowd is answered in several, so that some are while others wait
for the disk.
"""

Message = Sequence[bytes]
"""The requests in it."""


class Rounds:
    """Has messages answered together, in one round after the other; any thread may ask."""

    def __init__(self, together: Together[Message]) -> None:
        self._together = together
        self._turn = Lock()
        self._waiting: list[_Waiting] = []
        self._leading = False

    def ask(self, message: Message) -> bytes:
        """The durable answer to a message; raises what is wrong with it."""
        own = _Waiting(message)
        with self._turn:
            self._waiting.append(own)
            leads, self._leading = not self._leading, True
        if not leads:
            own.awake.acquire()
        if own.answer is None:
            self._lead(own)
        if isinstance(own.answer, Exception):
            raise own.answer
        assert own.answer is not None
        return own.answer

    def _lead(self, own: _Waiting) -> None:
        """Answer those who wait, let the next one lead, and then wait for the disk."""
        with self._turn:
            members = self._members()
        try:
            answers, ticket = self._together.answers([member.message for member in members])
        finally:
            self._hand_over()
        answers = self._together.durable(answers, ticket)
        for member, answer in zip(members, answers, strict=True):
            member.answer = answer
            if member is not own:
                member.awake.release()

    def _members(self) -> list[_Waiting]:
        """The first of those who wait, as many as one round may have."""
        count = size = 0
        for waiting in self._waiting:
            size += len(waiting.message)
            if count and size > MOST:
                break
            count += 1
        members, self._waiting = self._waiting[:count], self._waiting[count:]
        return members

    def _hand_over(self) -> None:
        with self._turn:
            self._leading = bool(self._waiting)
            if self._leading:
                self._waiting[0].awake.release()


class _Waiting:
    """A message that waits for its answer; without one it leads when it awakes."""

    __slots__ = ("answer", "awake", "message")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.answer: Answered | None = None
        self.awake = Lock()
        self.awake.acquire()

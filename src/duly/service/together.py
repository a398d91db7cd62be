"""
Callers who ask at the same moment are answered together: one reading, one commit, one wait for durability.

While a group waits for the disk the next one is answered already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from duly.engine.api import Answer, Question


class _Caller:
    """Who came while others were being answered; sleeps until there is an answer, or until it is its turn to lead."""

    __slots__ = ("answer", "leads", "question", "woken")

    def __init__(self, question: Question) -> None:
        self.question, self.leads = question, False
        self.answer: Answer | None = None
        self.woken = Lock()
        self.woken.acquire()


class Together:
    """
    Puts questions to `answer`, one group after the other: a caller that comes while a group is being answered joins the
    next, which the first of them leads. Nobody waits for others to come, nor is told an answer before `sync` of the
    ticket that came with it has returned.
    """

    def __init__(
        self, answer: Callable[[Sequence[Question]], tuple[list[Answer], int]], sync: Callable[[int], None]
    ) -> None:
        self._answer, self._sync = answer, sync
        self._turn = Lock()
        self._busy = False
        self._waiting: list[_Caller] = []

    def ask(self, question: Question) -> Answer:
        """The answer to one question; raises what `decide` raises for it."""
        caller = self._join(question)
        if caller is not None:
            caller.woken.acquire()
            if not caller.leads:
                return caller.answer or self._alone(question)
        return self._lead(question)

    def _join(self, question: Question) -> _Caller | None:
        """A place in the next group; None for who leads one now."""
        with self._turn:
            if not self._busy:
                self._busy = True
                return None
            caller = _Caller(question)
            self._waiting.append(caller)
            return caller

    def _lead(self, question: Question) -> Answer:
        with self._turn:
            others, self._waiting = self._waiting, []
        try:
            first, *rest = self._answered((question, *(caller.question for caller in others)))
            for caller, answer in zip(others, rest, strict=True):
                caller.answer = answer
            return first
        except Exception:
            # Whatever it is, it may be the fault of one of them: each asks again alone.
            if not others:
                raise
        finally:
            for caller in others:
                caller.woken.release()
        return self._alone(question)

    def _answered(self, questions: Sequence[Question]) -> list[Answer]:
        try:
            answers, ticket = self._answer(questions)
        finally:
            self._pass_on()
        self._sync(ticket)
        return answers

    def _alone(self, question: Question) -> Answer:
        answers, ticket = self._answer((question,))
        self._sync(ticket)
        return answers[0]

    def _pass_on(self) -> None:
        """Let the first of those who came meanwhile lead the next group."""
        with self._turn:
            self._busy = bool(self._waiting)
            if self._busy:
                leader = self._waiting.pop(0)
                leader.leads = True
                leader.woken.release()

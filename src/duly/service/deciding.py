"""From requests to answers, in bytes: by the native way where it can be gone, else by the engine's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from duly.engine.api import Answer, Question
from duly.engine.engine import Engine
from duly.native.batches import Batches, Opened
from duly.native.messages import joined, split
from duly.service.convert.decision import put_decision
from duly.service.convert.flawed import Flawed, flawed
from duly.service.convert.question import question_of
from duly.service.errors import put_problem
from duly.service.rounds import Message, Rounds
from duly.service.telemetry import Metrics
from duly.service.together import Answered, Together
from duly.service.wire import parse
from duly.v1 import decision_service_pb2 as pb

MOST_REQUESTS = 1000

Asked = pb.DecideRequest | Flawed


class Deciding:
    """Answers requests of one engine; any thread may ask."""

    def __init__(
        self, engine: Engine, clock: Callable[[], int], metrics: Metrics, batches: Batches | None = None
    ) -> None:
        self._engine, self._clock, self._metrics = engine, clock, metrics
        self._batches = batches or Batches(engine)
        metrics.follow(self._batches.verdicts)
        self._rounds = Rounds(Together(self._round, engine.store.sync))

    def each(self, requests: Sequence[bytes]) -> tuple[list[Answered], int]:
        """
        A `DecideResponse` to each `DecideRequest`, or what is wrong with that one.

        Durable once the store has synced the ticket beside them. Raises what keeps all of them from being answered.
        """
        arrival = self._clock()
        opened = self._batches.questions(requests, arrival)
        left = {number: _parsed(requests[number]) for number in opened.left}
        ticket = opened.settle()
        answers, later = self._rest(requests, opened, left, arrival)
        return answers, max(ticket, later)

    def batch(self, request: bytes) -> bytes:
        """The `BatchDecideResponse` to a `BatchDecideRequest`; raises `Flawed` for one that is none or too large."""
        found = split(request)
        if found is None:
            requests = [item.SerializeToString() for item in parse(pb.BatchDecideRequest, request).requests]
        else:
            requests = found[0]
        demand_at_most("requests", len(requests))
        return self._rounds.ask(requests)

    def _round(self, messages: Sequence[Message]) -> tuple[list[Answered], int]:
        """
        A `BatchDecideResponse` to the requests of each message; durable once the store has synced the ticket.

        Raises `Flawed` when one of the messages is none, and then nothing was decided.
        """
        requests = [request for message in messages for request in message]
        arrival = self._clock()
        opened = self._batches.questions(requests, arrival)
        # Nothing is decided while one of them may still turn out to make its whole message none at all.
        left: dict[int, Asked] = {number: _item(requests[number]) for number in opened.left}
        ticket = opened.settle()
        ends = [*accumulate(map(len, messages), initial=0)]
        whole = [opened.joined(first, last) for first, last in pairwise(ends)]
        if None not in whole:
            return [*whole], ticket  # type: ignore[list-item]  # none is None
        answers, later = self._rest(requests, opened, left, arrival)
        parts = [_problem(answer) if isinstance(answer, Exception) else answer for answer in answers]
        return [joined(parts[first:last]) for first, last in pairwise(ends)], max(ticket, later)

    def _rest(
        self, requests: Sequence[bytes], opened: Opened, left: dict[int, Asked], arrival: int
    ) -> tuple[list[Answered], int]:
        """All answers, those included that the engine gives; the ticket until which these have to be synced."""
        answers: list[Answered | None] = [*opened.answers()]
        if None not in answers:
            return answers, 0  # type: ignore[return-value]  # none is None
        for number, answer in enumerate(answers):
            if answer is None and number not in left:
                left[number] = _parsed(requests[number])
        said, ticket = self._at_length(dict(sorted(left.items())), arrival)
        for number, answer in said.items():
            answers[number] = answer
        return answers, ticket  # type: ignore[return-value]  # none is None any more

    def _at_length(self, asked: dict[int, Asked], arrival: int) -> tuple[dict[int, Answered], int]:
        """The same for requests by number, by the engine's own way."""
        read = {number: _read(request, arrival) for number, request in asked.items()}
        questions = [question for question in read.values() if isinstance(question, Question)]
        answers, ticket = self._engine.answer(questions) if questions else ([], 0)
        self._metrics.decided(decision for answer in answers for decision in answer.decisions)
        left = iter(answers)
        said = {
            number: _serialized(next(left), asked[number]) if isinstance(question, Question) else question
            for number, question in read.items()
        }
        return said, ticket


def demand_at_most(field: str, count: int) -> None:
    """Raise `Flawed` when a request holds too many items."""
    if count > MOST_REQUESTS:
        raise flawed(field, "too-many", f"{field} has {count} items, at most {MOST_REQUESTS} are allowed")


def _item(request: bytes) -> pb.DecideRequest:
    """A request of a batch, in which protobuf lets messages be nested one level less deep than alone."""
    return parse(pb.BatchDecideRequest, joined((request,))).requests[0]


def _parsed(request: bytes) -> Asked:
    try:
        return parse(pb.DecideRequest, request)
    except Flawed as error:
        return error


def _read(request: Asked, arrival: int) -> Question | Flawed:
    if isinstance(request, Flawed):
        return request
    try:
        return question_of(request, arrival)
    except Flawed as error:
        return error


def _serialized(answer: Answer, request: Asked) -> Answered:
    if answer.flaw is not None:
        return Flawed((answer.flaw,))
    response = pb.DecideResponse(rules_version=answer.rules_version)
    level = request.explain if isinstance(request, pb.DecideRequest) else 0
    for decision in answer.decisions:
        put_decision(response.decisions.add(), decision, level)
    return response.SerializeToString()


def _problem(error: Exception) -> bytes:
    """The answer, as a part of a batch, to a request with which something is wrong."""
    response = pb.DecideResponse()
    put_problem(response.error, error)
    return response.SerializeToString()

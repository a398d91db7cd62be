"""Streams outlive a service that goes away: nothing is lost, and what was acknowledged is not sent again."""

import grpc
import pytest

from duly.client.errors import ServiceError, Unavailable
from duly.client.patience import Patience
from duly.client.streams import Pipeline, notifications
from duly.v1.event_pb2 import Event
from duly.v1.event_service_pb2 import IngestRequest, IngestResponse, IngestResult


class Away(grpc.RpcError):
    def __init__(self, code=grpc.StatusCode.UNAVAILABLE):
        self._code = code

    def code(self):
        return self._code

    def details(self):
        return "Connection refused"

    def trailing_metadata(self):
        return ()


class Time:
    """A clock that only moves when somebody waits."""

    def __init__(self):
        self.now = 0.0

    def patience(self, **limits):
        return Patience(clock=lambda: self.now, pause=self.pause, **limits)

    def pause(self, seconds):
        self.now += seconds


class Service:
    """Answers so many batches on each stream, then fails."""

    def __init__(self, *answers, error=Away):
        self.answers = list(answers)
        self.streams = []
        self.error = error

    def open(self, requests):
        self.streams.append([])
        left = self.answers.pop(0) if self.answers else 10**9
        for request in requests:
            if left == 0:
                break
            left -= 1
            self.streams[-1].append(name(request))
            yield IngestResponse(results=[IngestResult(message_id=name(request))])
        if left == 0:
            raise self.error()


def name(request):
    return request.events[0].message_id


def batches(count):
    return (IngestRequest(events=[Event(message_id=str(number))]) for number in range(count))


def send(service, count, window=3, **limits):
    pipeline = Pipeline(service.open, window, Time().patience(**limits))
    return [response.results[0].message_id for response in pipeline.send(batches(count))]


@pytest.mark.parametrize("window", [1, 3, 50])
def test_answers_come_in_order(window):
    service = Service()
    assert send(service, 20, window) == [str(number) for number in range(20)]
    assert len(service.streams) == 1


def test_nothing_to_send_opens_no_stream():
    service = Service()
    assert send(service, 0) == []
    assert service.streams == []


def test_what_was_not_acknowledged_is_sent_again_in_order():
    service = Service(2, 0, 5, 0, 0)
    assert send(service, 12) == [str(number) for number in range(12)]
    assert [streamed for stream in service.streams for streamed in stream] == [str(number) for number in range(12)]


def test_a_service_that_never_answers_is_given_up_soon():
    service = Service(*[0] * 1000)
    with pytest.raises(Unavailable):
        send(service, 3, at_first=5.0)
    assert 3 < len(service.streams) < 20


def test_a_service_that_went_away_is_given_longer():
    away = Service(1, *[0] * 1000)
    with pytest.raises(Unavailable):
        send(away, 5, at_first=1.0, limit=60.0)
    assert 20 < len(away.streams) < 60


def test_a_refusal_is_not_repeated():
    service = Service(1, error=lambda: Away(grpc.StatusCode.PERMISSION_DENIED))
    with pytest.raises(ServiceError) as caught:
        send(service, 3)
    assert caught.value.code == "PERMISSION_DENIED"
    assert len(service.streams) == 1


def test_a_watch_goes_on_after_the_service_came_back():
    opened = []

    def open_stream():
        opened.append(True)
        yield f"notification {len(opened)}"
        raise Away

    stream = notifications(open_stream, Time().patience())
    assert [next(stream) for _ in range(3)] == ["notification 1", "notification 2", "notification 3"]
    stream.close()

"""Every call with messages made at random: whatever is asked, the answer is one or says what is wrong."""

from __future__ import annotations

import random
from urllib.request import urlopen

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from duly.service.methods import SERVICES
from tests.service.conftest import RULES, running, track
from tests.service.messages import CHANGING, Maker
from tests.service.test_decisions import refusal

METHODS = [method for service in SERVICES for method in service.methods if method.name != "Backup"]
TIMES = 60
FORESEEN = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ABORTED,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server over a folder with some people in it."""
    with running(files={"shop.duly": RULES}, store=str(tmp_path_factory.mktemp("calls") / "data")) as found:
        for user in ("ada", "ben"):
            found.ingest(track("Product Added to Wishlist", f"w-{user}", user, product_id="boots"))
            found.ingest(track("Order Completed", f"o-{user}", user, total=120))
        yield found


def caller(channel, method):
    """A function that asks one request and gives the answers."""
    kinds = {
        (True, True): channel.stream_stream,
        (False, True): channel.unary_stream,
        (False, False): channel.unary_unary,
    }
    call = kinds[method.client_streaming, method.server_streaming](
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=lambda request: request.SerializeToString(),
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )

    def ask(request):
        endless = method.name == "Watch"
        answer = call(iter([request]) if method.client_streaming else request, timeout=0.05 if endless else 30)
        return list(answer) if method.server_streaming else [answer]

    return ask


def code_of(ask, request):
    try:
        ask(request)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def made(method, seed):
    rng = random.Random(f"{method.full_name} {seed}")
    request = GetMessageClass(method.input_type)()
    Maker(rng, rng.choice([0.15, 0.4, 0.8]), rng.choice([0.0, 0.02, 0.2])).fill(request)
    if method.name in CHANGING:
        request.validate_only = True
    return request


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_no_message_is_more_than_a_server_can_answer(server, method):
    foreseen = FORESEEN | ({grpc.StatusCode.DEADLINE_EXCEEDED} if method.name == "Watch" else set())
    ask = caller(server.channel, method)
    for seed in range(TIMES):
        request = made(method, seed)
        code = code_of(ask, request)
        assert code in foreseen, f"{code} for {request}"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_bytes_that_are_no_message_are_refused(server, method):
    ask = caller(server.channel, method)

    class Garbage:
        def SerializeToString(self):  # noqa: N802
            return b"\xff\xff\xff\xff"

    assert refusal(lambda: ask(Garbage()))[0] is grpc.StatusCode.INVALID_ARGUMENT


def test_a_server_that_was_asked_all_that_is_ready_for_more(server):
    for method in METHODS:
        if method.name != "Watch":
            code_of(caller(server.channel, method), made(method, TIMES))
    assert urlopen(f"http://{server.http}/readyz").read() == b"ready\n"
    assert 'code="INTERNAL"' not in urlopen(f"http://{server.http}/metrics").read().decode()

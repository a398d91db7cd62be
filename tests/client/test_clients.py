"""Both clients, of a real server in another process."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from duly.client import AsyncClient, Client, ServiceError, identify, outcome, question, track
from duly.v1.decision_pb2 import VERDICT_NOTIFY
from duly.v1.event_service_pb2 import IngestRequest
from tests.service.conftest import running

RULES = """\
rule thanks
  when Order Completed
  max 1/day
  send "Thanks for {order_id or 'your order'}"

rule reminder
  when Product Viewed
  after 7 days
  expires after 9 days
"""


@pytest.fixture(scope="module")
def server():
    with running(files={"shop.duly": RULES}, streams=200) as found:
        yield found


@pytest.fixture
def client(server):
    with Client(server.address) as found:
        yield found


def order(number, **more):
    return track("Order Completed", properties={"order_id": str(number)}, **more)


def in_loop(server, work):
    async def main():
        async with AsyncClient(server.address) as client:
            return await work(client)

    return asyncio.run(main())


def test_should_notify_gives_the_notification_or_none(client):
    decision = client.should_notify("one", order(1))
    assert (decision.verdict, decision.message.body) == (VERDICT_NOTIFY, "Thanks for 1")
    assert client.should_notify("one", order(2)) is None
    assert client.should_notify("one") is None
    assert client.should_notify("one", order(3), rule="reminder") is None


def test_threads_that_ask_at_the_same_time_each_get_their_own_answer(client):
    with ThreadPoolExecutor(32) as threads:
        found = list(threads.map(lambda n: client.should_notify(f"thread-{n}", order(n)), range(400)))
    assert [decision.message.body for decision in found] == [f"Thanks for {n}" for n in range(400)]
    assert [decision.user_id for decision in found] == [f"thread-{n}" for n in range(400)]


def test_tasks_that_ask_at_the_same_time_each_get_their_own_answer(server):
    async def work(client):
        return await asyncio.gather(*(client.should_notify(f"task-{n}", order(n)) for n in range(1500)))

    found = in_loop(server, work)
    assert [decision.message.body for decision in found] == [f"Thanks for {n}" for n in range(1500)]


def test_a_question_that_is_wrong_spoils_no_other(client):
    def ask(number):
        try:
            return client.should_notify("" if number % 3 == 0 else f"mixed-{number}", order(number))
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(ask, range(60)))
    for number, result in enumerate(found):
        if number % 3:
            assert result.message.body == f"Thanks for {number}"
        else:
            assert (result.code, result.violations[0].field) == ("INVALID_ARGUMENT", "user_id")


def test_a_task_whose_question_is_wrong_spoils_no_other(server):
    async def work(client):
        asked = (client.should_notify("" if n % 2 else f"t-mixed-{n}", order(n)) for n in range(40))
        return await asyncio.gather(*asked, return_exceptions=True)

    found = in_loop(server, work)
    assert all(isinstance(result, ServiceError) for result in found[1::2])
    assert [result.message.body for result in found[::2]] == [f"Thanks for {n}" for n in range(0, 40, 2)]


def test_questions_outlive_a_restart_and_grant_once(tmp_path):
    store = str(tmp_path / "data")
    with running(files={"shop.duly": RULES}, store=store) as first:
        address = first.address
        with Client(address, timeout=30) as client:
            assert client.should_notify("before", order(0)) is not None
            assert first.terminate() == 0
            asking = ThreadPoolExecutor(8)
            found = [asking.submit(client.should_notify, f"after-{n % 8}", order(n)) for n in range(16)]
            with running(files={"shop.duly": RULES}, store=store, grpc=address):
                granted = [each.result() for each in found]
            asking.shutdown()
    assert sorted(decision.user_id for decision in granted if decision) == [f"after-{n}" for n in range(8)]


def test_a_deadline_is_kept_when_nobody_answers():
    with Client("127.0.0.1:1", timeout=0.3) as client:
        with pytest.raises(ServiceError) as caught:
            client.should_notify("ada", order(1))
        assert caught.value.code in ("DEADLINE_EXCEEDED", "UNAVAILABLE")

    async def ask():
        async with AsyncClient("127.0.0.1:1", timeout=0.3) as client:
            await client.should_notify("ada", order(1))

    with pytest.raises(ServiceError) as caught:
        asyncio.run(ask())
    assert caught.value.code in ("DEADLINE_EXCEEDED", "UNAVAILABLE")


def test_closing_answers_those_who_wait():
    client = Client("127.0.0.1:1", timeout=30)
    failed: list[ServiceError] = []
    asking = threading.Thread(target=lambda: failed.append(_error(lambda: client.should_notify("ada", order(1)))))
    asking.start()
    client.close()
    asking.join(10)
    assert [error.code for error in failed] in (["CANCELLED"], ["UNAVAILABLE"])
    assert _error(lambda: client.should_notify("ada", order(1))).code == "CANCELLED"


def _error(call):
    try:
        call()
    except ServiceError as error:
        return error


def test_a_batch_answers_each_question(client):
    answers = client.batch_decide([question("batch", event=order(7)), question(""), question("batch")])
    assert answers[0].decisions[0].verdict == VERDICT_NOTIFY
    assert answers[1].error.violations[0].field == "user_id"
    assert not answers[2].decisions


def test_a_token_that_is_refused_is_told_to_whoever_asks():
    with running(files={"shop.duly": RULES}, tokens={"secret": ["ingest"]}) as server, Client(server.address) as client:
        assert _error(lambda: client.should_notify("ada", order(1))).code == "UNAUTHENTICATED"
        assert _error(lambda: client.should_notify("ada", order(2))).code == "UNAUTHENTICATED"


def test_the_other_calls_by_threads(client):
    assert client.ingest([identify("rose", traits={"plan": "gold"}), track("Product Viewed", user_id="rose")])
    assert client.user("rose").user.pending[0].rule == "reminder"
    batches = [IngestRequest(events=[track("Product Viewed", user_id=f"s{n}")]) for n in range(20)]
    assert len(list(client.ingest_stream(batches))) == 20
    granted = client.should_notify("rose", order(1))
    assert client.report_all([outcome(granted.decision_id, "sent")])[0].decision_id == granted.decision_id
    assert client.decision(granted.decision_id).outcomes
    assert [each.rule for each in client.decisions("rose", rule="thanks")] == ["thanks"]
    assert next(client.versions()).version == client.rules().version
    assert client.roll_back(client.rules().version, validate_only=True).etag == client.rules().etag
    assert client.publish({"a.duly": RULES.encode()}, validate_only=True).etag
    assert client.check({"a.duly": b"when"}).publishable is False


def test_the_other_calls_by_tasks(server):
    async def work(client):
        await client.ingest([identify("rolf", traits={"plan": "gold"}), track("Product Viewed", user_id="rolf")])
        assert (await client.user("rolf")).user.pending[0].rule == "reminder"
        batches = [IngestRequest(events=[track("Product Viewed", user_id=f"a{n}")]) for n in range(20)]
        assert len([answer async for answer in client.ingest_stream(batches)]) == 20
        answers = await client.batch_decide([question("rolf", event=order(7)), question("")])
        assert answers[1].error.code
        granted = answers[0].decisions[0].decision_id
        assert (await client.report(granted, "sent")).decision_id == granted
        assert (await client.decision(granted)).outcomes
        assert [each.rule async for each in client.decisions("rolf", rule="thanks")] == ["thanks"]
        assert (await anext(client.versions())).current
        assert (await client.decide("rolf", event=order(9), mode="peek")).decisions
        assert (await client.check({"a.duly": b"when"})).publishable is False
        assert await client.publish({"a.duly": RULES.encode()}, validate_only=True)

    in_loop(server, work)


def test_a_task_watches():
    with running(files={"shop.duly": RULES}) as server:

        async def work(client):
            await client.ingest([order(5, user_id="wanda")])
            watch = client.watch(max_in_flight=1)
            notification = await anext(watch)
            await client.report(notification.decision.decision_id, "sent")
            await watch.aclose()
            return notification.decision.message.body

        assert in_loop(server, work) == "Thanks for 5"

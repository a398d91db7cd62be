"""The decision log of everybody."""

from __future__ import annotations

import pytest

from duly.v1 import decision_service_pb2 as pb
from tests.service.conftest import running
from tests.service.test_decisions import NOTIFY, SUPPRESS, order, refusal

USERS = 40


@pytest.fixture(scope="module")
def busy():
    """A server that has decided twice about each of many users."""
    with running() as server:
        for turn in (1, 2):
            requests = [order(f"user-{number}", f"m{number}-{turn}") for number in range(USERS)]
            server.decisions.BatchDecide(pb.BatchDecideRequest(requests=requests))
        yield server


def pages(server, size, **asked):
    request = pb.ListDecisionsRequest(page_size=size, **asked)
    while True:
        page = server.decisions.ListDecisions(request)
        assert len(page.decisions) <= size
        yield list(page.decisions)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def listed(server, size=1000, **asked):
    return [decision for page in pages(server, size, **asked) for decision in page]


def moments(decisions):
    return [decision.create_time.ToMilliseconds() for decision in decisions]


def test_the_log_of_everybody_is_newest_first(busy):
    found = listed(busy)
    assert len(found) == 2 * USERS
    assert moments(found) == sorted(moments(found), reverse=True)


@pytest.mark.parametrize("size", [1, 7, 80, 81])
def test_pages_of_any_size_show_each_decision_once_in_the_same_order(busy, size):
    assert [d.decision_id for d in listed(busy, size)] == [d.decision_id for d in listed(busy)]


def test_verdict_reason_rule_and_event_narrow_it_down(busy):
    assert len(listed(busy, 7, verdict=NOTIFY)) == USERS
    assert {d.reason for d in listed(busy, 7, verdict=SUPPRESS)} == {"capped"}
    assert len(listed(busy, reason="capped")) == USERS
    assert len(listed(busy, rule="thanks")) == 2 * USERS
    assert listed(busy, rule="saved_sale") == []
    assert [d.user_id for d in listed(busy, event_message_id="m3-2")] == ["user-3"]


def test_a_stretch_of_time_is_from_its_start_until_before_its_end(busy):
    everything = listed(busy)
    times = sorted({d.create_time.ToMicroseconds() for d in everything})
    middle = times[len(times) // 2]
    for user in ("", "user-5"):
        mine = [d for d in everything if user in ("", d.user_id)]
        for bound, keeps in (("start_time", lambda at: at >= middle), ("end_time", lambda at: at < middle)):
            request = pb.ListDecisionsRequest(user_id=user, page_size=1000)
            getattr(request, bound).FromMicroseconds(middle)
            found = busy.decisions.ListDecisions(request).decisions
            wanted = [d for d in mine if keeps(d.create_time.ToMicroseconds())]
            assert {d.decision_id for d in found} == {d.decision_id for d in wanted}


def test_a_page_token_belongs_to_its_question(busy):
    token = busy.decisions.ListDecisions(pb.ListDecisionsRequest(page_size=1)).next_page_token
    for other in (pb.ListDecisionsRequest(rule="thanks"), pb.ListDecisionsRequest(user_id="user-1")):
        other.page_token = token
        assert refusal(lambda asked=other: busy.decisions.ListDecisions(asked))[1] == {"page_token": "UNKNOWN"}


def test_bad_questions_are_refused_by_field(busy):
    request = pb.ListDecisionsRequest(verdict=9, user_id="a\nb")
    request.start_time.seconds = 1 << 50
    _, fields = refusal(lambda: busy.decisions.ListDecisions(request))
    assert fields == {"verdict": "UNKNOWN", "start_time": "OUT_OF_RANGE", "user_id": "CONTROL_CHARACTER"}

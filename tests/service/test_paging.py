"""Page tokens that were cut, lengthened or changed on their way."""

from __future__ import annotations

import grpc
import pytest

from duly.v1 import decision_service_pb2, rule_service_pb2, user_service_pb2
from tests.service.conftest import RULES, running, track
from tests.service.test_decisions import refusal

FIRST_PAGES = {
    "ListDecisions": decision_service_pb2.ListDecisionsRequest(user_id="ada", page_size=1),
    "ExportUser": user_service_pb2.ExportUserRequest(user_id="ada", page_size=1),
    "ListVersions": rule_service_pb2.ListVersionsRequest(page_size=1),
}


@pytest.fixture(scope="module")
def lists():
    """The methods that give pages, of a server where each has several."""
    with running() as server:
        server.ingest(*(track("Order Completed", f"o{number}", "ada") for number in range(3)))
        files = [rule_service_pb2.RuleFile(name="shop.duly", content=RULES.encode() + b"\n")]
        server.rules.PublishRules(rule_service_pb2.PublishRulesRequest(files=files))
        services = (server.decisions, server.users, server.rules)
        yield {name: next(getattr(s, name) for s in services if hasattr(s, name)) for name in FIRST_PAGES}


def flipped(token):
    other = "A" if token[-3] != "A" else "B"
    return token[:-3] + other + token[-2:]


@pytest.mark.parametrize(
    "spoil",
    [lambda t: t[:11], lambda t: t[:12], lambda t: t[:-4], lambda t: t + "AAAA", flipped, lambda t: "é", lambda t: "!"],
    ids=["a seal alone", "a byte more", "cut", "lengthened", "changed", "no ASCII", "no base64"],
)
@pytest.mark.parametrize("name", FIRST_PAGES)
def test_a_token_that_was_spoilt_is_refused_by_name(lists, name, spoil):
    ask, request = lists[name], type(FIRST_PAGES[name])()
    request.CopyFrom(FIRST_PAGES[name])
    token = ask(request).next_page_token
    request.page_token = spoil(token)
    assert refusal(lambda: ask(request)) == (grpc.StatusCode.INVALID_ARGUMENT, {"page_token": "UNKNOWN"})
    request.page_token = token
    assert ask(request) != ask(FIRST_PAGES[name])


@pytest.mark.parametrize("name", FIRST_PAGES)
def test_a_size_that_is_none_is_refused_and_a_huge_one_is_bounded(lists, name):
    request = type(FIRST_PAGES[name])()
    request.CopyFrom(FIRST_PAGES[name])
    request.page_size = -1
    assert refusal(lambda: lists[name](request)) == (grpc.StatusCode.INVALID_ARGUMENT, {"page_size": "NEGATIVE"})
    request.page_size = 2**31 - 1
    assert not lists[name](request).next_page_token


def test_a_page_fits_into_a_message_of_grpc_however_large_what_it_holds_is():
    """Clients take 4 MB unless they are told to take more."""
    rule = 'rule told when Told, max 9999/day, send "{text}"'
    with running(files={"shop.duly": rule}) as server:
        for number in range(200):
            server.ingest(track("Told", f"t{number}", "ada", text="x" * 32_000))
        for method, request, field in (
            (server.users.ExportUser, user_service_pb2.ExportUserRequest(user_id="ada", page_size=1000), "records"),
            (server.decisions.ListDecisions, decision_service_pb2.ListDecisionsRequest(page_size=1000), "decisions"),
        ):
            pages = []
            while True:
                page = method(request)
                pages.append(list(getattr(page, field)))
                if not page.next_page_token:
                    break
                assert page.ByteSize() < 3_000_000
                request.page_token = page.next_page_token
            found = [record.SerializeToString(deterministic=True) for page in pages for record in page]
            assert len(found) == len(set(found)) == (401 if field == "records" else 200)


def test_an_export_of_large_events_comes_in_several_pages():
    with running() as server:
        for number in range(100):
            server.ingest(track("Order Completed", f"t{number}", "ada", text="x" * 32_000))
        request = user_service_pb2.ExportUserRequest(user_id="ada", page_size=1000)
        first = server.users.ExportUser(request)
        assert first.next_page_token and len(first.records) < 70

"""Everything that is kept about a person, handed out."""

from __future__ import annotations

import pytest
from google.protobuf.json_format import MessageToDict

from duly.client.errors import ServiceError
from duly.v1 import user_service_pb2 as pb
from tests.privacy.people import ADA, ADA_ANONYMOUS, ADA_MAIL, Shop, live


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    opened = Shop(tmp_path_factory.mktemp("export") / "data")
    live(opened, ADA, ADA_ANONYMOUS, ADA_MAIL)
    live(opened, "ben", "device-ben", "ben@example.com")
    yield opened
    opened.close()


def parts(records):
    found: dict[str, list] = {}
    for record in records:
        kind = record.WhichOneof("record")
        found.setdefault(kind, []).append(getattr(record, kind))
    return found


@pytest.mark.parametrize("ids", [{"user_id": ADA}, {"anonymous_id": ADA_ANONYMOUS}], ids=["user id", "anonymous id"])
def test_every_part_is_there(shop, ids):
    records = list(shop.client.export_user(**ids))
    found = parts(records)
    assert set(found) == {"user", "relation", "history", "event", "decision", "outcome"}
    assert (found["user"][0].user_id, list(found["user"][0].anonymous_ids)) == (ADA, [ADA_ANONYMOUS])
    assert ("saved", "boots", True) in [(r.relation, r.object, r.member) for r in found["relation"]]
    assert [past.event for past in found["history"]] == ["Product Viewed"] * 2
    assert {event.message_id for event in found["event"]} == {f"{ADA}-{number}" for number in range(7)}
    assert {d.rule for d in found["decision"]} == {"thanks", "later"}
    assert {(said.type, said.description) for said in found["outcome"]} == {(1, f"delivered to {ADA_MAIL}"), (3, "")}
    text = str([MessageToDict(record) for record in records])
    assert ADA_MAIL in text and "token-of-" in text and "device-ben" not in text


@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_of_any_size_give_the_same(shop, size):
    request = pb.ExportUserRequest(user_id=ADA, page_size=size)
    seen = []
    while True:
        page = shop.client._users.ExportUser(request)
        assert len(page.records) <= size
        seen += page.records
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert seen == list(shop.client.export_user(ADA))


def test_nobody_is_not_found(shop):
    with pytest.raises(ServiceError) as refused:
        list(shop.client.export_user("nobody"))
    assert refused.value.code == "NOT_FOUND"

"""What is left of a person who was deleted: nothing."""

from __future__ import annotations

import threading

import pytest

from duly.client.errors import ServiceError
from duly.engine.decision import unpack_decision
from duly.engine.keys import DECISION, INSTANCE
from duly.engine.privacy import Eraser
from duly.engine.store import Commit
from duly.v1 import event_pb2, event_service_pb2, user_pb2
from tests.engine.world import rule
from tests.identity.world import PHONE, People
from tests.privacy.people import ADA, ADA_ANONYMOUS, ADA_MAIL, TRACES, Shop, live, pairs, traces

DUPLICATE, REJECTED = event_service_pb2.INGEST_STATUS_DUPLICATE, event_service_pb2.INGEST_STATUS_REJECTED


@pytest.fixture
def shop(tmp_path):
    opened = Shop(tmp_path / "data")
    yield opened
    opened.close()


@pytest.mark.parametrize("ids", [{"user_id": ADA}, {"anonymous_id": ADA_ANONYMOUS}], ids=["user id", "anonymous id"])
def test_no_file_holds_a_trace_of_who_was_deleted(shop, ids):
    for number in range(20):
        live(shop, f"other-{number}", f"device-{number}", f"other-{number}@example.com")
    live(shop, ADA, ADA_ANONYMOUS, ADA_MAIL)
    shop.track("Product Sale", "sale-1", product_id="boots")
    assert traces(shop.folder, TRACES).keys() == set(TRACES)
    deleted = shop.client.delete_user(**ids)
    assert traces(shop.folder, TRACES) == {}
    assert not any(word.encode() in pairs(shop) for word in TRACES)
    assert (deleted.event_count, deleted.pending_count > 0, deleted.decision_count >= 4) == (7, True, True)
    for gone in ({"user_id": ADA}, {"anonymous_id": ADA_ANONYMOUS}):
        with pytest.raises(ServiceError) as refused:
            shop.client.user(**gone)
        assert refused.value.code == "NOT_FOUND"
        assert list(shop.client.decisions(**gone)) == []
    assert shop.client.user("other-3").user.relation_counts[0].count == 1
    assert len(list(shop.client.decisions("other-3"))) >= 3


def test_nothing_of_theirs_comes_out_of_the_queue_any_more(shop):
    live(shop, ADA, ADA_ANONYMOUS, ADA_MAIL)
    live(shop, "ben", "device-ben", "ben@example.com")
    shop.client.delete_user(ADA)
    shop.clock.ahead = 3 * 24 * 3600 * 1_000_000
    watch = shop.client.watch()
    assert (found := next(watch).decision).user_id == "ben" and found.rule == "later"
    watch.close()
    shop.track("Product Sale", "sale-2", product_id="boots")
    assert shop.client.decide(ADA).decisions == []
    assert {d.user_id for d in shop.client.decisions(message_id="sale-2")} == {"ben"}


def test_what_happened_before_is_refused_and_what_comes_later_starts_anew(shop):
    live(shop, ADA, ADA_ANONYMOUS, ADA_MAIL)
    shop.client.delete_user(ADA)
    for late in (
        shop.track("Order Completed", "late-1", ADA, ago=60),
        shop.track("Order Completed", "late-2", anonymous=ADA_ANONYMOUS, ago=60),
        shop.identify("late-3", "somebody", anonymous=ADA_ANONYMOUS, ago=60),
        shop.track("Order Completed", f"{ADA}-5", ADA, ago=60),
    ):
        assert (late.status, late.reason) == (REJECTED, "before-deletion")
    event = event_pb2.Event(message_id="late-4", event="Order Completed", user_id=ADA)
    event.timestamp.FromMicroseconds(shop.clock() - 60_000_000)
    with pytest.raises(ServiceError) as refused:
        shop.client.decide(ADA, event=event)
    assert [violation.field for violation in refused.value.violations] == ["event.timestamp"]
    assert traces(shop.folder, TRACES) == {}
    assert not shop.track("Checkout Started", "new-1", ADA).reason
    user = shop.client.user(ADA).user
    assert (list(user.anonymous_ids), len(user.pending), user.traits.fields) == ([], 1, {})
    assert [d.event_message_id for d in shop.client.decisions(ADA)] == ["new-1"]
    assert shop.track("Order Completed", "late-5", ADA, ago=60).reason == "before-deletion", "even once they are back"


def test_who_comes_back_stays_unsubscribed(shop):
    refused = user_pb2.Consent(category="default", state=user_pb2.CONSENT_STATE_UNSUBSCRIBED)
    shop.client.set_preferences(ADA, user_pb2.Preferences(consents=[refused]))
    shop.client.delete_user(ADA)
    assert traces(shop.folder, TRACES) == {}
    event = event_pb2.Event(message_id="back-1", event="Order Completed", user_id=ADA)
    assert [d.reason for d in shop.client.decide(ADA, event=event).decisions] == ["unsubscribed"]


def test_a_shared_device_keeps_the_past_of_who_had_it_first(shop):
    live(shop, "first", "tablet", "first@example.com")
    shop.identify("second-1", ADA, anonymous="tablet")
    shop.track("Order Completed", "second-2", anonymous="tablet")
    shop.client.delete_user(ADA)
    assert traces(shop.folder, (ADA,)) == {}
    assert len(list(shop.client.decisions("first"))) == 3


def test_deleting_twice_or_nobody(shop):
    live(shop, ADA, ADA_ANONYMOUS, ADA_MAIL)
    shop.client.delete_user(ADA)
    assert shop.client.delete_user(ADA).event_count == 0
    with pytest.raises(ServiceError) as refused:
        shop.client.delete_user("nobody")
    assert refused.value.code == "NOT_FOUND"
    with pytest.raises(ServiceError) as refused:
        shop.client.delete_user()
    assert refused.value.code == "INVALID_ARGUMENT"


def test_a_deletion_while_their_events_arrive_leaves_nothing_of_before(shop):
    """Whatever was taken in before the deletion is gone, and what was taken in after it is whole."""
    stop, sent = threading.Event(), []

    def send(worker):
        number = 0
        while not stop.is_set():
            number += 1
            shop.track("Product Viewed", f"w{worker}-{number}", anonymous=ADA_ANONYMOUS, product_id="boots")
            shop.track("Checkout Started", f"v{worker}-{number}", ADA)
            sent.append(number)

    shop.identify("link", ADA, anonymous=ADA_ANONYMOUS)
    threads = [threading.Thread(target=send, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        count = len(sent)
        while len(sent) < count + 20:
            stop.wait(0.005)
        shop.client.delete_user(ADA)
    stop.set()
    for thread in threads:
        thread.join()
    user = shop.client.user(ADA).user
    logged = [record.event for record in shop.client.export_user(ADA) if record.WhichOneof("record") == "event"]
    first = min(event.timestamp.ToMicroseconds() for event in logged)
    waiting = {pending.event_message_id for pending in user.pending}
    assert waiting <= {event.message_id for event in logged}
    assert all(d.create_time.ToMicroseconds() >= first for d in shop.client.decisions(ADA))
    for ids in ({"user_id": ADA}, {"anonymous_id": ADA_ANONYMOUS}):
        shop.client.delete_user(**ids)
    assert traces(shop.folder, (ADA, ADA_ANONYMOUS)) == {}
    assert not any(word.encode() in pairs(shop) for word in (ADA, ADA_ANONYMOUS))


def test_a_decision_that_nothing_leads_to_is_deleted_all_the_same():
    world = People("memory:", rule(), buckets=1)
    for who in ("ada", PHONE, "ben"):
        world.decide_about(who=who, message="m")
    world.sign_in("ada", "phone")
    world.store.commit(Commit((0,), deletes=[key for key, _ in world.everything((INSTANCE,))]))
    assert world.engine.decisions("u:ada", 10) == []
    assert Eraser(world.engine).erase(PHONE).decisions == 2
    assert [unpack_decision(value).identity for _, value in world.everything((DECISION,))] == ["u:ben"]
    world.close()


def test_they_keep_their_variant_because_nothing_is_kept_for_it(shop):
    names = [f"person-{number}" for number in range(8)]
    shop.client.publish(
        {
            "lots.duly": b"rule lots\n  when Order Completed\n  holdout 20%\n"
            b'  variant a 50% send "A"\n  variant b 50% send "B"\n'
        }
    )

    def dealt(turn):
        events = [event_pb2.Event(message_id=f"{turn}-{n}", event="Order Completed", user_id=n) for n in names]
        answers = [shop.client.decide(n, event=e).decisions[0] for n, e in zip(names, events, strict=True)]
        return [(d.variant, d.reason) for d in answers]

    before = dealt("before")
    for name in names:
        shop.client.delete_user(name)
    assert dealt("after") == before

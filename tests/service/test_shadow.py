"""Rules in the shadow, and rules that change under load."""

from __future__ import annotations

import threading

import grpc
import pytest

from duly.v1 import decision_service_pb2, event_service_pb2
from duly.v1 import rule_service_pb2 as pb
from tests.service.conftest import running, track

NOTHING, NOTIFY, DEFER, SUPPRESS = range(4)

LIVE = """\
rule thanks
  when Order Completed where total > 10
  max 1/day

rule gone
  when Left
"""
NEXT = """\
rule thanks
  when Order Completed where total > 100
  max 9/day

rule fresh
  when Order Completed
"""


@pytest.fixture
def shop():
    with running(files={"shop.duly": LIVE}) as server:
        yield server


def publish(server, text, **more):
    files = [pb.RuleFile(name="shop.duly", content=text.encode())]
    return server.rules.PublishRules(pb.PublishRulesRequest(files=files, **more))


def current(server):
    return server.rules.GetRules(pb.GetRulesRequest())


def counts(server):
    return {(c.rule, c.live_verdict, c.shadow_verdict): c.count for c in current(server).shadow.shadow_counts}


def decide(server, user, message_id, name="Order Completed", **properties):
    event = track(name, message_id, user, **properties)
    request = decision_service_pb2.DecideRequest(user_id=user, event=event)
    return [(d.rule, d.verdict) for d in server.decisions.Decide(request).decisions]


def test_a_shadow_decides_beside_the_rules_in_force_without_effect(shop):
    before = current(shop)
    published = publish(shop, NEXT, shadow=True, description="try")
    assert published.version.startswith("shadow-")
    assert {change.rule for change in published.changes} == {"thanks", "fresh", "gone"}
    after = current(shop)
    assert (after.version, after.etag) == (before.version, before.etag)
    assert (after.shadow.version, after.shadow.shadow, after.shadow.rule_count) == (published.version, True, 2)
    assert decide(shop, "ada", "a1", total=50) == [("thanks", NOTIFY)]
    assert decide(shop, "ada", "a2", total=500) == [("thanks", SUPPRESS)]
    assert decide(shop, "ada", "a3", name="Left") == [("gone", NOTIFY)]
    shop.ingest(track("Order Completed", "b1", "ben", total=500))
    assert counts(shop) == {
        ("thanks", NOTIFY, NOTHING): 1,
        ("thanks", SUPPRESS, NOTIFY): 1,
        ("thanks", NOTIFY, NOTIFY): 1,
        ("fresh", NOTHING, NOTIFY): 3,
        ("gone", NOTIFY, NOTHING): 1,
    }
    log = shop.decisions.ListDecisions(decision_service_pb2.ListDecisionsRequest())
    assert {d.rule for d in log.decisions} == {"thanks", "gone"}


def test_the_same_event_again_is_not_counted_again(shop):
    publish(shop, NEXT, shadow=True)
    event = track("Order Completed", "c1", "cleo", total=50)
    shop.ingest(event)
    shop.ingest(event)
    decide(shop, "cleo", "c1", total=50)
    assert sum(count for (rule, *_), count in counts(shop).items() if rule == "thanks") == 1


def test_publishing_them_or_the_rules_in_force_ends_it(shop):
    publish(shop, NEXT, shadow=True)
    assert publish(shop, LIVE, shadow=True).version == ""
    assert not current(shop).HasField("shadow")
    publish(shop, NEXT, shadow=True)
    publish(shop, NEXT)
    assert not current(shop).HasField("shadow")
    assert decide(shop, "dan", "d1", total=5) == [("fresh", NOTIFY)]


def test_going_back_to_them_ends_it_too(shop):
    first = current(shop).version
    publish(shop, NEXT)
    publish(shop, LIVE, shadow=True)
    assert current(shop).HasField("shadow")
    shop.rules.RollbackRules(pb.RollbackRulesRequest(version=first))
    assert not current(shop).HasField("shadow")


def test_a_shadow_outlives_a_restart_and_validating_begins_none(tmp_path):
    with running(files={"shop.duly": LIVE}, store=str(tmp_path / "data")) as server:
        publish(server, NEXT, shadow=True, validate_only=True)
        assert not current(server).HasField("shadow")
        publish(server, NEXT, shadow=True)
        server.terminate()
    with running(files={"shop.duly": LIVE}, store=str(tmp_path / "data")) as server:
        assert current(server).shadow.rule_count == 2


def test_publishing_under_load_fails_no_call(shop):
    """Eight clients ask and tell while twenty versions come and go; each answer is by one of them."""
    stop, failures, versions = threading.Event(), [], set()

    def work(number):
        for turn in range(100_000):
            if stop.is_set():
                return
            user = f"w{number}-{turn}"
            try:
                request = decision_service_pb2.DecideRequest(
                    user_id=user, event=track("Order Completed", user, user, total=50)
                )
                versions.add(shop.decisions.Decide(request, timeout=20).rules_version)
                (result,) = shop.ingest(track("Left", f"{user}-x", user))
                assert result.status == event_service_pb2.INGEST_STATUS_ACCEPTED
            except (grpc.RpcError, AssertionError) as error:
                failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    published = {current(shop).version}
    for turn in range(20):
        published.add(publish(shop, LIVE.replace("1/day", f"{turn + 2}/day")).version)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(published) == 21 and versions <= published and len(versions) > 1

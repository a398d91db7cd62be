"""Rules and users of several tenants in one server."""

from __future__ import annotations

import grpc
import pytest

from duly.service.server import Server
from duly.service.settings import Settings, StartRefused
from duly.v1 import decision_service_pb2, event_service_pb2, rule_service_pb2, user_service_pb2
from duly.v1.decision_service_pb2_grpc import DecisionServiceStub
from duly.v1.event_service_pb2_grpc import EventServiceStub
from duly.v1.rule_service_pb2_grpc import RuleServiceStub
from duly.v1.user_service_pb2_grpc import UserServiceStub
from tests.service.conftest import track

ORDER = (("r.duly", b"rule thanks when Order Completed\n"),)
LEFT = (("r.duly", b"rule bye when Left\n"),)
ACME, OTHER = (("duly-tenant", "acme"),), (("duly-tenant", "other"),)


def opened(store):
    settings = Settings(
        ORDER, store, "127.0.0.1:0", "", log_level="error", grace=1, tenants={"acme": LEFT, "other": ORDER}
    )
    server = Server(settings)
    server.start()
    return server


@pytest.fixture(params=["memory:", "rocks"])
def server(request, tmp_path):
    found = opened(request.param if request.param == "memory:" else str(tmp_path / "data"))
    yield found
    found.stop()


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server.addresses.grpc) as found:
        yield found


def rules(channel, tenant=()):
    answer = RuleServiceStub(channel).GetRules(rule_service_pb2.GetRulesRequest(), metadata=tenant)
    return answer.files[0].content


def decided(channel, name, message, tenant=()):
    request = decision_service_pb2.DecideRequest(user_id="ada", event=track(name, message, "ada"))
    return [d.rule for d in DecisionServiceStub(channel).Decide(request, metadata=tenant).decisions]


def code(call):
    with pytest.raises(grpc.RpcError) as refused:
        call()
    return refused.value.code()


def test_each_tenant_has_its_own_rules_users_and_log(channel):
    assert (rules(channel), rules(channel, ACME)) == (ORDER[0][1], LEFT[0][1])
    assert decided(channel, "Order Completed", "m1") == ["thanks"]
    assert decided(channel, "Order Completed", "m1", ACME) == []
    assert decided(channel, "Left", "m2", ACME) == ["bye"]
    users = UserServiceStub(channel)
    ada = user_service_pb2.GetUserRequest(user_id="ada")
    assert [send.rule for send in users.GetUser(ada, metadata=ACME).user.sends] == ["bye"]
    assert code(lambda: users.GetUser(ada, metadata=OTHER)) is grpc.StatusCode.NOT_FOUND
    log = DecisionServiceStub(channel).ListDecisions(decision_service_pb2.ListDecisionsRequest(), metadata=ACME)
    assert [d.rule for d in log.decisions] == ["bye"]
    users.DeleteUser(user_service_pb2.DeleteUserRequest(user_id="ada"), metadata=ACME)
    assert users.GetUser(ada).user.sends


def test_publishing_for_one_is_not_for_the_others(channel):
    files = [rule_service_pb2.RuleFile(name="r.duly", content=b"rule new when Seen\n")]
    RuleServiceStub(channel).PublishRules(rule_service_pb2.PublishRulesRequest(files=files), metadata=ACME)
    assert (rules(channel), rules(channel, ACME)) == (ORDER[0][1], b"rule new when Seen\n")


def test_a_worker_gets_what_is_its_tenants(channel):
    EventServiceStub(channel).Ingest(
        event_service_pb2.IngestRequest(events=[track("Left", "m3", "ben")]), metadata=ACME
    )
    stub = DecisionServiceStub(channel)
    other, acme = (
        stub.Watch(decision_service_pb2.WatchRequest(), metadata=tenant, timeout=10) for tenant in (OTHER, ACME)
    )
    assert next(acme).decision.rule == "bye"
    EventServiceStub(channel).Ingest(
        event_service_pb2.IngestRequest(events=[track("Order Completed", "m6", "cleo")]), metadata=OTHER
    )
    assert next(other).decision.user_id == "cleo"
    other.cancel()
    acme.cancel()


@pytest.mark.parametrize("name", ["nobody", "ACME", ""])
def test_a_tenant_nobody_knows_is_not_found(channel, name):
    tenant = (("duly-tenant", name),)
    if not name:
        assert rules(channel, tenant) == ORDER[0][1]
        return
    assert code(lambda: rules(channel, tenant)) is grpc.StatusCode.NOT_FOUND
    assert code(lambda: decided(channel, "Left", "m4", tenant)) is grpc.StatusCode.NOT_FOUND
    watch = DecisionServiceStub(channel).Watch(decision_service_pb2.WatchRequest(), metadata=tenant)
    assert code(lambda: next(watch)) is grpc.StatusCode.NOT_FOUND


def test_tenants_outlive_a_restart(tmp_path):
    for turn in range(2):
        server = opened(str(tmp_path / "data"))
        with grpc.insecure_channel(server.addresses.grpc) as channel:
            if not turn:
                decided(channel, "Left", "m5", ACME)
            user = user_service_pb2.GetUserRequest(user_id="ada")
            assert UserServiceStub(channel).GetUser(user, metadata=ACME).user.user_id == "ada"
        server.stop()


def test_a_name_that_is_no_name_is_refused(tmp_path):
    with pytest.raises(StartRefused):
        Server(Settings(ORDER, str(tmp_path), "127.0.0.1:0", "", tenants={"../up": LEFT}))

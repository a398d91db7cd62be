"""Nothing of one tenant is read, changed, reserved or copied through another, whatever of it is known there."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest

from duly.cli.commands import duly as group
from duly.cli.configuration import CLIENTS
from duly.cli.guard import run
from duly.client import Client, ServiceError, track
from duly.service.server import Server
from duly.service.settings import Settings
from duly.stores.open import open_store
from duly.v1 import decision_service_pb2 as decisions
from duly.v1 import rule_service_pb2, user_service_pb2
from duly.v1.event_service_pb2 import INGEST_STATUS_ACCEPTED, INGEST_STATUS_DUPLICATE
from duly.v1.user_pb2 import Preferences

RULES = (("r.duly", b"rule thanks\n  when Order Completed\n  max 1/day\n"),)
NAMES = ("acme", "beta")
DASHBOARD = Path(__file__).parents[2] / "deploy" / "grafana" / "duly.json"


def opened(folder, http=""):
    tenants = dict.fromkeys(NAMES, RULES)
    server = Server(Settings(RULES, str(folder), "127.0.0.1:0", http, log_level="error", grace=1, tenants=tenants))
    server.start()
    return server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = opened(tmp_path_factory.mktemp("apart") / "data", "127.0.0.1:0")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def acme(server):
    with Client(server.addresses.grpc, tenant="acme") as found:
        yield found


@pytest.fixture(scope="module", params=["beta", "default", ""])
def other(request, server):
    """One of the tenants that are not acme."""
    with Client(server.addresses.grpc, tenant=request.param) as found:
        yield found


@pytest.fixture
def user():
    """Somebody whom no other test knows."""
    return f"user-{uuid4()}"


def order(user, message_id=""):
    return track("Order Completed", user_id=user, message_id=message_id or f"m-{user}")


def test_an_event_of_one_is_news_to_the_others(acme, other, user):
    assert acme.ingest([order(user)]).results[0].status == INGEST_STATUS_ACCEPTED
    assert other.ingest([order(user)]).results[0].status == INGEST_STATUS_ACCEPTED
    assert acme.ingest([order(user)]).results[0].status == INGEST_STATUS_DUPLICATE


def test_a_cap_that_one_has_filled_is_empty_for_the_others(acme, other, user):
    assert acme.should_notify(user, order(user)) is not None
    assert other.should_notify(user, order(user)) is not None
    assert other.should_notify(user, order(user, f"again-{user}")) is None


def test_a_decision_is_not_found_by_its_id(acme, other, user):
    (decision,) = acme.decide(user, event=order(user)).decisions
    with pytest.raises(ServiceError) as missing:
        other.decision(decision.decision_id)
    assert missing.value.code == "NOT_FOUND"
    assert acme.decision(decision.decision_id).decision.user_id == user
    assert not list(other.decisions(user)) and list(acme.decisions(user))


def test_an_outcome_is_not_reported_through_another(acme, other, user):
    granted = acme.should_notify(user, order(user))
    told = other.report(granted.decision_id, "failed")
    assert told.status == decisions.REPORT_STATUS_REJECTED
    # Had it been taken, the slot would be free again.
    assert acme.should_notify(user, order(user, f"again-{user}")) is None
    assert not acme.decision(granted.decision_id).outcomes
    assert acme.report(granted.decision_id, "sent").status == decisions.REPORT_STATUS_RECORDED


def test_a_request_id_of_one_is_free_for_the_others(acme, other, user):
    name, event = f"r-{user}", order(user)
    first = acme.decide(user, event=event, request_id=name)
    second = other.decide(f"{user}-else", event=order(f"{user}-else"), request_id=name)
    assert second.decisions[0].user_id == f"{user}-else"
    assert acme.decide(user, event=event, request_id=name) == first


def test_what_is_due_is_handed_to_its_own_workers_only(acme, other, user):
    acme.ingest([order(user)])
    handed = []
    for client in (other, acme):
        client.ingest([order(f"{user}-mark")])
        watch = client.watch(lease=timedelta(seconds=60))
        while not any(each.user_id == f"{user}-mark" for each in handed):
            handed.append(next(watch).decision)
            client.report(handed[-1].decision_id, "sent")
        watch.close()
        seen, handed = {each.user_id for each in handed}, []
        assert (user in seen) == (client is acme)


def test_a_user_is_neither_shown_nor_deleted_nor_changed_through_another(acme, other, user):
    acme.ingest([order(user)])
    for ask in (other.user, lambda name: list(other.export_user(name))):
        with pytest.raises(ServiceError) as missing:
            ask(user)
        assert missing.value.code == "NOT_FOUND"
    other.set_preferences(user, Preferences(zone="Asia/Tokyo"))
    assert acme.user(user).user.zone != "Asia/Tokyo"
    other.delete_user(user)
    assert acme.user(user).user.user_id == user and list(acme.decisions(user))
    assert acme.ingest([order(user)]).results[0].status == INGEST_STATUS_DUPLICATE


def test_a_page_token_of_one_opens_nothing_of_it_for_another(acme, other, user, server):
    for number in range(3):
        acme.decide(user, event=order(user, f"m-{number}-{user}"))
    request = decisions.ListDecisionsRequest(user_id=user, page_size=1)
    request.page_token = acme._decisions.ListDecisions(request, metadata=acme._metadata).next_page_token
    assert request.page_token
    page = other._decisions.ListDecisions(request, metadata=other._metadata)
    assert not page.decisions and not page.next_page_token


def test_rules_versions_and_etags_are_a_tenants_own(acme, other):
    before, etag = other.rules(), acme.rules().etag
    changed = {"r.duly": f"rule thanks\n  when Order Completed\n  max 2/day\n# {uuid4()}\n".encode()}
    published = acme.publish(changed, etag=etag)
    assert other.rules() == before
    with pytest.raises(ServiceError) as missing:
        other.rules(published.version)
    assert missing.value.code == "NOT_FOUND"
    with pytest.raises(ServiceError) as missing:
        other.roll_back(published.version)
    assert missing.value.code == "NOT_FOUND"
    with pytest.raises(ServiceError) as stale:
        other.publish(changed, etag=published.etag)
    assert stale.value.code == "ABORTED"
    acme.publish(dict(RULES))


def test_a_shadow_compares_its_own_tenant_only(acme, other):
    acme.publish({"r.duly": b"rule thanks\n  when Order Completed\n  max 9/day\n"}, shadow=True)
    try:
        assert acme.rules().HasField("shadow") and not other.rules().HasField("shadow")
    finally:
        acme.publish(dict(RULES), shadow=True)


def test_every_method_takes_the_tenant_from_its_call_alone():
    """No message has a field that could contradict it."""
    for file in (decisions, rule_service_pb2, user_service_pb2):
        for message in file.DESCRIPTOR.message_types_by_name.values():
            assert not [field for field in message.fields_by_name if "tenant" in field]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_tell_tenants_apart(server, acme, user):
    page = urlopen(f"http://{server.addresses.http}/metrics", timeout=10).read().decode()
    before = counted(page, 'duly_events_total{tenant="acme",result="accepted"}')
    acme.ingest([order(user)])
    page = urlopen(f"http://{server.addresses.http}/metrics", timeout=10).read().decode()
    assert counted(page, 'duly_events_total{tenant="acme",result="accepted"}') == before + 1
    for name in ("default", *NAMES):
        assert counted(page, f'duly_rules{{tenant="{name}"}}') == 1
        assert counted(page, f'duly_store_seconds_count{{tenant="{name}",work="commit"}}') > 0
    assert re.search(r'^duly_call_seconds_count\{method="duly.v1.EventService/Ingest",code="OK"\}', page, re.MULTILINE)
    assert re.search(r"^duly_streams \d", page, re.MULTILINE)


def test_each_number_has_one_heading_and_its_lines_stand_together(server):
    page = urlopen(f"http://{server.addresses.http}/metrics", timeout=10).read().decode()
    seen: list[str] = []
    for line in page.splitlines():
        name = re.sub(r"_(bucket|sum|count)$", "", re.match(r"(?:# (?:HELP|TYPE) )?(\w+)", line)[1])
        if not seen or seen[-1] != name:
            seen.append(name)
    assert len(seen) == len(set(seen))
    for name in seen:
        assert page.count(f"# HELP {name} ") == page.count(f"# TYPE {name} ") == 1


def test_the_dashboard_narrows_down_to_a_tenant_what_bears_its_name(server):
    page = urlopen(f"http://{server.addresses.http}/metrics", timeout=10).read().decode()
    board = json.loads(DASHBOARD.read_text("utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    for name, labels in (found for query in queries for found in re.findall(r"(duly_\w+)\{([^}]*)\}", query)):
        lines = re.findall(rf"^{name}\b.*", page, re.MULTILINE)
        assert all(('tenant="' in line) == ("tenant=~" in labels) for line in lines)


def counted(page, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*CLIENTS, "restore"])
def test_every_command_that_is_about_one_of_several_takes_a_tenant(name):
    options = {option.name: option for option in group.get_command(None, name).params}
    assert options["tenant"].opts == ["--tenant"] and options["tenant"].envvar == "DULY_TENANT"


def test_all_commands_that_reach_a_service_are_those():
    takers = {name for name in group.list_commands(None) for option in _options(name) if option.name == "to"}
    assert takers == set(CLIENTS)


def _options(name):
    return group.get_command(None, name).params


def test_each_tenant_is_copied_and_restored_by_itself(tmp_path, capfd):
    def duly(*arguments):
        assert run([str(argument) for argument in arguments]) == 0, capfd.readouterr().err

    server = opened(tmp_path / "data")
    try:
        for tenant in ("", *NAMES):
            with Client(server.addresses.grpc, tenant=tenant) as client:
                client.ingest([order(f"user-of-{tenant or 'default'}")])
        for tenant in ("default", "acme"):
            duly("backup", tmp_path / f"{tenant}.tar", "--to", server.addresses.grpc, "--tenant", tenant)
    finally:
        server.stop()
    duly("backup", tmp_path / "beta.tar", "--data", tmp_path / "data", "--tenant", "beta")
    for tenant in ("default", *NAMES):
        duly("restore", tmp_path / f"{tenant}.tar", "--data", tmp_path / "again", "--tenant", tenant)
    again = opened(tmp_path / "again")
    try:
        for tenant in ("default", *NAMES):
            with Client(again.addresses.grpc, tenant=tenant) as client:
                users = {decision.user_id for decision in client.decisions()}
                assert users == {f"user-of-{tenant}"}
    finally:
        again.stop()


def test_the_copy_of_one_tenant_holds_nobody_of_another(tmp_path):
    server = opened(tmp_path / "data")
    for tenant in ("", "acme"):
        with Client(server.addresses.grpc, tenant=tenant) as client:
            client.ingest([order(f"user-of-{tenant or 'default'}")])
    copies = {}
    for tenant in ("", "acme"):
        with Client(server.addresses.grpc, tenant=tenant) as client:
            copies[tenant] = b"".join(client.backup())
    server.stop()
    assert b"user-of-default" in copies[""] and b"user-of-acme" not in copies[""]
    assert b"user-of-acme" in copies["acme"] and b"user-of-default" not in copies["acme"]
    store = open_store(str(tmp_path / "data" / "tenants" / "acme"))
    try:
        assert store.stats()["keys"] > 0
    finally:
        store.close()

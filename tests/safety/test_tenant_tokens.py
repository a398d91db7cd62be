"""Tokens that are bound to tenants: over gRPC and HTTP each opens its own, and tells nothing of the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from duly.client import Client, ServiceError
from duly.client import track as tracked
from duly.client.connection import Security
from tests.safety.conftest import METHODS, call, details, refusal, serving, silence
from tests.safety.web import basic, bearer, fetch, track

SENDER = Path(__file__).parents[1] / "http" / "senders" / "python_sdk.py"
ROOT, ONE, BOTH, FREE, HOME, LAST = (f"tok-{name}-4Jx7" for name in ("root", "one", "both", "free", "home", "last"))
BOUND = f"""\
admin@* {ROOT}
ingest,decide,admin@acme {ONE}
ingest,decide@acme,beta {BOTH}
ingest,decide {FREE}
ingest,decide@default {HOME}
ingest,decide@beta {LAST}
"""
GHOST = "ghost"
"""No tenant is called that."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bound")
    (folder / "tokens").write_text(BOUND)
    tenants = []
    for name in ("acme", "beta"):
        (folder / f"{name}.duly").write_text(f"rule of_{name}\n  when Left\n")
        tenants += ["--tenant", f"{name}={folder / name}.duly"]
    with serving(folder, "--token-file", folder / "tokens", *tenants) as found:
        yield found


@pytest.fixture(scope="module")
def channel(server):
    with server.channel() as found:
        yield found


def client(server, token, tenant=""):
    return Client(server.grpc, security=Security(token=token), tenant=tenant)


def known(server, user):
    """The tenants that know a user."""
    found = set()
    for tenant in ("default", "acme", "beta"):
        with client(server, ROOT, tenant) as root:
            try:
                found.add(tenant if root.user(user).user.user_id == user else "")
            except ServiceError as error:
                found |= set() if error.code == "NOT_FOUND" else {error.code}
    return found


# --- which tenant a call is for ---------------------------------------------------------------------------------------

TURNS = [
    (ONE, "", "acme"),
    (ONE, "acme", "acme"),
    (BOTH, "acme", "acme"),
    (BOTH, "beta", "beta"),
    (FREE, "", "default"),
    (FREE, "default", "default"),
    (HOME, "", "default"),
    (LAST, "", "beta"),
    (ROOT, "", "default"),
    (ROOT, "beta", "beta"),
]
REFUSED = [
    *((ONE, tenant) for tenant in ("beta", "default", GHOST, "ACME", "*")),
    *((BOTH, tenant) for tenant in ("", "default", GHOST)),
    *((FREE, tenant) for tenant in ("acme", "beta", GHOST)),
    *((HOME, tenant) for tenant in ("acme", GHOST)),
]


@pytest.mark.parametrize(("token", "asked", "tenant"), TURNS)
def test_a_call_is_for_the_tenant_it_names_or_its_token_is_bound_to(server, token, asked, tenant):
    user = f"grpc-{token}-{asked}"
    with client(server, token, asked) as asking:
        asking.ingest([tracked("Left", user_id=user)])
    assert known(server, user) == {tenant}


@pytest.mark.parametrize(("token", "asked", "tenant"), TURNS)
def test_events_over_http_land_in_that_tenants_store(server, token, asked, tenant):
    for way, headers in (("basic", basic(token)), ("bearer", bearer(token)), ("body", {})):
        user = f"{way}-{token}-{asked}"
        body = {"batch": [track(f"m-{user}", user, "Left")], "writeKey": "" if headers else token}
        status, text = fetch(
            f"http://{server.http}/v1/batch", body, headers | ({"duly-tenant": asked} if asked else {})
        )
        assert status == 200 and json.loads(text)["accepted"] == 1
        assert known(server, user) == {tenant}


@pytest.mark.parametrize(("token", "asked"), REFUSED)
def test_a_token_says_the_same_of_every_tenant_that_it_is_not_bound_to(channel, token, asked):
    decide = channel.unary_unary("/duly.v1.DecisionService/Decide")
    metadata = [("authorization", f"Bearer {token}"), *([("duly-tenant", asked)] if asked else [])]
    error = refusal(decide, b"", metadata=metadata, timeout=10)
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert details(error)["ErrorInfo"].reason == "FORBIDDEN"
    assert error.details() == (
        "the token does not hold for this tenant; `duly-tenant` names another"
        if asked
        else "the token holds for several tenants; name one of them as `duly-tenant`"
    )


@pytest.mark.parametrize(("token", "asked"), REFUSED)
def test_http_does_so_too(server, token, asked):
    def post(tenant, key, body_key=""):
        body = {"batch": [track("m-refused", "nobody")], "writeKey": body_key}
        return fetch(f"http://{server.http}/v1/batch", body, basic(key) | ({"duly-tenant": tenant} if tenant else {}))

    status, text = post(asked, token)
    assert (status, json.loads(text)["code"]) == (403, "FORBIDDEN")
    assert post(asked, "", token) == (status, text)
    assert known(server, "nobody") == set()


def test_only_who_may_call_all_tenants_hears_that_there_is_none(server):
    with client(server, ROOT, GHOST) as root, pytest.raises(ServiceError) as missing:
        root.decide("una")
    assert missing.value.code == "NOT_FOUND"
    headers = basic(ROOT) | {"duly-tenant": GHOST}
    status, text = fetch(f"http://{server.http}/v1/track", track("m-ghost"), headers)
    assert (status, json.loads(text)["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", METHODS)
def test_no_method_is_open_for_another_tenant(channel, name):
    if METHODS[name].client_streaming:
        with silence() as nothing:
            service, _, short = name.rpartition(".")
            stream = channel.stream_stream(f"/{service}/{short}")
            metadata = (("authorization", f"Bearer {ONE}"), ("duly-tenant", "beta"))
            error = refusal(lambda: list(stream(nothing, metadata=metadata, timeout=10)))
    else:
        error = refusal(call, channel, name, token=ONE, tenant="beta")
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED


def test_an_unmodified_sdk_reaches_its_tenant_by_its_write_key(server):
    command = [sys.executable, SENDER, "segment", f"http://{server.http}", ONE, "8"]
    done = subprocess.run(command, input="go\ngo\n", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"refused": []}] * 2
    assert known(server, "user-1") == {"acme"}


# --- from the command line --------------------------------------------------------------------------------------------


@pytest.fixture
def duly(server):
    """Calls `duly` as a process, with the token and the tenant in its environment."""

    def run(*arguments, tenant="", token=ROOT):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DULY_")}
        named = {"DULY_TENANT": tenant} if tenant else {}
        environment = clean | {"DULY_TOKEN": token, "DULY_TO": server.grpc} | named
        command = [sys.executable, "-m", "duly", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)

    return run


def test_a_command_speaks_for_the_tenant_that_it_names(server, duly):
    for options, named in ((("--tenant", "beta"), ""), ((), "beta"), (("--tenant", "beta"), "acme")):
        done = duly("decide", "zoe", "--event", '{"event": "Left", "messageId": "m-zoe"}', *options, tenant=named)
        assert done.returncode == 0 and "of_beta" in done.stdout, done.stderr
    assert known(server, "zoe") == {"beta"}
    assert "of_beta" in duly("decisions", tenant="beta").stdout
    assert "zoe" not in duly("decisions", tenant="acme").stdout


def test_a_command_says_that_a_tenant_is_not_its(duly):
    done = duly("decide", "zoe", tenant="beta", token=ONE)
    assert done.returncode == 2 and "PERMISSION_DENIED: the token does not hold for this tenant" in done.stderr
    done = duly("decide", "zoe", "--tenant", "bé")
    assert done.returncode == 2 and "is no name for a tenant" in done.stderr

"""A server that others could reach without being asked who they are does not start."""

from __future__ import annotations

import socket
from functools import partial

import pytest

from tests.safety.conftest import duly, serving

WAY_OUT = "give --tls-certificate, --tls-key and --token-file"


@pytest.fixture
def refused(told, tmp_path):
    """The message with which `duly serve` ends at once."""
    (tmp_path / "rules.duly").write_text("")
    return partial(told, "serve", tmp_path / "rules.duly", "--store", "memory:")


def tls(certificates):
    return ("--tls-certificate", certificates / "server.pem", "--tls-key", certificates / "server.key")


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", ":::0", f"{socket.gethostname()}:0", "example.com:50051"])
def test_off_loopback_it_does_not_start(refused, address):
    message = refused("--grpc", address, "--http", "off")
    assert f"`{address}` can be reached from other machines" in message
    assert WAY_OUT in message and "--insecure" in message


def test_the_process_ends_with_code_2(tmp_path):
    (tmp_path / "rules.duly").write_text("")
    found = duly("serve", tmp_path / "rules.duly", "--grpc", "0.0.0.0:0", "--data", tmp_path / "data")
    assert found.returncode == 2 and WAY_OUT in found.stderr
    assert not (tmp_path / "data").exists()


def test_half_a_protection_is_none(refused, certificates, token_file):
    open_to_all = ("--grpc", "0.0.0.0:0", "--http", "off")
    assert WAY_OUT in refused(*open_to_all, "--token-file", token_file)
    assert WAY_OUT in refused(*open_to_all, *tls(certificates))


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", f"{socket.gethostname()}:0"])
def test_http_off_loopback_needs_what_grpc_needs(refused, certificates, token_file, address):
    open_to_all = ("--grpc", "127.0.0.1:0", "--http", address)
    for protection in ((), tls(certificates), ("--token-file", token_file)):
        message = refused(*open_to_all, *protection)
        assert f"`{address}` can be reached from other machines, which needs TLS and" in message
        assert WAY_OUT in message and "--insecure" in message


def test_http_without_tls_stays_at_home_whatever_grpc_has(refused, certificates, token_file):
    plain = ("--grpc", "127.0.0.1:0", "--http", "http://0.0.0.0:0")
    message = refused(*plain, *tls(certificates), "--token-file", token_file)
    assert "`0.0.0.0:0` can be reached from other machines, which needs TLS: leave `http://` out" in message


@pytest.mark.parametrize(
    ("address", "message"),
    [("https://127.0.0.1:0", "needs --tls-certificate and --tls-key"), ("ftp://127.0.0.1:0", "is not an address")],
)
def test_a_scheme_that_cannot_be_spoken_is_refused(refused, address, message):
    assert message in refused("--grpc", "127.0.0.1:0", "--http", address)


def test_a_file_without_tokens_would_let_everybody_in(refused, certificates, tmp_path):
    file = tmp_path / "tokens"
    for text in ("", "# nobody yet\n\n"):
        file.write_text(text)
        assert "holds no token" in refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file)


def test_a_bad_line_of_tokens_is_named_and_not_shown(refused, tmp_path):
    file = tmp_path / "tokens"
    flawed = ("root s3cret-1", "ingest", "ingest s3cret-1 more", "ingest, s3cret-1")
    for line in (*flawed, "ingest@ s3cret-1", "ingest@default, s3cret-1", "@default s3cret-1", "ingest @s3cret-1 x"):
        file.write_text(f"# tokens\n{line}\n")
        message = refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file)
        assert f"{file}:2 is not scopes" in message and "s3cret-1" not in message


def test_a_token_of_a_tenant_that_there_is_not_is_refused(refused, tmp_path):
    file = tmp_path / "tokens"
    file.write_text("ingest@acme,acne s3cret-1\n")
    rules = f"acme={tmp_path / 'rules.duly'}"
    message = refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file, "--tenant", rules)
    assert f"{file}:1 binds a token to a tenant that this server does not have" in message
    assert "it has default, acme" in message and "s3cret-1" not in message


def test_a_token_in_two_lines_is_refused_rather_than_half_of_it_forgotten(refused, tmp_path):
    file = tmp_path / "tokens"
    file.write_text("admin s3cret-2\ningest s3cret-1\ndecide s3cret-1\n")
    message = refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file)
    assert f"{file}:3 is the token of line 2" in message and "s3cret-1" not in message


@pytest.mark.parametrize("store", ["memory:", ".duly", "rocks:data"])
def test_several_workers_need_a_store_that_they_can_share(told, tmp_path, store):
    (tmp_path / "rules.duly").write_text("")
    message = told("serve", tmp_path / "rules.duly", "--store", store, "--workers", "2")
    assert f"--workers 2 needs a store that processes share, and `{store}` is one process's at a time" in message
    assert "leave --workers out" in message


@pytest.mark.parametrize(
    ("tenant", "message"),
    [
        (("acme={}", "acme={}"), "`acme` is given twice"),
        (("default={}",), "`default` is the tenant of the server's own rules"),
        (("Acme={}",), "is no name for a tenant"),
        (("acme",), "is not a name and rules"),
    ],
)
def test_a_tenant_that_cannot_be_is_refused(refused, tmp_path, tenant, message):
    given = [word for each in tenant for word in ("--tenant", each.format(tmp_path / "rules.duly"))]
    assert message in refused("--grpc", "127.0.0.1:0", "--http", "off", *given)


def test_who_insists_is_served(tmp_path):
    with serving(tmp_path, "--grpc", "0.0.0.0:0", "--http", "0.0.0.0:0", "--insecure") as server:
        assert server.grpc.startswith("0.0.0.0:") and server.http.startswith("0.0.0.0:")

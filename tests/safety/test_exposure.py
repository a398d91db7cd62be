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
def test_http_stays_at_home_whatever_grpc_has(refused, certificates, token_file, address):
    message = refused("--grpc", "127.0.0.1:0", "--http", address, *tls(certificates), "--token-file", token_file)
    assert f"`{address}` can be reached from other machines, and HTTP has no TLS here" in message
    assert "behind a proxy" in message and "--insecure" in message


def test_a_file_without_tokens_would_let_everybody_in(refused, certificates, tmp_path):
    file = tmp_path / "tokens"
    for text in ("", "# nobody yet\n\n"):
        file.write_text(text)
        assert "holds no token" in refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file)


def test_a_bad_line_of_tokens_is_named_and_not_shown(refused, tmp_path):
    file = tmp_path / "tokens"
    for line in ("root s3cret-1", "ingest", "ingest s3cret-1 more", "ingest, s3cret-1"):
        file.write_text(f"# tokens\n{line}\n")
        message = refused("--grpc", "127.0.0.1:0", "--http", "off", "--token-file", file)
        assert f"{file}:2 is not scopes" in message and "s3cret-1" not in message


def test_who_insists_is_served(tmp_path):
    with serving(tmp_path, "--grpc", "0.0.0.0:0", "--http", "0.0.0.0:0", "--insecure") as server:
        assert server.grpc.startswith("0.0.0.0:") and server.http.startswith("0.0.0.0:")

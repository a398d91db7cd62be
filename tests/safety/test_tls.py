"""TLS, certificates of clients, and what people are told when these do not fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from duly.client.connection import Security
from duly.v1 import decision_service_pb2
from tests.safety.conftest import TOKENS, call, duly, refusal, serving


@pytest.fixture(scope="module")
def encrypted(folder, certificates, token_file):
    """A server with TLS and tokens."""
    options = ("--tls-certificate", certificates / "server.pem", "--tls-key", certificates / "server.key")
    with serving(folder, *options, "--token-file", token_file) as server:
        yield server


@pytest.fixture(scope="module")
def mutual(tmp_path_factory, certificates):
    """A server that lets in those whom its authority vouches for, on all addresses of the machine."""
    options = ("--tls-certificate", certificates / "server.pem", "--tls-key", certificates / "server.key")
    authority = ("--tls-client-authority", certificates / "authority.pem")
    with serving(tmp_path_factory.mktemp("mutual"), *options, *authority, "--grpc", "0.0.0.0:0") as server:
        server.grpc = server.grpc.replace("0.0.0.0", "127.0.0.1")
        yield server


def asking(server, *options):
    return duly("decide", "una", "--to", server.grpc, *options)


def trusting(certificates, *, name=""):
    """What a client says with which authority it trusts, and as whom it comes."""
    own = ("--tls-certificate", certificates / f"{name}.pem", "--tls-key", certificates / f"{name}.key") if name else ()
    return ("--tls-authority", certificates / "authority.pem", *own)


def test_a_client_that_trusts_the_authority_is_answered(encrypted, certificates):
    found = asking(encrypted, *trusting(certificates), "--token", TOKENS["decide"])
    assert found.returncode == 0 and "nothing to notify of" in found.stdout
    assert found.stderr == ""


def test_tls_does_not_stand_in_for_a_token(encrypted, certificates):
    found = asking(encrypted, *trusting(certificates))
    assert found.returncode == 2
    assert "answered UNAUTHENTICATED: a known token is required" in found.stderr


@pytest.fixture(scope="module")
def shut_out(encrypted, mutual, folder, certificates):
    """What clients are told that cannot get in, asked all at once because each tries for seconds."""
    token = ("--token", TOKENS["decide"])
    with serving(folder) as plain, ThreadPoolExecutor(8) as threads:
        tries = {
            "wrong authority": (encrypted, "--tls-authority", certificates / "stranger.pem", *token),
            "authorities of this machine": (encrypted, "--tls", *token),
            "plaintext": (encrypted, *token),
            "no TLS there": (plain, *trusting(certificates)),
            "no certificate": (mutual, *trusting(certificates)),
            "wrong certificate": (mutual, *trusting(certificates, name="intruder")),
        }
        found = {name: threads.submit(asking, *arguments) for name, arguments in tries.items()}
        return {name: future.result() for name, future in found.items()}


@pytest.mark.parametrize(
    ("how", "message", "hint"),
    [
        ("wrong authority", "no TLS there, or its certificate is not trusted", "is --tls-authority what signed"),
        ("authorities of this machine", "no TLS there, or its certificate is not trusted", "is --tls-authority what"),
        ("no TLS there", "no TLS there, or its certificate is not trusted", "is --tls-authority what signed"),
        ("plaintext", "connection", "does it demand TLS"),
        ("no certificate", "connection", "a certificate of yours"),
        ("wrong certificate", "connection", "a certificate of yours"),
    ],
)
def test_who_does_not_fit_stays_out_and_reads_why(shut_out, how, message, hint):
    found = shut_out[how]
    assert found.returncode == 2 and found.stdout == ""
    first, second = found.stderr.splitlines()
    assert first.startswith("duly: no answer from 127.0.0.1:") and message in first
    assert hint in second


def test_whom_the_authority_vouches_for_is_let_in(mutual, certificates):
    found = asking(mutual, *trusting(certificates, name="client"))
    assert found.returncode == 0 and found.stderr == ""


def test_without_a_certificate_not_even_health_answers(mutual, certificates):
    root = (certificates / "authority.pem").read_bytes()
    with mutual.channel(grpc.ssl_channel_credentials(root)) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert refusal(check, b"", timeout=5).code() is grpc.StatusCode.UNAVAILABLE


def test_streams_are_encrypted_as_well(encrypted, certificates):
    root = (certificates / "authority.pem").read_bytes()
    with encrypted.channel(grpc.ssl_channel_credentials(root)) as channel:
        sent = [decision_service_pb2.BatchDecideRequest()] * 3
        assert len(call(channel, "duly.v1.DecisionService.StreamDecide", token=TOKENS["decide"], messages=sent)) == 3


def test_a_certificate_without_its_key_is_refused_by_the_library():
    with pytest.raises(ValueError, match="together"):
        Security(certificate=b"")


# --- files that do not fit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tls-certificate", "client.pem"), "needs both --tls-certificate and --tls-key"),
        (("--tls-key", "client.key"), "needs both --tls-certificate and --tls-key"),
        (("--tls-certificate", "client.pem", "--tls-key", "server.key"), "are not a certificate and its key"),
        (("--tls-certificate", "client.pem", "--tls-key", "nothing.key"), "no such file"),
        (("--tls-authority", "client.key"), "is not a certificate in PEM"),
    ],
)
def test_a_client_says_what_is_wrong_with_its_files(told, certificates, options, message):
    error = told("decide", "una", "--to", "127.0.0.1:1", *placed(certificates, options))
    assert message in error and len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tls-certificate", "server.pem"), "needs both --tls-certificate and --tls-key"),
        (("--tls-client-authority", "authority.pem"), "needs both --tls-certificate and --tls-key"),
        (("--tls-certificate", "server.pem", "--tls-key", "client.key"), "are not a certificate and its key"),
        (("--tls-certificate", "server.key", "--tls-key", "server.pem"), "are not a certificate and its key"),
        (("--tls-certificate", "nothing.pem", "--tls-key", "server.key"), "No such file"),
        (
            ("--tls-certificate", "server.pem", "--tls-key", "server.key", "--tls-client-authority", "client.key"),
            "is not a certificate in PEM",
        ),
    ],
)
def test_a_server_says_what_is_wrong_with_its_files(told, tmp_path, certificates, options, message):
    (tmp_path / "rules.duly").write_text("")
    where = ("--store", "memory:", "--grpc", "127.0.0.1:0", "--http", "off")
    error = told("serve", tmp_path / "rules.duly", *where, *placed(certificates, options))
    assert message in error and len(error.splitlines()) == 1


def placed(certificates, options):
    return [option if option.startswith("--") else certificates / option for option in options]

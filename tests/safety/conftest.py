"""Servers started as `python -m duly serve`, certificates made for the occasion, and the command as a client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import grpc
import pytest
import trustme
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2

from duly.cli.guard import run
from duly.service.methods import SERVICES
from duly.v1 import decision_service_pb2, event_pb2, event_service_pb2

RULES = """\
rule saved_sale
  when Product Sale where user saved product
  max 1/day
  send "{name} is on sale" link "shop://{product_id}"
"""
TOKENS = {"ingest": "tok-ingest-7Qm2", "decide": "tok-decide-x8Rk", "admin": "tok-admin-Zp31"}
METHODS = {method.full_name: method for service in SERVICES for method in service.methods}

SLOW = (sys.executable, Path(__file__).with_name("slow.py"))
_COMMAND = (sys.executable, "-m", "duly")


def environment(**more):
    """That of this process, without what would change what `duly` does."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DULY_", "GRPC_"))} | more


@dataclass
class Serving:
    """A server process, where it listens, and what it writes to standard error and said on standard output at first."""

    process: subprocess.Popen
    grpc: str
    http: str
    errors: Path
    said: str = ""

    def channel(self, credentials=None):
        if credentials is None:
            return grpc.insecure_channel(self.grpc)
        return grpc.secure_channel(self.grpc, credentials)

    def log(self):
        """Every line of standard error, which has to be JSON."""
        return [json.loads(line) for line in self.errors.read_text().splitlines()]

    def resident(self):
        """Bytes of memory in use."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def gauge(self, name):
        """A number among its metrics."""
        with urlopen(f"http://{self.http}/metrics", timeout=10) as response:
            lines = response.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def waits(self, count):
        """Return when so many calls wait for a thread."""
        for _ in range(3000):
            if self.gauge("duly_calls_waiting") == count:
                return
            time.sleep(0.01)
        pytest.fail(f"{self.gauge('duly_calls_waiting')} calls wait, not {count}")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def serving(folder, *options, program=_COMMAND, store="memory:"):
    """`duly serve` with these options, from the moment it is ready."""
    (folder / "rules.duly").write_text(RULES)
    errors = folder / "errors"
    addresses = ("--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
    command = [*program, "serve", folder / "rules.duly", "--store", store, *addresses, *options]
    with errors.open("w") as sink:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sink, text=True, env=environment())
    try:
        told, said = {}, ""
        for line in process.stdout:
            said += line
            label, _, value = line.strip().partition(" ")
            told[label] = value.strip()
            if label == "gRPC":
                break
        else:
            pytest.fail(errors.read_text())
        yield Serving(process, told["gRPC"], told["HTTP"].partition("://")[2], errors, said)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def duly(*arguments, timeout=30):
    """What a call of the command left behind."""
    command = [*_COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=timeout, check=False)


@pytest.fixture
def told(capfd, monkeypatch):
    """What `duly` says, called in this process, when it cannot do its work: much faster than a process of its own."""
    for name in [name for name in os.environ if name.startswith("DULY_")]:
        monkeypatch.delenv(name)

    def call(*arguments):
        capfd.readouterr()
        assert run([str(argument) for argument in arguments]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        return err

    return call


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """A folder with `authority`, who vouches for `server` and `client`, and `stranger`, who does for `intruder`."""
    folder = tmp_path_factory.mktemp("certificates")
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    stranger.cert_pem.write_to_path(folder / "stranger.pem")
    issued = {
        "server": authority.issue_cert("127.0.0.1"),
        "client": authority.issue_cert("worker@example.com"),
        "intruder": stranger.issue_cert("intruder@example.com"),
    }
    for name, certificate in issued.items():
        (folder / f"{name}.pem").write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(folder / f"{name}.key")
    return folder


@pytest.fixture(scope="session")
def token_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("tokens") / "tokens"
    file.write_text("# who may do what\n" + "".join(f"{scope} {token}\n" for scope, token in TOKENS.items()))
    return file


def call(channel, name, request=None, token="", timeout=10, messages=None, tenant=""):
    """Make a call of a method by its full name; all of its responses. `messages` are those of a stream."""
    method = METHODS[name]
    kinds = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, True): channel.stream_stream,
    }
    service, _, short = name.rpartition(".")
    invoke = kinds[method.client_streaming, method.server_streaming](
        f"/{service}/{short}",
        request_serializer=GetMessageClass(method.input_type).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    metadata += (("duly-tenant", tenant),) if tenant else ()
    sent = GetMessageClass(method.input_type)() if request is None else request
    responses = invoke(
        iter(messages or [sent]) if method.client_streaming else sent, timeout=timeout, metadata=metadata
    )
    return list(responses) if method.server_streaming else [responses]


def refusal(function, *arguments, **more):
    """The error that a call ends with; None if it goes well."""
    try:
        function(*arguments, **more)
    except grpc.RpcError as error:
        return error
    return None


def details(error):
    """What the status of an error carries, by type."""
    trailing = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing.get("grpc-status-details-bin", b""))
    known = (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
    found = {}
    for packed in status.details:
        for kind in known:
            if packed.Is(kind.DESCRIPTOR):
                found[kind.__name__] = kind.FromString(packed.value)
    return found


def event(message_id, user="una", name="Product Added to Wishlist", **properties):
    return event_pb2.Event(
        message_id=message_id,
        type=event_pb2.EVENT_TYPE_TRACK,
        event=name,
        user_id=user,
        properties_json=json.dumps(properties or {"product_id": "boots"}).encode(),
    )


def ingesting(*events):
    return event_service_pb2.IngestRequest(events=events)


@contextmanager
def silence():
    """The messages of a client that sends none until it is no longer asked."""
    over = Event()

    def messages():
        over.wait(60)
        yield from ()

    try:
        yield messages()
    finally:
        over.set()


@contextmanager
def held(channel, count):
    """As many calls of a `SLOW` server, each of which holds a thread of it, or waits for one."""
    asked = decision_service_pb2.ListDecisionsRequest(user_id="held").SerializeToString()
    begun = channel.unary_unary("/duly.v1.DecisionService/ListDecisions")
    calls = [begun.future(asked, timeout=60) for _ in range(count)]
    try:
        yield calls
    finally:
        for each in calls:
            each.cancel()


@contextmanager
def half(channel, count, method="/duly.v1.DecisionService/ListDecisions", **more):
    """As many calls that have begun but whose message does not come."""
    begun = channel.stream_unary(method)
    with ExitStack() as stack:
        calls = [begun.future(stack.enter_context(silence()), timeout=60, **more) for _ in range(count)]
        yield calls
        for each in calls:
            each.cancel()

"""The options of commands that talk to a service, and what its errors become."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duly.cli.failure import Failure, reason

if TYPE_CHECKING:  # gRPC takes a while to load, and help does not need it
    from duly.client import Client, ServiceError
    from duly.client.connection import Security

ADDRESS = "127.0.0.1:50051"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the service is, for which of its tenants a command speaks, and how to be let in."""

    address: str
    tenant: str
    token: str
    tls: bool
    authority: Path | None
    certificate: Path | None
    key: Path | None

    @contextmanager
    def client(self, timeout: float = 10.0) -> Iterator[Client]:
        """A client; what fails ends the command with a `Failure`."""
        from duly.client import Client, ServiceError

        security = self._security()
        try:
            with Client(self.address, security=security, timeout=timeout, tenant=self.tenant) as client:
                yield client
        except ServiceError as error:
            raise failure(error, self.address) from error

    def _security(self) -> Security:
        from duly.client.connection import Security

        if (self.certificate is None) != (self.key is None):
            raise Failure("a certificate of your own needs both --tls-certificate and --tls-key")
        security = Security(self.tls, _pem(self.authority), _pem(self.certificate), _pem(self.key), self.token)
        _demand_usable(self.authority, self.certificate, self.key)
        return security


def tenant_option(help: str) -> Callable[..., Any]:
    """`--tenant`, which every command that is about one of several has."""
    return click.option("--tenant", default="", envvar="DULY_TENANT", metavar="NAME", callback=_ascii, help=help)


def _ascii(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if not (name.isascii() and name.isprintable()):
        raise Failure("--tenant is no name for a tenant; they are of lower-case letters, digits, `-` and `_`")
    return name


def folder_of_tenant(data: Path, tenant: str) -> Path:
    """The part of a data folder that is a tenant's; the folder itself is the default one's."""
    if not tenant:
        return data
    from duly.service.settings import StartRefused
    from duly.service.tenants import folder_in

    try:
        return folder_in(data, tenant)
    except StartRefused as error:
        raise Failure(str(error)) from error


def connection(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options to reach a service; its function gets a `server`."""

    @wraps(function)
    def connected(
        to: str,
        tenant: str,
        token: str,
        tls: bool,
        tls_authority: Path | None,
        tls_certificate: Path | None,
        tls_key: Path | None,
        **others: Any,
    ) -> Any:
        return function(Server(to, tenant, token, tls, tls_authority, tls_certificate, tls_key), **others)

    for option in reversed(_OPTIONS):
        connected = option(connected)
    return connected


_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS: list[Callable[..., Any]] = [
    click.option(
        "--to", metavar="ADDR", default=ADDRESS, envvar="DULY_TO", show_default=True, help="host:port of the service."
    ),
    tenant_option("Speak for this tenant of the service; without it, the token or the service says for which."),
    click.option(
        "--token", default="", envvar="DULY_TOKEN", help="What proves who you are; better given as DULY_TOKEN."
    ),
    click.option("--tls", is_flag=True, envvar="DULY_TLS", help="Use TLS with the certificates this machine trusts."),
    click.option(
        "--tls-authority", type=_FILE, envvar="DULY_TLS_AUTHORITY", help="Trust this certificate (PEM) instead."
    ),
    click.option(
        "--tls-certificate", type=_FILE, envvar="DULY_TLS_CERTIFICATE", help="A certificate of your own (PEM)."
    ),
    click.option("--tls-key", type=_FILE, envvar="DULY_TLS_KEY", help="The key of that certificate (PEM)."),
]


def _pem(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {path}: {reason(error)}") from error


def _demand_usable(authority: Path | None, certificate: Path | None, key: Path | None) -> None:
    """Raise `Failure` for files that are not PEM: gRPC itself would only fail to connect."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if authority is not None:
            context.load_verify_locations(authority)
    except (OSError, ValueError):
        raise Failure(f"{authority} is not a certificate in PEM") from None
    try:
        if certificate is not None:
            context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError):
        raise Failure(f"{certificate} and {key} are not a certificate and its key, both in PEM") from None


def failure(error: ServiceError, address: str) -> Failure:
    """What a command says when a call fails."""
    from duly.client import Unavailable

    if isinstance(error, Unavailable):
        hint = _hint(error.message, address) if error.code == "UNAVAILABLE" else ""
        return Failure(f"no answer from {address}: {error.message}", hint)
    details = tuple(f"{violation.field}: {violation.description}" for violation in error.violations)
    if details == (f"{error.violations[0].field}: {error.message}",) if details else False:
        details = ()
    return Failure(f"{address} answered {error.code}: {error.message}", details=details)


def _hint(message: str, address: str) -> str:
    from duly.client.errors import CLOSED, UNTRUSTED

    if message == UNTRUSTED:
        return "is --tls-authority what signed its certificate, and is it for that host?"
    if message in CLOSED:
        return "does it demand TLS, or a certificate of yours? see --tls, --tls-authority and --tls-certificate"
    return f"is `duly serve` running, and listening on {address}?"

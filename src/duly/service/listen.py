"""Listening on addresses, with or without TLS."""

from __future__ import annotations

import errno
import socket
import ssl
from pathlib import Path

import grpc

from duly.service.settings import AddressInUse, BadAddress, StartRefused, Tls, split_address


def listen(server: grpc.Server, address: str, tls: Tls | None) -> str:
    """
    Have a server listen; the address with the port it got.

    Raises `AddressInUse`, `BadAddress`, or `StartRefused` for certificates that cannot be used.
    """
    host, _ = split_address(address)
    demand_free(address)
    try:
        port = server.add_secure_port(address, _credentials(tls)) if tls else server.add_insecure_port(address)
    except RuntimeError:
        raise AddressInUse(_in_use(address)) from None
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def demand_free(address: str) -> None:
    """Raise `AddressInUse` or `BadAddress` unless something can listen there: gRPC itself would not say why."""
    host, port = split_address(address)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise why(address, error) from None


def why(address: str, error: OSError) -> StartRefused:
    """What keeps somebody from listening on an address."""
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(_in_use(address))
    return BadAddress(f"cannot listen on `{address}`: {error.strerror or error}")


def _in_use(address: str) -> str:
    return f"`{address}` is in use by another program; stop it or choose another address"


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    # gRPC itself would only fail to listen.
    server_context(tls)
    authority = tls.client_authority.read_bytes() if tls.client_authority else None
    pair = (tls.key.read_bytes(), tls.certificate.read_bytes())
    return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def server_context(tls: Tls) -> ssl.SSLContext:
    """What a server speaks TLS with, 1.2 at least; raises `StartRefused` for files that it cannot be spoken with."""
    for file in filter(None, (tls.certificate, tls.key, tls.client_authority)):
        _demand_readable(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.certificate, tls.key, password="")
    except (OSError, ValueError):
        raise StartRefused(
            f"`{tls.certificate}` and `{tls.key}` are not a certificate and its key, both in PEM and the key in clear"
        ) from None
    if tls.client_authority:
        try:
            context.load_verify_locations(tls.client_authority)
        except (OSError, ValueError):
            raise StartRefused(f"`{tls.client_authority}` is not a certificate in PEM") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _demand_readable(file: Path) -> None:
    try:
        file.read_bytes()
    except OSError as error:
        raise StartRefused(f"cannot read `{file}`: {error.strerror}") from None

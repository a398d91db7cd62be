"""`duly serve`: runs the service."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duly.cli.commands import version_text
from duly.cli.failure import Failure
from duly.cli.output import refuse_errors
from duly.cli.rule_files import decoded, read_files, rule_set_files
from duly.cli.span import Length
from duly.cli.token_file import read_tokens

if TYPE_CHECKING:
    from duly.service.server import Addresses
    from duly.service.settings import Settings, Tls

Files = tuple[tuple[str, bytes], ...]

_FILE = click.Path(dir_okay=False, path_type=Path)
_WAY_OUT = (
    "give --tls-certificate, --tls-key and --token-file (or --tls-client-authority), "
    "or --insecure if nobody else can get there"
)


@click.command("serve")
@click.argument("path", envvar="DULY_RULES")
@click.option(
    "--data",
    default="./.duly",
    envvar="DULY_DATA",
    show_default=True,
    metavar="DIR",
    help="The folder that everything is kept in.",
)
@click.option(
    "--store", default="", envvar="DULY_STORE", metavar="URL", help="Another store, such as memory: for trials."
)
@click.option(
    "--grpc",
    default="127.0.0.1:50051",
    envvar="DULY_GRPC",
    show_default=True,
    metavar="ADDR",
    help="Listen here for gRPC; port 0 takes any.",
)
@click.option(
    "--http",
    default="127.0.0.1:8080",
    envvar="DULY_HTTP",
    show_default=True,
    metavar="ADDR",
    help="Listen here for HTTP, with TLS where gRPC has it unless ADDR begins with http://; or off.",
)
@click.option(
    "--insecure", is_flag=True, envvar="DULY_INSECURE", help="Let other machines connect without TLS or tokens."
)
@click.option("--tls-certificate", type=_FILE, envvar="DULY_SERVER_CERTIFICATE", help="The server's certificate (PEM).")
@click.option("--tls-key", type=_FILE, envvar="DULY_SERVER_KEY", help="The key of that certificate (PEM).")
@click.option(
    "--tls-client-authority",
    type=_FILE,
    envvar="DULY_CLIENT_AUTHORITY",
    help="Demand client certificates signed by this one (PEM).",
)
@click.option(
    "--token-file",
    type=_FILE,
    envvar="DULY_TOKEN_FILE",
    help="A line for each token: scopes (ingest,decide,metrics,admin), perhaps @ and tenants, a space, the token.",
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=10.0,
    envvar="DULY_GRACE",
    show_default=True,
    help="Seconds that calls may take after the signal to stop.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1000),
    default=32,
    envvar="DULY_THREADS",
    show_default=True,
    help="Calls answered at a time.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    envvar="DULY_WORKERS",
    show_default=True,
    help="Processes on one port, which needs a store that processes share.",
)
@click.option(
    "--streams",
    type=click.IntRange(1, 10_000),
    default=128,
    envvar="DULY_STREAMS",
    show_default=True,
    help="Streams open at a time.",
)
@click.option(
    "--queue",
    type=click.IntRange(1, 1_000_000),
    default=1024,
    envvar="DULY_QUEUE",
    show_default=True,
    help="Calls that may wait; more are refused.",
)
@click.option(
    "--keep-decisions",
    type=Length(),
    default="90d",
    envvar="DULY_KEEP_DECISIONS",
    show_default=True,
    help="For how long decisions stay in the log, or forever.",
)
@click.option(
    "--keep-events",
    type=Length(),
    default="forever",
    envvar="DULY_KEEP_EVENTS",
    show_default=True,
    help="For how long events stay in the log; new rules look back no further.",
)
@click.option(
    "--keep-requests",
    type=Length(),
    default="7d",
    envvar="DULY_KEEP_REQUESTS",
    show_default=True,
    help="For how long a request_id gets its first answer.",
)
@click.option(
    "--tenant",
    "tenants",
    multiple=True,
    envvar="DULY_TENANTS",
    metavar="NAME=RULES",
    help="Rules and users apart, for calls with `duly-tenant: NAME` and for tokens that are bound to it.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    envvar="DULY_LOG_LEVEL",
    show_default=True,
    help="What is logged to standard error.",
)
def command(
    path: str,
    data: str,
    store: str,
    grpc: str,
    http: str,
    insecure: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
    tls_client_authority: Path | None,
    token_file: Path | None,
    grace: float,
    threads: int,
    workers: int,
    streams: int,
    queue: int,
    keep_decisions: int | None,
    keep_events: int | None,
    keep_requests: int | None,
    tenants: tuple[str, ...],
    log_level: str,
) -> int:
    """Serve the rules of a file or of a folder of .duly files.

    Nothing needs to be configured. The rules of PATH are published unless they are the ones that PATH had when the
    service was started before; what is published while it runs stays in force until then.
    """
    from duly.engine.retention import Kept
    from duly.engine.store import StoreError
    from duly.service.server import serve
    from duly.service.settings import Exposed, Settings, StartRefused

    _demand_one(workers, store or data)
    tls = _tls(tls_certificate, tls_key, tls_client_authority)
    address, http_tls = _http(http, tls is not None)
    of_tenants = _tenants(tenants)
    settings = Settings(
        files=_rules(path),
        store=store or data,
        grpc=grpc,
        http=address,
        http_tls=http_tls,
        tls=tls,
        tokens=read_tokens(token_file, of_tenants) if token_file else {},
        insecure=insecure,
        grace=grace,
        threads=threads,
        streams=streams,
        queue=queue,
        log_level=log_level,
        kept=Kept(keep_decisions, keep_events, keep_requests),
        tenants=of_tenants,
    )
    try:
        return serve(settings, partial(_announce, settings, path))
    except Exposed as error:
        raise Failure(str(error), _WAY_OUT) from error
    except (StartRefused, StoreError) as error:
        raise Failure(str(error)) from error


def _rules(path: str) -> Files:
    """The files to serve; ends the command with code 2 when they have errors."""
    from duly.meaning.rule_set import read_rules

    files = read_files([path], "rules.duly")
    sources, unreadable = decoded(files)
    refuse_errors([*unreadable, *read_rules(sources).diagnostics], [file.name for file in files], 2)
    return tuple(rule_set_files(files).items())


def _tenants(written: tuple[str, ...]) -> dict[str, Files]:
    """The rule files of each tenant by name."""
    found: dict[str, Files] = {}
    for each in written:
        name, sign, path = each.partition("=")
        if not sign or not name or not path:
            raise Failure(f"--tenant `{each}` is not a name and rules, such as acme=rules/acme")
        if name in found:
            raise Failure(f"--tenant `{name}` is given twice")
        found[name] = _rules(path)
    return found


def _http(written: str, tls: bool) -> tuple[str, bool]:
    """The address of HTTP, empty for none, and whether it speaks TLS where there is a certificate."""
    if written.lower() == "off":
        return "", True
    scheme, slashes, address = written.partition("://")
    if not slashes:
        return written, True
    if scheme not in ("http", "https"):
        raise Failure(f"--http `{written}` is not an address like 127.0.0.1:8080")
    if scheme == "https" and not tls:
        raise Failure(f"--http `{written}` needs --tls-certificate and --tls-key")
    return address.removesuffix("/"), scheme == "https"


def _demand_one(workers: int, store: str) -> None:
    """End the command with code 2 when several processes are to open a store that is for one, as all here are."""
    if workers > 1:
        raise Failure(
            f"--workers {workers} needs a store that processes share, and `{store}` is one process's at a time",
            "leave --workers out: one process answers as many calls at a time as --threads says",
        )


def _announce(settings: Settings, path: str, addresses: Addresses) -> None:
    """Tell where it listens; whoever waits for it to be ready can wait for the last line."""
    lines = {
        "rules": f"{path}, version {addresses.rules_version}",
        "data": settings.store,
        "HTTP": f"http{'s' if settings.tls_of_http else ''}://{addresses.http}" if addresses.http else "off",
        "gRPC": addresses.grpc,
    }
    click.echo(version_text())
    for label, value in lines.items():
        click.echo(f"  {label:6}{value}")


def _tls(certificate: Path | None, key: Path | None, client_authority: Path | None) -> Tls | None:
    from duly.service.settings import Tls

    if certificate is None and key is None and client_authority is None:
        return None
    if certificate is None or key is None:
        raise Failure("TLS needs both --tls-certificate and --tls-key")
    return Tls(certificate, key, client_authority)

"""Files of tokens: a line for each, with its scopes and the tenants that it is bound to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from duly.cli.failure import Failure, reason

if TYPE_CHECKING:
    from duly.service.settings import Rights


def read_tokens(file: Path, tenants: Iterable[str]) -> dict[str, Rights]:
    """
    The rights of each token in a file; `tenants` are those that it may bind them to, beside the default one.

    Raises `Failure` for a file that cannot be read, or that has a bad line or no token. No message says what is in it.
    """
    known = frozenset(tenants)
    found: dict[str, Rights] = {}
    places: dict[str, int] = {}
    for number, words in _lines(file):
        token, rights = _token(f"{file}:{number}", words, known)
        if token in places:
            raise Failure(f"{file}:{number} is the token of line {places[token]}", "give all its scopes in one line")
        found[token], places[token] = rights, number
    if not found:
        raise Failure(f"{file} holds no token", "without any, everybody would be let in")
    return found


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise Failure(f"cannot read {file}: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{file} is not UTF-8") from error
    for number, line in enumerate(lines, 1):
        if line.strip() and line[0] != "#":
            yield number, line.split()


def _token(place: str, words: list[str], tenants: frozenset[str]) -> tuple[str, Rights]:
    from duly.service.settings import ALL_TENANTS, DEFAULT_TENANT, Rights, Scope

    known = {str(scope): scope for scope in Scope}
    written, at, names = words[0].partition("@")
    scopes = written.split(",")
    if len(words) != 2 or not known.keys() >= set(scopes) or (at and "" in names.split(",")):
        raise Failure(
            f"{place} is not scopes ({', '.join(known)}) and a token, such as `ingest,decide s3cret`, "
            "or `ingest@acme s3cret` for one tenant"
        )
    bound = frozenset(names.split(",")) if at else frozenset((DEFAULT_TENANT,))
    if not bound <= tenants | {ALL_TENANTS, DEFAULT_TENANT}:
        raise Failure(
            f"{place} binds a token to a tenant that this server does not have",
            f"it has {', '.join((DEFAULT_TENANT, *sorted(tenants)))}; `{ALL_TENANTS}` stands for all",
        )
    return words[1], Rights(frozenset(known[scope] for scope in scopes), bound)

"""Who may call what: bearer tokens and their scopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from duly.service.errors import Forbidden, Unauthenticated
from duly.service.settings import Scope

_PREFIX = "bearer "

Metadata = Iterable[tuple[str, str | bytes]]


class Tokens:
    """The tokens a server knows. Without any, everybody may do everything."""

    __slots__ = ("_scopes",)

    def __init__(self, tokens: Mapping[str, frozenset[Scope]]) -> None:
        # Looked up by digest, so that the time it takes says nothing about the tokens.
        self._scopes = {_digest(token): scopes for token, scopes in tokens.items()}

    def __bool__(self) -> bool:
        return bool(self._scopes)

    def demand(self, metadata: Metadata, scope: Scope | None) -> None:
        """Raise `Unauthenticated` or `Forbidden` unless the token of a call has a scope, or ADMIN; None is any."""
        scopes = self._scopes.get(_digest(_token(metadata)))
        if scopes is None:
            raise Unauthenticated("a known token is required: send it as `authorization: Bearer TOKEN`")
        if scope is not None and scope not in scopes and Scope.ADMIN not in scopes:
            raise Forbidden(f"the token does not have the scope `{scope}`")

    def allow(self, token: str, scope: Scope) -> bool:
        """Whether a token has a scope, or ADMIN."""
        scopes = self._scopes.get(_digest(token), frozenset())
        return scope in scopes or Scope.ADMIN in scopes


def _token(metadata: Metadata) -> str:
    for name, value in metadata:
        if name == "authorization" and isinstance(value, str) and value[: len(_PREFIX)].lower() == _PREFIX:
            return value[len(_PREFIX) :].strip()
    return ""


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()

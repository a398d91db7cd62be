"""Who may call what: bearer tokens, their scopes, and the tenants that they hold for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from duly.service.errors import Forbidden, Unauthenticated
from duly.service.settings import DEFAULT_TENANT, Rights, Scope

TENANT = "duly-tenant"
"""What names the tenant of a call: a key of gRPC's metadata, a header of HTTP."""

_UNKNOWN = "a known token is required: send it as `authorization: Bearer TOKEN`"
_PREFIX = "bearer "

Metadata = Iterable[tuple[str, str | bytes]]


class Tokens:
    """The tokens a server knows. Without any, everybody may do everything."""

    __slots__ = ("_rights",)

    def __init__(self, tokens: Mapping[str, Rights]) -> None:
        # Looked up by digest, so that the time it takes says nothing about the tokens.
        self._rights = {_digest(token): rights for token, rights in tokens.items()}

    def __bool__(self) -> bool:
        return bool(self._rights)

    def demand(self, metadata: Metadata, scope: Scope | None) -> None:
        """Raise `Unauthenticated` or `Forbidden` unless the token of a call has a scope, or ADMIN; None is any."""
        rights = self._of(_named(metadata)[0])
        if scope is not None and not rights.allow(scope):
            raise Forbidden(f"the token does not have the scope `{scope}`")

    def rights_of(self, token: str) -> Rights | None:
        """What a token allows; None for one that is not known."""
        return self._rights.get(_digest(token))

    def allow(self, token: str, scope: Scope) -> bool:
        """Whether a token has a scope, or ADMIN."""
        rights = self.rights_of(token)
        return rights is not None and rights.allow(scope)

    def tenant_of(self, metadata: Metadata) -> str:
        """The tenant of a call, as `tenant` says."""
        return self.tenant(*_named(metadata))

    def tenant(self, token: str, asked: str) -> str:
        """
        Whose a call is: the tenant's that it asks for, else the one's that its token is bound to, else the default's.

        Raises `Forbidden` for a tenant that the token is not bound to, in the same words whether there is such a
        tenant or not, and `Unauthenticated` for a token that is not known.
        """
        if not self._rights:
            return asked or DEFAULT_TENANT
        rights = self._of(token)
        name = asked or rights.usual_tenant
        if not rights.hold_for(name):
            raise Forbidden(
                f"the token does not hold for this tenant; `{TENANT}` names another"
                if asked
                else f"the token holds for several tenants; name one of them as `{TENANT}`"
            )
        return name

    def _of(self, token: str) -> Rights:
        rights = self.rights_of(token)
        if rights is None:
            raise Unauthenticated(_UNKNOWN)
        return rights


def _named(metadata: Metadata) -> tuple[str, str]:
    """The token and the tenant that a call carries, each empty if it carries none; of several the first counts."""
    token = tenant = ""
    for name, value in metadata:
        if name == "authorization" and not token and isinstance(value, str):
            token = value[len(_PREFIX) :].strip() if value[: len(_PREFIX)].lower() == _PREFIX else ""
        elif name == TENANT and not tenant:
            tenant = str(value)
    return token, tenant


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()

"""Who may read the page of numbers: it names rules and tenants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duly.service.auth import Tokens
from duly.service.errors import Forbidden, Unauthenticated
from duly.service.http.intake import key_in
from duly.service.settings import Scope


class Readers:
    """
    Gives the page of numbers out.

    On loopback anybody may read it, as may whoever can connect where there are no tokens. Elsewhere it takes one with
    the scope METRICS that holds for all `tenants`, because the page tells of all of them.
    """

    def __init__(self, text: Callable[[], str], tokens: Tokens, tenants: Sequence[str], loopback: bool) -> None:
        self._text, self._tokens, self._tenants = text, tokens, tenants
        self._open = loopback or not tokens

    def page(self, authorization: str) -> str:
        """The page, for who sends this header; raises `Unauthenticated` or `Forbidden`."""
        if not self._open:
            self._demand(key_in(authorization))
        return self._text()

    def _demand(self, token: str) -> None:
        rights = self._tokens.rights_of(token)
        if rights is None:
            raise Unauthenticated("a known token is required here: send it as `Authorization: Bearer TOKEN`")
        if not rights.allow(Scope.METRICS):
            raise Forbidden(f"the token does not have the scope `{Scope.METRICS}`")
        if not all(map(rights.hold_for, self._tenants)):
            raise Forbidden("the token does not hold for all tenants, and the numbers are of all")

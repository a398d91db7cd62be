"""Who a person is: all identities under which something about them may be kept."""

from __future__ import annotations

from duly.engine.engine import Engine


def identities_of(engine: Engine, identity: str) -> list[str]:
    """All identities of the person whom `identity` belongs to, the one that stands for the others first."""
    user = engine.user(identity)
    while user is not None and user.merged_into:
        identity = user.merged_into
        user = engine.user(identity)
    return list(dict.fromkeys([identity, *(user.identities if user is not None else ())]))

"""Shows what is kept about users, exports and deletes it, and takes their wishes."""

from __future__ import annotations

import grpc

from duly.engine.dossier import Dossier
from duly.engine.engine import Engine
from duly.engine.event import Flaw
from duly.engine.privacy import Eraser, identities_of
from duly.service.convert.dossier import record_of
from duly.service.convert.flawed import Flawed
from duly.service.convert.preferences import put_preferences, wishes_of
from duly.service.convert.question import identity_of
from duly.service.convert.user import user_message
from duly.service.errors import NotFound
from duly.service.paging import MOST_BYTES, page_size, place_in, token_for
from duly.v1 import user_pb2
from duly.v1 import user_service_pb2 as pb


class Users:
    """The methods of `UserService`."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._eraser = engine, Eraser(engine)

    def GetUser(self, request: pb.GetUserRequest, context: grpc.ServicerContext) -> pb.GetUserResponse:  # noqa: N802
        return pb.GetUserResponse(user=self._message(identities_of(self._engine, _demanded(request))[0]))

    def _message(self, identity: str) -> user_pb2.User:
        user, properties = self._engine.waiting(identity)
        if user is None:
            raise _nobody()
        return user_message(identity, user, properties, self._engine.relation_counts(identity), self._engine.plan)

    def ExportUser(self, request: pb.ExportUserRequest, context: grpc.ServicerContext) -> pb.ExportUserResponse:  # noqa: N802
        identity = _demanded(request)
        size, after = page_size(request.page_size), place_in(request, request.page_token)
        known = identities_of(self._engine, identity)
        response = pb.ExportUserResponse()
        if after is None:
            response.records.add(user=self._message(known[0]))
        last, room = after or b"", MOST_BYTES
        for place, entry in Dossier(self._engine, known).entries(last or None):
            if len(response.records) == size or room <= 0:
                response.next_page_token = token_for(request, last or _BEGINNING)
                break
            record = record_of(entry)
            room -= record.ByteSize()
            response.records.append(record)
            last = place
        return response

    def DeleteUser(self, request: pb.DeleteUserRequest, context: grpc.ServicerContext) -> pb.DeleteUserResponse:  # noqa: N802
        erased = self._eraser.erase(_demanded(request))
        if erased is None:
            raise _nobody()
        return pb.DeleteUserResponse(
            event_count=erased.events, decision_count=erased.decisions, pending_count=erased.pending
        )

    def SetPreferences(  # noqa: N802
        self, request: pb.SetPreferencesRequest, context: grpc.ServicerContext
    ) -> pb.SetPreferencesResponse:
        flaws: list[Flaw] = []
        identity = identity_of(request.user_id, request.anonymous_id, flaws)
        wishes = wishes_of(request, flaws)
        if flaws:
            raise Flawed(flaws)
        response = pb.SetPreferencesResponse()
        put_preferences(response.preferences, self._engine.prefer(identity, wishes))
        return response


_BEGINNING = b"\0\0"
"""The place before the first entry, after the user."""


def _demanded(request: pb.GetUserRequest | pb.ExportUserRequest | pb.DeleteUserRequest) -> str:
    flaws: list[Flaw] = []
    identity = identity_of(request.user_id, request.anonymous_id, flaws)
    if flaws:
        raise Flawed(flaws)
    return identity


def _nobody() -> NotFound:
    return NotFound("nothing is kept about this user")

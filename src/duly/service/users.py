"""Shows what is kept about users."""

from __future__ import annotations

import grpc

from duly.engine.engine import Engine
from duly.engine.event import Flaw
from duly.service.convert.flawed import Flawed
from duly.service.convert.preferences import put_preferences, wishes_of
from duly.service.convert.question import identity_of
from duly.service.convert.user import user_message
from duly.service.errors import NotFound, Unsupported
from duly.v1 import user_service_pb2 as pb


class Users:
    """The methods of `UserService`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def GetUser(self, request: pb.GetUserRequest, context: grpc.ServicerContext) -> pb.GetUserResponse:  # noqa: N802
        flaws: list[Flaw] = []
        identity = identity_of(request.user_id, request.anonymous_id, flaws)
        if flaws:
            raise Flawed(flaws)
        user = self._engine.user(identity)
        if user is None:
            raise NotFound("nothing is kept about this user")
        relations = self._engine.relation_counts(identity)
        return pb.GetUserResponse(user=user_message(identity, user, relations, self._engine.plan))

    def ExportUser(self, request: pb.ExportUserRequest, context: grpc.ServicerContext) -> pb.ExportUserResponse:  # noqa: N802
        raise Unsupported("users cannot be exported in this version; GetUser and ListDecisions show what is kept")

    def DeleteUser(self, request: pb.DeleteUserRequest, context: grpc.ServicerContext) -> pb.DeleteUserResponse:  # noqa: N802
        raise Unsupported("users cannot be deleted in this version")

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

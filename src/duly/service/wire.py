"""Messages as bytes, and bytes that are no message of the expected type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message

from duly.service.convert.flawed import flawed

Kind = TypeVar("Kind", bound=Message)

ONE_MESSAGE = "the method takes exactly one message"
"""What is said of a call that came without one."""

_SENTENCE = "the request is no message of this method's type, or is nested deeper than protobuf allows"


class Undecodable:
    """Stands in for a request that could not be parsed, for which gRPC itself would answer INTERNAL."""


class NoMessage:
    """Stands in for the message of a call that is refused without it; `error` says why."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


_UNDECODABLE = Undecodable()


def parser(kind: type[Message]) -> Callable[[bytes], Message | Undecodable]:
    """What turns bytes into a message. Fields it does not know are skipped, as protobuf does."""
    parse = kind.FromString

    def parsed(data: bytes) -> Message | Undecodable:
        try:
            return parse(data)
        except DecodeError:
            return _UNDECODABLE

    return parsed


def parse(kind: type[Kind], data: bytes) -> Kind:
    """The message that bytes hold; raises `Flawed` when they hold none."""
    try:
        return kind.FromString(data)
    except DecodeError:
        raise flawed("", "undecodable", _SENTENCE) from None


def serialized(message: Message | bytes) -> bytes:
    """A message as bytes, which it may be already."""
    return message if type(message) is bytes else message.SerializeToString()  # type: ignore[union-attr]


def size_of(message: Message | bytes) -> int:
    """How many bytes a message takes."""
    return len(message) if type(message) is bytes else message.ByteSize()  # type: ignore[union-attr]


def demand_message(request: Any) -> None:
    """Raise `Flawed` for a request that could not be parsed, and for one that is a `NoMessage` its error."""
    if request.__class__ is NoMessage:
        raise request.error
    if request is _UNDECODABLE:
        raise flawed("", "undecodable", _SENTENCE)

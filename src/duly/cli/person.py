"""The argument of commands that are about one person, and what they say of a person nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypedDict

import click

from duly.cli.failure import Failure


class Ids(TypedDict):
    """How the client is told of somebody."""

    user_id: str
    anonymous_id: str


anonymous_flag = click.option(
    "--anonymous", "--anonymous-id", "anonymous", is_flag=True, help="USER is an anonymous id."
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by one of their ids."""

    name: str
    anonymous: bool

    @property
    def ids(self) -> Ids:
        """The ids of a request, one of them empty."""
        return Ids(user_id="" if self.anonymous else self.name, anonymous_id=self.name if self.anonymous else "")

    @contextmanager
    def demanded(self) -> Iterator[None]:
        """End the command with exit code 1 when the service knows nobody of this id."""
        from duly.client import ServiceError

        try:
            yield
        except ServiceError as error:
            if error.code != "NOT_FOUND":
                raise
            raise Nobody(self) from error


class Nobody(Failure):
    """The service keeps nothing about somebody; it was asked, so this is a finding and no failure."""

    exit_code = 1

    def __init__(self, person: Person) -> None:
        hint = "" if person.anonymous else "is it an anonymous id? see --anonymous"
        super().__init__(f"nothing is kept about {person.name}", hint)


def person(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument USER and the flag that it is an anonymous id; its function gets a `person`."""

    @wraps(function)
    def about(user: str, anonymous: bool, **others: Any) -> Any:
        return function(person=Person(user, anonymous), **others)

    return click.argument("user")(anonymous_flag(about))

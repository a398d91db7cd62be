"""`duly prefer`: shows and changes what a person chose."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from duly.cli.connecting import Server, connection
from duly.cli.person import Nobody, Person, person
from duly.cli.prefer.wishes import ConsentText, QuietText, SnoozeText, Wishes, without_told

if TYPE_CHECKING:
    from duly.client import Client
    from duly.v1.user_pb2 import Preferences, User

Command = Callable[..., Any]

_FIELDS = ["zone", "consents", "quiet-hours", "snoozes", "muted-objects", "device-tokens"]


def _many(*names: str, **more: Any) -> Callable[[Command], Command]:
    return click.option(*names, multiple=True, **more)


@click.command("prefer")
@person
@click.option("--zone", metavar="ZONE", help="The time zone they live in, such as Europe/London.")
@_many("--consent", "consents", type=ConsentText(), help="What they said to a category: email/deals=unsubscribed.")
@_many("--quiet", type=QuietText(), help="Leave them alone every day from one time to another: 22:00-07:00.")
@_many("--snooze", "snoozes", type=SnoozeText(), help="Leave them alone for a while, or until then: deals=7d.")
@_many("--mute", "muted", metavar="OBJECT", help="They do not want to hear of this object.")
@_many("--unmute", "unmuted", metavar="OBJECT", help="They want to hear of it again.")
@_many("--device", "devices", nargs=2, metavar="CHANNEL TOKEN", help="Where to reach them, such as push/ios TOKEN.")
@_many("--clear", "cleared", type=click.Choice(_FIELDS), help="Forget all they chose of a kind, before the rest.")
@click.option("--json", "as_json", is_flag=True, help="Print what they have chosen as JSON.")
@connection
def command(server: Server, person: Person, as_json: bool, cleared: tuple[str, ...], **given: Any) -> None:
    """Show what USER chose, or change it on their behalf.

    What is given is added; what is said again of the same thing replaces it. Most options may be repeated, and a
    category may be `all`. What waits for them follows at once. A token needs the scope admin.
    """
    wishes = Wishes(tuple(name.replace("-", "_") for name in cleared), **given)
    with server.client() as client:
        chosen = _changed(client, person, wishes) if wishes.fields() else _shown(client, person)
    click.echo(_text(chosen, as_json))


def _changed(client: Client, person: Person, wishes: Wishes) -> Preferences:
    from duly.v1.user_pb2 import User

    user = _known(client, person) or User()
    fields = wishes.fields()
    return client.set_preferences(preferences=wishes.applied(without_told(user)), fields=fields, **person.ids)


def _shown(client: Client, person: Person) -> Preferences:
    user = _known(client, person)
    if user is None:
        raise Nobody(person)
    return user.preferences


def _known(client: Client, person: Person) -> User | None:
    from duly.client import ServiceError

    try:
        return client.user(**person.ids).user
    except ServiceError as error:
        if error.code != "NOT_FOUND":
            raise
        return None


def _text(chosen: Preferences, as_json: bool) -> str:
    if as_json:
        from google.protobuf.json_format import MessageToJson

        return MessageToJson(chosen, preserving_proto_field_name=True, ensure_ascii=False)
    from duly.cli.prefer.showing import preferences_text

    return preferences_text(chosen)

"""Which commands `duly.toml` reaches."""

import click

from duly.cli.commands import duly as group
from duly.cli.configuration import CLIENTS, PRIVATE


def options():
    """The names of the parameters of every command."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: {parameter.name for parameter in command.params} for name, command in found.items()}


def test_what_stands_under_client_holds_for_all_that_talk_to_a_service():
    assert {name for name, known in options().items() if "to" in known} == set(CLIENTS)


def test_what_stands_under_privacy_holds_for_all_that_can_mask():
    assert {name for name, known in options().items() if "sensitive" in known} == set(PRIVATE)

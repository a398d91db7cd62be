"""The page about the service: a recipe for every call, and tables that agree with the program."""

from __future__ import annotations

import re

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from duly.cli.serve_command import command as serve
from duly.service.errors import INTERNAL, TABLE
from duly.service.methods import SERVICES
from tests.docs.blocks import DOCS

PAGE = (DOCS / "service.md").read_text("utf-8")
METHODS = {method.full_name: method for service in SERVICES for method in service.methods}


def recipes(name: str) -> list[tuple[str, str]]:
    """The tool and the data of each recipe for a method."""
    path = re.escape(name[::-1].replace(".", "/", 1)[::-1])
    return re.findall(rf"^(grpcurl|buf curl) [^\n]*?-d '([^\n]*)' \\\n  \S*[ /]{path}$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_call_has_recipes_that_its_message_understands(method: MethodDescriptor):
    found = recipes(method.full_name)
    assert [tool for tool, _ in found] == ["grpcurl", "buf curl"]
    for _, data in found:
        json_format.Parse(data, GetMessageClass(method.input_type)())


def test_every_option_of_serve_is_in_the_table_with_its_variable():
    for option in serve.params:
        if option.envvar:
            spelling = option.opts[-1] if option.param_type_name == "option" else option.human_readable_name.upper()
            assert f"| `{spelling}` | `{option.envvar}` |" in PAGE


def test_every_error_is_in_the_table():
    for row in {*TABLE.values(), INTERNAL}:
        assert re.search(rf"^\| `{row.code.name}` \| .*`{row.reason}`", PAGE, re.MULTILINE), row

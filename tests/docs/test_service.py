"""The page about the service: a recipe for every call, and tables that agree with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

import grpc
import pytest
from click import Context
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from duly.cli.commands import duly
from duly.cli.serve_command import command as serve
from duly.service.errors import INTERNAL, TABLE
from duly.service.methods import SERVICES
from duly.service.server import Server
from duly.service.settings import Settings
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


def test_every_command_is_in_the_table():
    for name in duly.list_commands(Context(duly)):
        assert re.search(rf"^\| `duly {name}\b[^|]*` \|", PAGE, re.MULTILINE), name


def test_every_error_is_in_the_table():
    for row in {*TABLE.values(), INTERNAL}:
        assert re.search(rf"^\| `{row.code.name}` \| .*`{row.reason}`", PAGE, re.MULTILINE), row


# --- the recipes, asked of a server -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[grpc.Channel]:
    """To a server with the rules of the shop."""
    shop = DOCS.parent / "examples" / "shop"
    files = tuple((name, (shop / name).read_bytes()) for name in ("shop.duly", "tracking-plan.json"))
    store = str(tmp_path_factory.mktemp("store") / "data")
    server = Server(Settings(files, store=store, grpc="127.0.0.1:0", http="", log_level="error", grace=1))
    server.start()
    with grpc.insecure_channel(server.addresses.grpc) as channel:
        yield channel
    server.stop()


def status(channel: grpc.Channel, method: MethodDescriptor, data: str) -> grpc.StatusCode:
    """How the call of a recipe ends."""
    kinds = {
        (True, True): channel.stream_stream,
        (False, True): channel.unary_stream,
        (False, False): channel.unary_unary,
    }
    request = json_format.Parse(data, GetMessageClass(method.input_type)())
    call = kinds[method.client_streaming, method.server_streaming](
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    try:
        answer = call(iter([request]) if method.client_streaming else request, timeout=10)
        if method.server_streaming:
            list(answer)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("method", [m for m in METHODS.values() if m.name != "Watch"], ids=lambda method: method.name)
def test_a_recipe_is_answered_as_the_page_says(channel: grpc.Channel, method: MethodDescriptor):
    data = recipes(method.full_name)[0][1]
    section = PAGE.split(f"\n### {method.name}\n", 1)[1].split("\n### ", 1)[0]
    code = status(channel, method, data)
    if "`UNIMPLEMENTED`" in section.split("```")[0]:
        assert code is grpc.StatusCode.UNIMPLEMENTED
    else:
        assert code in (grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND)

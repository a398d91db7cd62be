"""The recipes of the page about the service, typed as they stand, with grpcurl and `buf curl` themselves."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from duly.service.methods import SERVICES
from tests.docs.blocks import DOCS
from tests.service.conftest import Running, running, track

PAGE = (DOCS / "service.md").read_text("utf-8")
METHODS = [method.full_name for service in SERVICES for method in service.methods]
TOOLS = {"grpcurl": "grpcurl", "buf curl": "buf"}
ENDLESS = {"duly.v1.DecisionService.Watch"}
MAY_BE_MISSING = re.compile(r"NotFound|not_found")
"""Ids and versions on the page are those of somebody else's store."""


def program(name: str) -> str:
    """A tool beside this interpreter or on the path; skips where there is none."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with the rules of the shop, in a process of its own."""
    folder = DOCS.parent / "examples" / "shop"
    files = {name: (folder / name).read_text("utf-8") for name in ("shop.duly", "tracking-plan.json")}
    with running(files=files, store=str(tmp_path_factory.mktemp("store") / "data")) as server:
        yield server


def typed(tool: str, method: str, address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the recipe of a method as a shell does, against a server elsewhere than on the page."""
    path = re.escape(method[::-1].replace(".", "/", 1)[::-1])
    found = re.search(rf"^{tool} [^\n]*\\\n[^\n]*[ /]{path}$", PAGE, re.MULTILINE)
    assert found is not None, f"no recipe of {tool} for {method}"
    line = found[0].replace("127.0.0.1:50051", address)
    name = TOOLS[tool]
    command = ["bash", "-c", line.replace(name, program(name), 1)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in ENDLESS])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_recipe_does_what_the_page_says(shop: Running, tmp_path: Path, tool: str, method: str):
    done = typed(tool, method, shop.address, tmp_path)
    assert done.returncode == 0 or MAY_BE_MISSING.search(done.stderr), done.stderr


def test_grpcurl_lists_and_describes_every_service(shop: Running):
    def grpcurl(*arguments: str) -> str:
        command = [program("grpcurl"), "-plaintext", shop.address, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    listed = grpcurl("list").split()
    assert {service.full_name for service in SERVICES} < set(listed)
    assert "grpc.health.v1.Health" in listed
    for service in SERVICES:
        names = {method.full_name for method in service.methods}
        assert set(grpcurl("list", service.full_name).split()) == names
        assert "is a service" in grpcurl("describe", service.full_name)


def test_grpcurl_is_told_the_status_and_the_fields_of_a_refusal(shop: Running):
    command = [program("grpcurl"), "-plaintext", "-d", "{}", shop.address, "duly.v1.DecisionService/Decide"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "Code: InvalidArgument" in done.stderr
    assert "user_id or anonymous_id is required" in done.stderr


def test_grpcurl_is_handed_what_is_due_and_reports_it():
    with running() as server:

        def grpcurl(data: object, method: str) -> subprocess.Popen[str]:
            command = [program("grpcurl"), "-plaintext", "-d", json.dumps(data), server.address, f"duly.v1.{method}"]
            return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

        server.ingest(track("Order Completed", "o1", "ada", order_id="A1"))
        with grpcurl({"worker": "w", "max_in_flight": 1}, "DecisionService/Watch") as watching:
            handed = first_object(watching.stdout)
            outcome = {"decision_id": handed["decision"]["decision_id"], "type": "OUTCOME_TYPE_SENT"}
            with grpcurl({"outcomes": [outcome]}, "DecisionService/Report") as reporting:
                assert first_object(reporting.stdout)["results"][0]["status"] == "REPORT_STATUS_RECORDED"
            watching.kill()
        assert (handed["attempt"], handed["decision"]["message"]["body"]) == (1, "Thanks for A1")


def first_object(lines: Iterable[str]) -> dict[str, Any]:
    """The first JSON object of a stream of them."""
    text = ""
    for line in lines:
        text += line
        if line == "}\n":
            return json.loads(text)
    pytest.fail(f"the stream ended: {text}")

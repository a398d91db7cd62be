"""The page about HTTP says what is so."""

from __future__ import annotations

import json
import re

from duly.service.http.body import _SECONDS, LARGEST
from duly.service.http.face import _KEEP_ALIVE
from duly.service.http.intake import _MOST_LISTED
from duly.service.http.segment import LARGEST_EVENT
from duly.service.http.threads import MOST_REQUESTS
from tests.docs.blocks import DOCS
from tests.http.conftest import track

PAGE = " ".join((DOCS / "http.md").read_text("utf-8").split())


def test_the_recipe_is_answered(desk):
    (body,) = re.findall(r"curl .*? -d '([^']*)'", PAGE)
    assert desk.send("/v1/batch", body.encode()).body["accepted"] == 1


def test_the_answer_looks_as_shown(desk):
    shown = json.loads(re.search(r"```json (.*?) ```", PAGE)[1])
    assert desk.batch(track("shown"), track("bad", event="")).body == shown


def test_the_bounds_are_those_of_the_program():
    assert f"({LARGEST:,} bytes, unpacked)" in PAGE and f"({LARGEST_EVENT:,} bytes)" in PAGE
    assert f"At most {MOST_REQUESTS} requests" in PAGE and f"kept for {_KEEP_ALIVE} seconds" in PAGE
    assert f"up to {_MOST_LISTED} bad ones" in PAGE and f"longer than {_SECONDS:g} seconds" in PAGE


def test_every_path_is_listed(desk):
    app = desk.server._http._server.config.app
    for route in app.routes:
        assert f"{route.path}`" in PAGE

"""`duly schema infer`: a tracking plan out of recorded events."""

import gzip
import json

import pytest

from duly.vocabulary.tracking_plan import read_tracking_plan
from duly.vocabulary.types import Type


@pytest.fixture
def infer(duly, tmp_path):
    def call(*events, code=0):
        (tmp_path / "events.ndjson").write_text("".join(f"{json.dumps(event)}\n" for event in events))
        outcome = duly("schema", "infer", "events.ndjson")
        assert outcome.code == code, outcome.err
        return read_tracking_plan(outcome.out)

    return call


def track(**properties):
    return {"type": "track", "event": "E", "properties": properties}


def test_types_are_those_that_were_seen(infer):
    plan = infer(
        track(n=1, x=1, s="a", b=True, l=[1], o={"in": {"deep": 1}}, d="2026-01-02", t="2026-01-02T03:04:05Z", u=1),
        track(n=2, x=1.5, s="b", b=False, l=[], o={"in": {"deep": 2}}, d="2026-01-03", t="2026-01-02T03:04Z", u="one"),
    )
    types = {".".join(path): known.type for path, known in plan.events["E"].properties.items()}
    assert types == {
        "n": Type.NUMBER,
        "x": Type.NUMBER,
        "s": Type.TEXT,
        "b": Type.BOOLEAN,
        "l": Type.LIST,
        "o": Type.OBJECT,
        "o.in": Type.OBJECT,
        "o.in.deep": Type.NUMBER,
        "d": Type.DATE,
        "t": Type.INSTANT,
        "u": Type.ANY,
    }


def test_required_is_what_was_always_there(infer):
    plan = infer(track(a=1, b=1, c=None), track(a=2, c=3))
    assert {path[0] for path, known in plan.events["E"].properties.items() if known.required} == {"a"}


def test_a_text_with_a_few_values_is_one_of_a_list(infer):
    plan = infer(*(track(size="SML"[n % 3], id=f"id-{n}", currency="GBP") for n in range(90)))
    enums = {path[0]: known.enum for path, known in plan.events["E"].properties.items()}
    assert enums == {"size": ("L", "M", "S"), "id": (), "currency": ()}


def test_traits_and_odd_names_come_along(infer):
    odd = {"type": "track", "event": "42 == odd ++ name"}
    plan = infer(odd, {"type": "identify", "traits": {"vip": True}}, {"type": "page", "name": "x"})
    assert list(plan.events) == ["42 == odd ++ name"]
    assert plan.traits.type_of(("vip",)) is Type.BOOLEAN


def test_lines_that_are_no_events_are_shown_and_skipped(duly, tmp_path):
    (tmp_path / "events.ndjson").write_text('{"event": "E", "properties": {"a": 1}}\n\nnonsense\n[1]\n')
    outcome = duly("schema", "infer", "events.ndjson")
    assert outcome.code == 1
    assert "events.ndjson:3: not a JSON object" in outcome.err
    assert list(read_tracking_plan(outcome.out).events) == ["E"]


def test_packed_files_and_the_standard_input_are_read(duly, tmp_path):
    line = json.dumps(track(a=1)).encode() + b"\n"
    (tmp_path / "events.ndjson.gz").write_bytes(gzip.compress(line))
    outcome = duly("schema", "infer", "events.ndjson.gz", "-", "-o", "plan.json", stdin=line)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "2 events read, 1 kind of events, 0 of other types\n"
    assert list(read_tracking_plan((tmp_path / "plan.json").read_text()).events) == ["E"]


def test_a_file_that_breaks_off_or_is_missing_is_told(duly, tmp_path):
    (tmp_path / "cut.gz").write_bytes(gzip.compress(json.dumps(track(a=1)).encode() * 100)[:-12])
    outcome = duly("schema", "infer", "cut.gz")
    assert outcome.code == 2
    assert "cut.gz: it is cut off" in outcome.err
    assert (
        duly("schema", "infer", "nowhere.ndjson").err == "duly: cannot read nowhere.ndjson: no such file or directory\n"
    )

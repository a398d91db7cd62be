"""Tracking plans in the shapes they come in."""

from __future__ import annotations

import json

import pytest

from duly.vocabulary.tracking_plan import PropertyType, UnreadablePlan, plan_beside, read_tracking_plan
from duly.vocabulary.types import Type


def event(name, properties, required=(), version=1):
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "TRACK", "key": name, "version": version, "jsonSchema": {"properties": {"properties": schema}}}


def test_the_public_api_nests_properties():
    plan = read_tracking_plan(
        json.dumps({"data": {"trackingPlan": {"rules": [event("A", {"x": {"type": "number"}}, ["x"])]}}})
    )
    assert plan.events["A"].properties == {("x",): PropertyType(Type.NUMBER, required=True)}


def test_typewriter_has_properties_at_the_top():
    schema = {"type": "object", "properties": {"odd name": {"type": ["string", "null"]}}, "required": ["odd name"]}
    plan = read_tracking_plan(json.dumps({"rules": [{"type": "TRACK", "key": "a == b", "jsonSchema": schema}]}))
    assert plan.events["a == b"].properties == {("odd name",): PropertyType(Type.TEXT, required=True)}


def test_the_older_shape_lists_events_under_rules():
    rules = {"properties": {"properties": {"type": "object", "properties": {"x": {"type": "boolean"}}}}}
    traits = {"properties": {"traits": {"type": "object", "properties": {"age": {"type": "integer"}}}}}
    plan = read_tracking_plan(json.dumps({"rules": {"events": [{"name": "A", "rules": rules}], "identify": traits}}))
    assert plan.events["A"].type_of(("x",)) is Type.BOOLEAN
    assert plan.traits.type_of(("age",)) is Type.NUMBER


def test_versions_of_an_event_are_united():
    first = event("A", {"x": {"type": "number"}, "y": {"type": "string"}}, ["x", "y"])
    second = event("A", {"x": {"type": "string"}, "y": {"type": "string"}, "z": {}}, ["y", "z"], version=2)
    properties = read_tracking_plan(json.dumps({"rules": [first, second]})).events["A"].properties
    assert properties[("x",)] == PropertyType(Type.ANY)
    assert properties[("y",)] == PropertyType(Type.TEXT, required=True)
    assert properties[("z",)] == PropertyType(Type.ANY)


def test_types_may_be_nested_joined_missing_or_odd():
    properties = {
        "garage": {"type": "object", "properties": {"door": {"type": "boolean"}}, "required": ["door"]},
        "either": {"type": ["string", "number"]},
        "colour": {"enum": ["red", "blue"]},
        "fixed": {"const": 3},
        "when": {"type": "string", "format": "date-time"},
        "odd": {"type": 7},
        "list": {"type": "array", "items": {"type": "object"}},
        "wrong": 3,
    }
    read = read_tracking_plan(json.dumps({"rules": [event("A", properties, ["garage"])]})).events["A"]
    assert read.properties[("garage", "door")] == PropertyType(Type.BOOLEAN, required=True)
    assert read.type_of(("either",)) is Type.ANY
    assert read.properties[("colour",)] == PropertyType(Type.TEXT, enum=("red", "blue"))
    assert read.properties[("fixed",)] == PropertyType(Type.NUMBER, enum=(3,))
    assert read.type_of(("when",)) is Type.INSTANT
    assert read.type_of(("list",)) is Type.LIST
    assert read.type_of(("odd",)) is read.type_of(("wrong",)) is read.type_of(("unheard of",)) is Type.ANY


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not valid JSON"),
        ("[" * 100_000, "it is not valid JSON"),
        ("3", "it has no `rules`"),
        ('{"rules": [3]}', "a rule in it is not an object"),
        ('{"rules": [{"type": "TRACK"}]}', "an event in it has no name"),
        ('{"rules": {"events": 3}}', "its `rules.events` is not a list"),
    ],
)
def test_what_is_no_tracking_plan_says_why(text, why):
    with pytest.raises(UnreadablePlan, match="^" + why.replace(".", r"\.") + "$"):
        read_tracking_plan(text)


def test_a_plan_is_found_beside_the_rule_file(tmp_path):
    (tmp_path / "plan.json").write_text(json.dumps({"rules": [event("A", {})]}))
    assert list(plan_beside(str(tmp_path / "rules.duly"), "plan.json").events) == ["A"]
    with pytest.raises(FileNotFoundError):
        plan_beside(str(tmp_path / "rules.duly"), "other.json")
    (tmp_path / "latin.json").write_bytes(b'"\xe9"')
    with pytest.raises(UnreadablePlan, match="UTF-8"):
        plan_beside(str(tmp_path / "rules.duly"), "latin.json")

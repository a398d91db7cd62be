"""Objects in their two forms, JSON and protobuf Struct, to and from dictionaries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from duly.engine.event import MAX_BYTES, MAX_DEPTH, Object, depth_exceeds
from duly.service.convert.flawed import Flawed, flawed

_LEVELS = 30

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def object_of_json(raw: bytes, field: str) -> Object:
    """The object that JSON text holds; raises `Flawed` for anything else, too much of it or too deep."""
    if len(raw) > MAX_BYTES:
        raise _too_long(len(raw), field)
    try:
        value = _decode(raw)
    except RecursionError:
        raise _too_deep(field) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise flawed(field, "invalid-json", f"{field} is not JSON: {error}") from None
    if type(value) is not dict:
        raise flawed(field, "not-an-object", f"{field} must be a JSON object")
    # No nesting is deeper than there are brackets, which is far cheaper to find out.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and depth_exceeds(value):
        raise _too_deep(field)
    return value


def object_of_struct(struct: Struct, field: str) -> tuple[Object, bytes]:
    """The object that a Struct holds and its JSON; NaN and infinities, which JSON lacks, become null."""
    try:
        value = {name: _value(item) for name, item in struct.fields.items()}
    except RecursionError:
        raise _too_deep(field) from None
    if depth_exceeds(value):
        raise _too_deep(field)
    raw = _encode(value)
    if len(raw) > MAX_BYTES:
        raise _too_long(len(raw), field)
    return value, raw


def put_object(struct: Struct, value: Mapping[str, Any], levels: int = _LEVELS) -> None:
    """
    Fill a Struct.

    Numbers that no double can hold become text, and so does, as JSON, what is nested deeper than `levels`: a Struct
    nests three messages a level, and readers of protobuf stop at a hundred.
    """
    for name, item in value.items():
        _put(struct.fields[name], item, levels - 1)


def _value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return number if math.isfinite(number) else None
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return {name: _value(item) for name, item in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return None


def _put(target: Value, item: Any, levels: int) -> None:
    if item is None:
        target.null_value = 0  # type: ignore[assignment]  # the one member of NullValue
    elif isinstance(item, bool):
        target.bool_value = item
    elif isinstance(item, int | float):
        _put_number(target, item)
    elif isinstance(item, Mapping | list | tuple) and not levels:
        target.string_value = _encode(item).decode()
    elif isinstance(item, Mapping):
        target.struct_value.SetInParent()
        put_object(target.struct_value, item, levels)
    elif isinstance(item, list | tuple):
        _put_list(target.list_value, item, levels)
    else:
        target.string_value = str(item)


def _put_number(target: Value, number: float) -> None:
    try:
        target.number_value = float(number)
    except OverflowError:
        target.string_value = str(number)


def _put_list(target: ListValue, items: list[Any] | tuple[Any, ...], levels: int) -> None:
    target.SetInParent()
    for item in items:
        _put(target.values.add(), item, levels - 1)


def _too_long(length: int, field: str) -> Flawed:
    return flawed(field, "too-long", f"{field} has {length} bytes as JSON, at most {MAX_BYTES} are allowed")


def _too_deep(field: str) -> Flawed:
    return flawed(field, "too-deep", f"{field} is nested too deep, at most {MAX_DEPTH} levels are allowed")

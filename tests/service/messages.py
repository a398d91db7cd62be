"""Messages made at random from their descriptors, of values that make sense here or are known to make trouble."""

from __future__ import annotations

import random
from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

GOOD = (
    *("ada", "ben", "device", "thanks", "saved_sale", "default", "push", "boots", "m1", "m2", "shop.duly"),
    *("Order Completed", "Product Sale", "Product Added to Wishlist", "Europe/London", "22:00", "07:00", "zone"),
)
BAD = ("", " ", "x\0", "a\nb", "x" * 257, "é" * 256, "😀", "\u202e", "a/b", "*", "0" * 40, "f" * 40, "AAAA", "!", "1-0")
OBJECTS = (
    *(b"{}", b'{"product_id": "boots"}', b'{"total": 120, "order_id": "x"}', b'{"timezone": "Asia/Tokyo"}'),
    *(b'{"timezone": "Mars/X", "device_tokens": 5}', b'{"device_tokens": ["t", {"token": 1}, {"token": "x"}]}'),
    *(b'{"a": 99999999999999999999999999}', b'{"product_id": 99999999999999999999999999}', b'{"product_id": null}'),
)
NO_OBJECTS = (
    *(b"", b"[]", b"{", b"\xff", b'{"a": 1e400}', b'{"a": NaN}', b'{"\\ud800": 1}', b"[" * 99 + b"]" * 99),
    *(b"rule x when A, max 1/day", b"when Order Completed where", b"rule x when A where " + b"(" * 999),
)
TIMES = (0, 1, 60, 1_700_000_000, 1_893_499_200)
NO_TIMES = (-1, 253_402_300_799, 253_402_300_800, -62_135_596_801, 2**63 - 1, -(2**63))
NUMBERS = (0, 1, 2, 3, 7, 50)
NO_NUMBERS = (-1, 99, 2**31 - 1, -(2**31))
DOUBLES = (0.0, -0.5, 1e308, float("inf"), float("nan"))
CHANGING = ("PublishRules", "RollbackRules")
"""Calls that would change the rules under the others; they are validated only."""

_DEEPEST = 5
_VALUES = {
    FieldDescriptor.TYPE_STRING: (GOOD, BAD),
    FieldDescriptor.TYPE_BYTES: (OBJECTS, NO_OBJECTS),
    FieldDescriptor.TYPE_INT64: (TIMES, NO_TIMES),
    FieldDescriptor.TYPE_INT32: (NUMBERS, NO_NUMBERS),
    FieldDescriptor.TYPE_DOUBLE: (DOUBLES, DOUBLES),
    FieldDescriptor.TYPE_BOOL: ((False, True), (False, True)),
}


@dataclass(frozen=True)
class Maker:
    """Sets each field with the probability `likely`, lists several times, and to trouble with that of `trouble`."""

    rng: random.Random
    likely: float
    trouble: float

    def fill(self, message: Message, depth: int = 0) -> None:
        for field in message.DESCRIPTOR.fields:
            if depth > _DEEPEST or self.rng.random() > self.likely:
                continue
            if field.message_type is not None and field.message_type.GetOptions().map_entry:
                for _ in range(self.rng.randrange(3)):
                    self.fill(getattr(message, field.name)[self.rng.choice(GOOD)], depth + 1)
            elif field.is_repeated:
                for _ in range(self.rng.randrange(4)):
                    self._append(getattr(message, field.name), field, depth)
            elif field.message_type is not None:
                child = getattr(message, field.name)
                child.SetInParent()
                self.fill(child, depth + 1)
            else:
                setattr(message, field.name, self._value(field))

    def _append(self, items, field: FieldDescriptor, depth: int) -> None:
        if field.message_type is None:
            items.append(self._value(field))
        else:
            self.fill(items.add(), depth + 1)

    def _value(self, field: FieldDescriptor):
        troubled = self.rng.random() < self.trouble
        if field.type == FieldDescriptor.TYPE_ENUM:
            return self.rng.choice((-1, 99) if troubled else [*field.enum_type.values_by_number])
        return self.rng.choice(_VALUES[field.type][troubled])

"""
The rules, users and events of the benchmarks.

A shop of 5,000 products in 1,000 categories, with a rule about sales for each category. A quarter of the rules wait for
18:00 on the user's clock, the others send at any time; all are capped. Each of 20,000 users lives in one of five zones
and has saved five products. A question is about a sale of a product. One in five is about a product that the user has
not saved, where no rule has anything to say; a third of the others repeats a sale the user was asked about shortly
before. That makes about four NOTIFY, two DEFER, two SUPPRESS because of the cap, and two without a verdict out of ten,
for users who have a handful of sends and pending notifications each.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator

from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_pb2

RULES = 1_000
USERS = 20_000
PRODUCTS = 5_000

UNSAVED = 0.2
REPEATED = 1 / 3
RECENT = 1_000
"""How many of the latest sales a repeated one is drawn from."""

HEADER = """
event Product Sale about product
relation saved: user to product by product_id, added by Product Saved, removed by Product Unsaved
relation bought: user to product by sku, added by Product Added, removed by Product Removed
"""

RULE = """
rule sale_{number}
  when Product Sale
  where category = "c{number}" and user saved product and discount >= {discount}%
{timing}  max 1/day, max 3 per 7 days
  send "{{product.name or 'It'}} is on sale" link "shop://product/{{product.product_id}}"
"""


def rules(number: int = RULES) -> str:
    """A rule file: one rule for each category of product."""
    return HEADER + "".join(_rule(n) for n in range(number))


def _rule(number: int) -> str:
    timing = "" if number % 4 else "  at 18:00 local\n"
    return RULE.format(number=number, discount=10 + number % 30, timing=timing)


def save_events() -> Iterator[event_pb2.Event]:
    """Everybody says where they live and saves five products."""
    zones = ("Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Los_Angeles")
    for user, products in enumerate(saved_products()):
        yield event_pb2.Event(
            message_id=f"i{user}",
            type=event_pb2.EVENT_TYPE_IDENTIFY,
            user_id=f"user-{user}",
            traits_json=json.dumps({"timezone": zones[user % len(zones)]}).encode(),
        )
        for product in products:
            yield track(f"s{user}-{product}", "Product Saved", f"user-{user}", product_id=f"p{product}")


def saved_products() -> list[list[int]]:
    """The five products that each user has saved, the same in every run."""
    chance = random.Random(1)
    return [chance.sample(range(PRODUCTS), 5) for _ in range(USERS)]


def track(message_id: str, event: str, user_id: str, /, **properties: object) -> event_pb2.Event:
    return event_pb2.Event(
        message_id=message_id,
        type=event_pb2.EVENT_TYPE_TRACK,
        event=event,
        user_id=user_id,
        properties_json=json.dumps(properties).encode(),
    )


def questions(seed: int, number: int) -> list[pb.DecideRequest]:
    """As described at the top; questions of different seeds are about different sales of the same products."""
    chance = random.Random(seed)
    saved = saved_products()
    recent: deque[tuple[int, int]] = deque(maxlen=RECENT)
    asked = []
    for count in range(number):
        if recent and chance.random() < REPEATED:
            user, product = chance.choice(recent)
        else:
            user = chance.randrange(USERS)
            product = chance.choice(saved[user])
            recent.append((user, product))
        if chance.random() < UNSAVED:
            product = chance.randrange(PRODUCTS)
        asked.append(pb.DecideRequest(user_id=f"user-{user}", event=_sale(f"q{seed}-{count}", product)))
    return asked


def _sale(message_id: str, product: int) -> event_pb2.Event:
    return track(
        message_id,
        "Product Sale",
        "",
        product_id=f"p{product}",
        category=f"c{product % RULES}",
        name=f"Product {product}",
        discount=0.5,
        price=19.99,
        currency="EUR",
    )

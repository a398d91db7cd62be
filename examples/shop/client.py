"""
What a shop's own services do: the shop tells what happens, asks, and a worker sends what has become due.

    duly serve examples/shop
    python examples/shop/client.py [127.0.0.1:50051]
"""

from __future__ import annotations

import sys
from contextlib import closing
from uuid import uuid4

from duly.client import Client, identify, track
from duly.v1.decision_pb2 import Decision, Verdict


def main(address: str = "127.0.0.1:50051") -> None:
    with Client(address) as client:
        user, order = f"ada-{uuid4().hex[:6]}", uuid4().hex[:6]
        tell(client, user)
        ask(client, user)
        client.ingest([track("Order Shipped", user_id=user, properties={"order_id": order})])
        work(client, most=1)


def tell(client: Client, user: str) -> None:
    """Once this returns, both events are durable."""
    client.ingest(
        [
            identify(user, traits={"timezone": "America/New_York"}),
            track("Product Added to Wishlist", user_id=user, properties={"product_id": "boots"}),
        ]
    )


def ask(client: Client, user: str) -> None:
    """What would happen if the boots went on sale now; a peek changes nothing."""
    sale = track("Product Sale", properties={"product_id": "boots", "name": "Red boots", "discount": 0.3})
    for decision in client.decide(user, event=sale, mode="peek", explain="gates").decisions:
        print(said(decision))
        for gate in decision.gates:
            print(f"  {gate.name:12} {gate.description}")


def work(client: Client, most: int) -> None:
    """Send what is due and report it; whatever is not reported comes again when its lease runs out."""
    with closing(client.watch(worker="push-1", categories=["orders"], max_in_flight=1)) as notifications:
        for number, notification in enumerate(notifications, 1):
            decision = notification.decision
            print(f"to {decision.user_id}: {decision.message.body} ({decision.message.link})")
            client.report(decision.decision_id, "sent")
            if number == most:
                return


def said(decision: Decision) -> str:
    return f"{Verdict.Name(decision.verdict).removeprefix('VERDICT_')} by {decision.rule}: {decision.description}"


if __name__ == "__main__":
    main(*sys.argv[1:])

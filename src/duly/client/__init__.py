"""
Talks to a duly service.

    from duly.client import Client, track

    with Client("127.0.0.1:50051") as client:
        client.ingest([track("Product Sale", properties={"product_id": "boots", "discount": 0.3})])
        for decision in client.decide("ada").decisions:
            print(decision.description)

Calls return the messages of `duly.v1`. What fails raises `ServiceError`.
"""

from duly.client.client import Client
from duly.client.errors import ServiceError, Unavailable, Violation
from duly.client.events import identify, track

__all__ = ["Client", "ServiceError", "Unavailable", "Violation", "identify", "track"]

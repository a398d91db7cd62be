"""
Talks to a duly service.

    from duly.client import Client, track

    with Client("127.0.0.1:50051") as client:
        client.ingest([track("Product Sale", properties={"product_id": "boots", "discount": 0.3})])
        if decision := client.should_notify("ada"):
            print(decision.message.body)

`AsyncClient` has the same methods for an event loop. Calls return the messages of `duly.v1`. What fails raises
`ServiceError`.
"""

from duly.client.async_client import AsyncClient
from duly.client.client import Client
from duly.client.errors import ServiceError, Unavailable, Violation
from duly.client.events import identify, track
from duly.client.requests import outcome, question

__all__ = [
    "AsyncClient",
    "Client",
    "ServiceError",
    "Unavailable",
    "Violation",
    "identify",
    "outcome",
    "question",
    "track",
]

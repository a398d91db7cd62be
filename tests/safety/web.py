"""Requests over HTTP, with and without TLS, by the client of the standard library."""

from __future__ import annotations

import base64
import json
import ssl
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def trusting(certificates, name=""):
    """What a client speaks TLS with that trusts the authority, and comes with a certificate of its own if named."""
    context = ssl.create_default_context(cafile=certificates / "authority.pem")
    if name:
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return context


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()} if key else {}


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


def track(message_id, user="una", event="Product Added to Wishlist"):
    message = {"type": "track", "event": event, "userId": user, "messageId": message_id}
    return message | {"properties": {"product_id": "boots"}}


def fetch(url, body=None, headers=None, context=None):
    """Status and text of an answer; `body` is JSON, or bytes as they are."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urlopen(Request(url, content, headers or {}), timeout=20, context=context) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()

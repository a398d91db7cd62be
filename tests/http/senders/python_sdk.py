"""
An app that sends events with one of the Python SDKs, unmodified: `python_sdk.py segment|rudder HOST KEY COUNT`.

It sends one half, says so, waits for a line, and sends the other half. What the SDK gives up on it sends again, as an
app would that must not lose anything.
"""

from __future__ import annotations

import json
import sys

TYPES = ("track", "identify", "track", "page", "screen", "group", "alias", "track")


def client_of(sdk, host, key, failed):
    """The SDK's client, with batches small enough that there are several."""
    if sdk == "segment":
        from segment.analytics.client import Client
    else:
        from rudderstack.analytics.client import Client

    def give_up(error, items):
        failed.extend((getattr(error, "status", 0), item["messageId"]) for item in items)

    return Client(key, host=host, on_error=give_up, gzip=True, upload_size=5, upload_interval=0.2)


def send(client, message_id):
    number = int(message_id.rpartition("-")[2])
    user = f"user-{number % 3}"
    match TYPES[number % len(TYPES)]:
        case "track":
            client.track(user, "Sent", {"number": number}, message_id=message_id)
        case "identify":
            client.identify(user, {"plan": "pro"}, message_id=message_id)
        case "page":
            client.page(user, "shop", "Home", message_id=message_id)
        case "screen":
            client.screen(user, "shop", "Home", message_id=message_id)
        case "group":
            client.group(user, "team", {"size": 3}, message_id=message_id)
        case "alias":
            client.alias(f"before-{number}", user, message_id=message_id)


def main(sdk, host, key, count):
    failed, statuses = [], []
    client = client_of(sdk, host, key, failed)
    ids = [f"{sdk}-{number}" for number in range(int(count))]
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        waiting = half
        while waiting:
            for message_id in waiting:
                send(client, message_id)
            client.flush()
            statuses += [status for status, _ in failed]
            waiting = [message_id for _, message_id in failed]
            failed.clear()
        print(json.dumps({"refused": sorted(set(statuses))}), flush=True)  # noqa: T201
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])

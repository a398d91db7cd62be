"""
A worker: takes what has become due, sends it to the user's devices, and reports.

    duly serve examples/shop
    python examples/worker/stub.py 127.0.0.1:9090
    python examples/worker/worker.py 127.0.0.1:50051 http://127.0.0.1:9090
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from threading import Semaphore
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from payloads import Post, posts

from duly.client import Client
from duly.v1.decision_service_pb2 import Notification

PROJECT = os.environ.get("FCM_PROJECT", "shop")
TOPIC = os.environ.get("APNS_TOPIC", "com.example.shop")
TOKEN = os.environ.get("PUSH_TOKEN", "")
IN_FLIGHT = 100
THREADS = 16
LEASE = timedelta(seconds=60)
PAUSES = (0.2, 1.0)
"""Seconds before a busy provider is asked again."""

BUSY = (429, 500, 502, 503, 504)


def main(address: str, provider: str, most: int = 0) -> None:
    """Work until interrupted, or until `most` notifications are dealt with."""
    room = Semaphore(IN_FLIGHT)
    with Client(address) as client, ThreadPoolExecutor(THREADS) as threads:
        watch = client.watch(worker="push", channels=["push"], max_in_flight=IN_FLIGHT, lease=LEASE)
        with closing(watch):
            for number, notification in enumerate(watch, 1):
                room.acquire()
                done = threads.submit(work, client, provider, notification)
                done.add_done_callback(lambda _: room.release())
                if number == most:
                    return


def work(client: Client, provider: str, notification: Notification) -> None:
    """Send and report. What is not reported, because this process ended, comes again when the lease is over."""
    if notification.lease_expire_time.ToDatetime(UTC) <= datetime.now(UTC):
        return  # it is another worker's by now
    decision = notification.decision
    answers = [send(provider, post) for post in posts(notification, PROJECT, TOPIC, datetime.now(UTC))]
    if "" in answers:
        client.report(decision.decision_id, "sent")
        say(f"sent {decision.rule} to {decision.user_id}: {decision.message.body}")
    else:
        why = ", ".join(answers) or "no device, or too late"
        client.report(decision.decision_id, "failed", description=why)
        say(f"failed {decision.rule} to {decision.user_id}: {why}")


def say(line: str) -> None:
    """Print a line in one piece, so that those of several threads do not mix."""
    print(line + "\n", end="", flush=True)


def send(provider: str, post: Post) -> str:
    """Why the provider refused; empty if it did not."""
    for pause in (*PAUSES, None):
        status = posted(provider, post)
        if status < 300:
            return ""
        if status not in BUSY or pause is None:
            break
        time.sleep(pause)
    return "unregistered" if status in (404, 410) else f"status {status}"


def posted(provider: str, post: Post) -> int:
    """The status that the provider answered with; 503 if it did not answer."""
    authorization = {"authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    request = Request(provider + post.path, post.body, post.headers | authorization, method="POST")
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except (URLError, HTTPException, OSError):
        return 503


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))

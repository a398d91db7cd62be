"""The events of a real shop, and what an independent count over them gives."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVENTS = ROOT.parent / "shared" / "data" / "online-retail-events.ndjson.gz"
SKU = "85123A"

RULES = """
relation bought: user to product by sku, added by Product Added, removed by Product Removed

rule sale
  when Product Sale where user bought product
  send "{sku} is on sale"
"""


def lines(limit: int | None = None) -> Iterator[str]:
    with gzip.open(EVENTS, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if limit is not None and number >= limit:
                return
            yield line


def distinct(limit: int | None = None) -> int:
    """How many message ids there are: the file repeats some hundred, and an id is taken in once."""
    return len({json.loads(line)["messageId"] for line in lines(limit)})


def buyers(sku: str, limit: int | None = None) -> set[tuple[str, str]]:
    """
    Who has bought a product and not returned it: for each user the latest event decides, of equals the last.

    As (user id, anonymous id), one of them empty.
    """
    latest: dict[tuple[str, str], tuple[str, bool]] = {}
    taken: set[str] = set()
    for line in lines(limit):
        event = json.loads(line)
        if event["messageId"] in taken:
            continue
        taken.add(event["messageId"])
        if event.get("event") not in ("Product Added", "Product Removed") or event["properties"].get("sku") != sku:
            continue
        user = event.get("userId") or ""
        who = (user, "" if user else event["anonymousId"])
        said = (event["timestamp"], event["event"] == "Product Added")
        if who not in latest or said[0] >= latest[who][0]:
            latest[who] = said
    return {who for who, (_, bought) in latest.items() if bought}

"""Runs the shop's rules in a real service, feeds it events over gRPC and prints the verdicts with their reasons."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from duly.client import Client, identify, track
from duly.v1.decision_pb2 import GATE_STATUS_FAIL, GATE_STATUS_PASS, GATE_STATUS_WAIVED, Decision, Verdict

SHOP = Path(__file__).parent
MARKS = {GATE_STATUS_PASS: "[green]✓[/]", GATE_STATUS_FAIL: "[red]✗[/]", GATE_STATUS_WAIVED: "[yellow]-[/]"}
CITIES = (
    "Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok", "Asia/Dhaka", "Asia/Karachi",
    "Asia/Dubai", "Europe/Moscow", "Europe/Helsinki", "Europe/Paris", "Europe/London", "Atlantic/Azores",
    "America/Noronha", "America/Sao_Paulo", "America/Halifax", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "Pacific/Pago_Pago", "Etc/GMT+12",
)  # fmt: skip

console = Console(width=110, highlight=False)


@contextmanager
def service() -> Iterator[str]:
    """A service with the shop's rules on a store in a temporary folder; gives its address."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "duly", "serve", str(SHOP), "--data", data, "--grpc", "127.0.0.1:0"]
        process = subprocess.Popen(
            [*command, "--http", "off", "--log-level", "error"], stdout=subprocess.PIPE, text=True
        )
        try:
            yield listening_address(process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def listening_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return found[0]
    raise SystemExit("the service did not start")


def evening_city(now: datetime) -> str:
    """A city in which it is between 18:00 and 19:00 now."""
    return next((city for city in CITIES if now.astimezone(ZoneInfo(city)).hour == 18), "UTC")


def morning_city(now: datetime) -> str:
    """A city in which it is between 09:00 and 10:00 now."""
    return next((city for city in CITIES if now.astimezone(ZoneInfo(city)).hour == 9), "UTC")


def show(question: str, decisions: list[Decision]) -> None:
    console.print(f"\n[bold]{question}[/]")
    if not decisions:
        console.print("  nothing to say: no rule concerns this user")
    for decision in decisions:
        verdict = Verdict.Name(decision.verdict).removeprefix("VERDICT_")
        console.print(f"  [bold cyan]{verdict}[/] by {decision.rule}: {decision.description}")
        if decision.message.body:
            console.print(f"  “{decision.message.title}” {decision.message.body} [dim]{decision.message.link}[/]")
        table = Table(box=None, padding=(0, 1), show_header=False)
        for gate in decision.gates:
            table.add_row("   ", MARKS.get(gate.status, "[dim]·[/]"), gate.name, f"[dim]{gate.description}[/]")
        console.print(table)


def main() -> None:
    now = datetime.now(UTC)
    with service() as address, Client(address) as client:
        console.print(f"service on {address}, rules of {SHOP.name}/, store in a temporary folder")
        client.ingest(
            [
                identify("ada", traits={"timezone": evening_city(now)}),
                identify("ben", traits={"timezone": morning_city(now)}),
                identify("cleo", traits={"timezone": evening_city(now)}),
                track("Product Added to Wishlist", user_id="ada", properties={"product_id": "boots"}),
                track("Product Added to Wishlist", user_id="ada", properties={"product_id": "scarf"}),
                track("Product Added to Wishlist", user_id="ben", properties={"product_id": "boots"}),
            ]
        )
        console.print("ada and ben saved the boots, cleo did not; it is six in the evening for ada, morning for ben")
        boots = track("Product Sale", properties={"product_id": "boots", "name": "Red boots", "discount": 0.3})
        client.ingest([boots])
        for user in ("ada", "ben", "cleo"):
            show(f"Should we notify {user} of the sale?", ask(client, user, boots))
        show("And if we had asked again?", ask(client, "ada", boots))
        scarf = track("Product Sale", properties={"product_id": "scarf", "name": "Blue scarf", "discount": 0.5})
        show("Another sale for ada, the same evening?", ask(client, "ada", scarf))
        shipped = track("Order Shipped", user_id="ada", properties={"order_id": "1001"})
        show("And her order, which has been shipped?", ask(client, "ada", shipped))


def ask(client: Client, user: str, event: object) -> list[Decision]:
    return list(client.decide(user, event=event, explain="full").decisions)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

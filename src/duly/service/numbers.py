"""The numbers of a server and of its tenants on one page for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duly.service.series import braces
from duly.service.telemetry import Metrics

LABEL = "tenant"


class Numbers:
    """
    The server's own metrics, and those of each tenant, which bear its name on the page.

    Where there is one tenant only all are the server's own, and no series has that label.
    """

    def __init__(self, tenants: Iterable[str] = ()) -> None:
        self.own = Metrics()
        self._of = {tenant: Metrics() for tenant in tenants}

    def of(self, tenant: str) -> Metrics:
        """What a tenant's doings are counted in."""
        return self._of.get(tenant, self.own)

    def text(self) -> str:
        """All numbers in the Prometheus text format, version 0.0.4."""
        if not self._of:
            return self.own.text()
        pages = [self.own.text(), *(_labelled(metrics.text(), tenant) for tenant, metrics in self._of.items())]
        blocks: dict[str, list[str]] = {}
        for page in pages:
            for name, lines in _blocks(page):
                # All lines of one number have to stand together, below one heading.
                known = blocks.setdefault(name, [])
                known += lines[2:] if known else lines
        return "".join(f"{line}\n" for lines in blocks.values() for line in lines)


def _blocks(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each number's name with its lines, of which the first two are the heading."""
    name, lines = "", list[str]()
    for line in page.splitlines():
        if line.startswith("# HELP "):
            if lines:
                yield name, lines
            name, lines = line.split(" ", 3)[2], []
        lines.append(line)
    yield name, lines


def _labelled(page: str, tenant: str) -> str:
    label = braces([(LABEL, tenant)])
    return "\n".join(line if line.startswith("#") else _with(label, line) for line in page.splitlines())


def _with(label: str, line: str) -> str:
    """A sample with one more label in front of those it has."""
    name, brace, rest = line.partition("{")
    if brace:
        return f"{name}{label[:-1]},{rest}"
    name, _, number = line.partition(" ")
    return f"{name}{label} {number}"

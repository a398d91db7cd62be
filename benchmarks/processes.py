"""Starts servers on the first core, so that the load on the other one does not disturb them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
"""Before anything is pinned: all servers get the first, however many there are, and take turns on it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, and its process id."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """The processor time it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak_megabytes(self) -> float:
        """The most memory it has held at any time."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def server(command: Sequence[str]) -> Iterator[Server]:
    """A server that prints its address, pinned to the first core; the caller is pinned to the others."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        os.sched_setaffinity(process.pid, _CORES[:1])
        if len(_CORES) > 1:
            os.sched_setaffinity(0, _CORES[1:])
        yield Server(_address(process), process.pid)
    finally:
        os.sched_setaffinity(0, _CORES)
        process.terminate()
        process.wait(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return found[0]
    raise SystemExit("the server did not start")


@contextmanager
def duly(rules: str) -> Iterator[Server]:
    """A service with these rules on the embedded store in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.duly")
        path.write_text(rules, encoding="utf-8")
        data = str(Path(folder, "data"))
        command = [sys.executable, "-m", "duly", "serve", str(path), "--data", data, "--grpc", "127.0.0.1:0"]
        with server([*command, "--http", "off"]) as running:
            yield running


@contextmanager
def echo() -> Iterator[Server]:
    """A gRPC server that does nothing but answer."""
    with server([sys.executable, "-m", "benchmarks.echo"]) as running:
        yield running

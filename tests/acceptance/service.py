"""A service in a process of its own, and the command line against it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Service:
    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


def start(rules: Path, data: Path) -> Service:
    command = [sys.executable, "-m", "duly", "serve", str(rules), "--data", str(data), "--grpc", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*command, "--http", "off", "--log-level", "error"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return Service(process, found[0])
    raise AssertionError(f"the service did not start, exit code {process.wait()}")


def duly(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "duly", *arguments], capture_output=True, text=True, timeout=900, check=False
    )


def start_duly(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "duly", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )

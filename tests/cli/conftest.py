"""The command as people call it."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from duly.cli.guard import run

SENTENCE = "when Product Sale where user saved product, at 18:00 local, max 1/day\n"
BROKEN = "when Product Sale where user savd product, at 18:00 local, max 1/day\n"


@dataclass
class Outcome:
    """What a call left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def duly(capfd, monkeypatch, tmp_path):
    """Calls `duly` in this process, in an empty folder and without settings of the developer's own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DULY_")]:
        monkeypatch.delenv(name)

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def process(tmp_path):
    """Starts `duly` as a process of its own; what still runs at the end is ended."""
    started = []

    def start(*arguments, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DULY_")}
        environment |= options.pop("env", {})
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path}
        command = [sys.executable, "-m", "duly", *map(str, arguments)]
        started.append(subprocess.Popen(command, env=environment, **(pipes | options)))
        return started[-1]

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
        one.wait()
        for pipe in (one.stdin, one.stdout, one.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def sentence(tmp_path):
    """A file that holds just the sentence."""
    file = tmp_path / "saved_sale.duly"
    file.write_text(SENTENCE)
    return file

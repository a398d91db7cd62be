"""`duly`, but its engine fails at whatever it is asked, and quotes what is personal when it does."""

from __future__ import annotations

from duly.__main__ import main
from duly.engine.engine import Engine


class Fault(Exception):
    """Nobody foresaw it, and its text cannot be had either."""

    def __str__(self):
        raise ValueError(self.args)

    __repr__ = __str__


def fail(*arguments, **more):
    raise Fault("una-9f3c", arguments)


for name in (
    "decide",
    "answer",
    "apply",
    "ingest",
    "report",
    "prefer",
    "take_due",
    "user",
    "decision",
    "tick",
    "backfill",
    "sweep",
    "next_due",
):
    setattr(Engine, name, fail)

if __name__ == "__main__":
    main()

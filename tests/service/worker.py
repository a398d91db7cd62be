"""A worker in a process of its own that notes what it gets; it may be told to be killed or to hang."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from duly.client import Client, outcome

AT_ONCE = 20


def main(address: str, notes: str, fate: str, after: int, lease: float) -> None:
    """Take and report; after so many notifications meet the fate: `works`, `killed` or `hangs`."""
    unreported, finished = [], SimpleQueue()
    most = 60 if fate != "works" else 500
    with Path(notes).open("w", encoding="utf-8", buffering=1) as file, Client(address) as client:
        Thread(target=report, args=(client, finished), daemon=True).start()
        watch = client.watch(worker=fate, max_in_flight=most, lease=timedelta(seconds=lease))
        for number, notification in enumerate(watch, 1):
            decision = notification.decision
            note = {
                "decision": decision.decision_id,
                "user": decision.user_id,
                "rule": decision.rule,
                "attempt": notification.attempt,
                "until": notification.lease_expire_time.ToMicroseconds(),
                "at": time.time_ns() // 1000,
            }
            file.write(json.dumps(note) + "\n")
            if number == after and fate == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if number >= after and fate == "hangs":
                signal.pause()
            done = outcome(decision.decision_id, "sent")
            if fate == "works":
                finished.put(done)
                continue
            unreported.append(done)
            if len(unreported) == AT_ONCE:
                client.report_all(unreported)
                unreported.clear()


def report(client: Client, finished: SimpleQueue) -> None:
    """Report what is finished, as much at a time as there is."""
    while True:
        batch = [finished.get()]
        while len(batch) < 500 and not finished.empty():
            batch.append(finished.get())
        client.report_all(batch)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))

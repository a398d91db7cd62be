"""A real `duly serve`, which can be killed and started again."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.request import urlopen

KEY = "wr1tek3y"


class Service:
    """`duly serve` on the data of a folder, as a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "rules.duly").write_text('when Sent, send "Thanks"\n')
        (folder / "tokens").write_text(f"ingest {KEY}\n")
        self.accepted = self.duplicates = 0
        self.start()

    def start(self):
        options = {"--data": "data", "--grpc": "127.0.0.1:0", "--http": "127.0.0.1:0", "--token-file": "tokens"}
        words = [word for option in options.items() for word in option]
        command = [sys.executable, "-m", "duly", "serve", "rules.duly", *words, "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.match(r" +HTTP +http://(\S+)", line):
                self.address = found[1]
            if re.match(r" +gRPC ", line):
                return
        raise AssertionError(f"the service ended with {self.process.wait()}")

    def kill(self):
        self._count()
        self.process.kill()
        self._gone()

    def stop(self):
        self._count()
        self.process.terminate()
        assert self._gone() == 0

    def _count(self):
        """Remember what this process has made of events, before it is gone."""
        text = urlopen(f"http://{self.address}/metrics", timeout=20).read().decode()
        counts = dict(re.findall(r'duly_events_total\{result="(\w+)"\} (\d+)', text))
        self.accepted += int(counts.get("accepted", 0))
        self.duplicates += int(counts.get("duplicate", 0))

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self._gone()

    def _gone(self):
        code = self.process.wait(20)
        self.process.stdout.close()
        return code

"""The heap of a process that serves: wide, in huge pages where there are any, and no trouble where it cannot be."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the heap is as the system has it")

SCRIPT = """
import resource, sys
limit = int(sys.argv[1])
if limit:
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
        resource.setrlimit(kind, (limit << 20, limit << 20))
from duly.service import memory
memory.gather()
kept = [bytes(100_000) for _ in range(300)] + [bytes(2_000) for _ in range(2_000)]
print(open("/proc/self/smaps").read())
"""


def heap_of(limit=0):
    """The flags and sizes (kB) of the heap of a process that has gathered, with so many megabytes for all it has."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(limit)], check=True, capture_output=True, text=True)
    maps = re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", done.stdout)
    heaps = [one for one in maps if "[heap]" in one.splitlines()[0]]
    flags = [flag for one in heaps for flag in re.findall(r"VmFlags: (.*)", one)[0].split()]
    size, held = (sum(int(re.search(rf"{name}: +(\d+)", one)[1]) for one in heaps) for name in ("Size", "Rss"))
    return flags, size, held


def test_the_heap_is_wide_and_only_what_is_used_of_it_is_memory():
    _, size, held = heap_of()
    assert size > 256_000
    assert held < 100_000


@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="there are none")
def test_the_heap_may_lie_in_huge_pages():
    assert "hg" in heap_of()[0]


def test_where_there_is_no_room_for_it_the_heap_stays_as_it_was():
    _, size, _ = heap_of(limit=200)
    assert size < 200_000

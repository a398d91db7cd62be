"""Compare the solver with the oracle on many random cases: `python -m tests.timing.soak [CASES] [--start N]`."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from time import monotonic

from duly.timing.solve import solve
from duly.timing.zone import TZDATA_VERSION, zone

from .cases import random_case
from .oracle import Answer, answer, has_reasons

CHUNK = 2_000


def asked(case):
    """The solver's own answer to a case."""
    return solve(
        case.schedule,
        zone(case.zone),
        base=case.base,
        now=case.now,
        expiry=case.expiry,
        quiet=[(arc, zone(name)) for arc, name in case.quiet],
        caps=case.caps,
        gap=case.gap,
        last_send=case.last_send,
        wait=case.wait,
        holiday=None if case.holidays is None else case.holidays.__contains__,
        calendar=zone(case.calendar) if case.calendar else None,
    )


def difference(seed):
    """None when solver and oracle agree on the case of that number, else a text that says all about it."""
    case = random_case(seed)
    got, expected = asked(case), answer(case)
    seen = Answer(got.outcome.value, got.at, got.frees, got.opened, got.first, got.cap, got.count)
    if seen != expected:
        return f"case {seed} of tzdata {TZDATA_VERSION}\n{case}\nsolver {seen}\noracle {expected}"
    earliest = case.base + case.schedule.after
    start = earliest if got.opened >= case.now else case.now
    if got.at is not None and not has_reasons(case, start, got.at, got.moved_by):
        return f"case {seed} of tzdata {TZDATA_VERSION}\n{case}\nwas not moved by {got.moved_by}: {seen}"
    return None


def first_difference(seeds):
    return next(filter(None, map(difference, seeds)), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--processes", type=int, default=cpu_count())
    options = parser.parse_args()
    stop = options.start + options.cases
    chunks = [range(low, min(low + CHUNK, stop)) for low in range(options.start, stop, CHUNK)]
    began = monotonic()
    done = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for chunk, found in zip(chunks, pool.map(first_difference, chunks), strict=True):
            if found:
                pool.shutdown(cancel_futures=True)
                sys.stdout.write(f"\n{found}\n")
                return 1
            done += len(chunk)
            speed = done / (monotonic() - began)
            sys.stderr.write(f"\r{done:,} of {options.cases:,} cases, {speed:,.0f} a second, no difference")
    sys.stderr.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

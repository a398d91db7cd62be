"""A process that commits from several threads and prints each write once it is acknowledged; made to be killed.

Arguments: the store's URL, the number of the round, and optionally a limit in bytes on the size of any file.
"""

import os
import resource
import sys
from itertools import count
from threading import Thread

from duly.engine.store import Commit, StoreUnavailable, bucket_prefix
from duly.stores.open import open_store

THREADS = 4


def main() -> None:
    url, number = sys.argv[1], sys.argv[2]
    store = open_store(url, 16)
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))

    def write(thread: int) -> None:
        prefix = bucket_prefix(thread) + number.encode()
        for step in count():
            entry = b".%d" % step
            try:
                store.sync(store.commit(Commit((thread,), puts=[(prefix + entry, entry * 100)])))
            except StoreUnavailable:
                os.write(1, b"refused\n")
                return
            # One system call, so that lines of several threads do not mix.
            os.write(1, b"%d %s %d\n" % (thread, number.encode(), step))

    threads = [Thread(target=write, args=(thread,)) for thread in range(THREADS)]
    for running in threads:
        running.start()
    for running in threads:
        running.join()


if __name__ == "__main__":
    main()

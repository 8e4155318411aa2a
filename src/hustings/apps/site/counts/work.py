"""One count in a process of its own, with limits: `python -m hustings.apps.site.counts.work N`.

Whatever a file does to it (memory, time, a crash), the web server goes on. The lease comes
by the environment variable HUSTINGS_COUNT_LEASE.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from types import FrameType
from typing import Final

import django

# What a count may write to one file, whatever goes wrong.
FILE_BYTES: Final = 1024 * 1024 * 1024


def main() -> None:
    """Do the count that the argument and the environment name, and then start the next."""
    lease = os.environ.pop("HUSTINGS_COUNT_LEASE")
    parent = os.getppid()
    django.setup()

    # Only now: models can't be imported before Django is set up.
    from django.db import connections
    from django.utils import timezone

    from hustings.apps.site.counts import counting, queue

    hold_back()
    turn = queue.Turn(int(sys.argv[1]), lease)
    progress = counting.Progress()
    counting.Heart(turn, progress).start()
    counting.do(turn, progress)
    if os.getppid() != parent:
        # The server that would start the next is gone: killed, or restarted.
        queue.start_waiting(now=timezone.now())
    # Its place is given to another already: go at once, without tidying up gigabytes first.
    connections.close_all()
    sys.stderr.flush()
    os._exit(0)


def hold_back() -> None:
    """Limit what this process may use, for good: memory, time, files; and leave no core."""
    from hustings.apps.site.counts.limits import limits

    figures = limits()
    resource.setrlimit(resource.RLIMIT_AS, (figures.memory_bytes, figures.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    # At the first figure a signal, so that there is time to say so; at the second, the end.
    resource.setrlimit(resource.RLIMIT_CPU, (figures.cpu_seconds, figures.cpu_seconds + 10))
    signal.signal(signal.SIGXCPU, _out_of_time)
    os.umask(0o077)
    os.nice(5)


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    from hustings.apps.site.counts.counting import OutOfTime

    raise OutOfTime


if __name__ == "__main__":
    main()

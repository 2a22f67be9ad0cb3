"""What every part of the rehearsal does as a process, whatever it serves."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from rehearsal.lifetime import adopt_orphans, die_with_parent, end_descendants


@contextmanager
def part_process() -> Iterator[None]:
    """Run a part's `main` inside this: SIGTERM, Ctrl-C and the parent's death end it, and all that it started.

    SIGTERM arrives as SystemExit in the main thread, so `finally` clauses run.
    """
    die_with_parent()
    adopt_orphans()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_descendants()


def announce_ready() -> None:
    """Tell whoever started the part that it serves."""
    print("ready", flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)

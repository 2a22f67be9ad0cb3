"""What every part of the rehearsal does as a process, whatever it serves."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from rehearsal.lifetime import adopt_orphans, die_with_parent, end_descendants

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def part_process(exit_status: int = 0) -> Iterator[None]:
    """Run a part's `main` inside this: signals and the parent's death end it, and all that it started.

    SIGTERM, SIGHUP and Ctrl-C arrive as SystemExit with ``exit_status`` in the main thread, so `finally` clauses run.
    """

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        sys.exit(exit_status)

    die_with_parent()
    adopt_orphans()
    for number in _ENDING:
        signal.signal(number, leave)
    try:
        yield
    finally:
        end_descendants()


def announce_ready() -> None:
    """Tell whoever started the part that it serves."""
    print("ready", flush=True)

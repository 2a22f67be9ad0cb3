"""What still runs, for tests that say nothing may."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable


def tree(pid: int) -> list[psutil.Process]:
    """The process and all that it started, directly or not."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def command(process: psutil.Process) -> str:
    """Its command line; empty where it has ended, which it may do while it is looked at."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


def listening(process: psutil.Process) -> set[str]:
    """The addresses on which it listens; none where it has ended."""
    with suppress(psutil.NoSuchProcess):
        found = process.net_connections("inet")
        return {connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN}
    return set()


def wait_until_gone(processes: Iterable[psutil.Process], timeout_s: float = 15) -> list[str]:
    """Command lines of those that still run after ``timeout_s`` seconds; a zombie does not run."""
    deadline = time.monotonic() + timeout_s
    while True:
        left = [process for process in processes if _runs(process)]
        if not left or time.monotonic() > deadline:
            return [command(process) for process in left]
        time.sleep(0.05)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

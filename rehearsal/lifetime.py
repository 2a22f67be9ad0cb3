"""Processes that end together: nothing that the rehearsal starts outlives it, whoever is killed.

A part asks to be told when its parent dies, and the orchestrator and every part adopt their orphaned descendants
(Airflow's workers open sessions of their own, so a process group does not hold them). Linux only: prctl(2).
"""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Collection

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(with_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send ``with_signal`` to this process when the thread that started it ends.

    It is that *thread*, not its process: start such a child from a thread that stays, best the main one. The request
    survives exec, and a change of user clears it.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(with_signal))


def outlive_parent() -> None:
    """Take `die_with_parent` back."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, 0)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_descendants() -> None:
    """Kill every process below this one, and those that they start meanwhile, and return when none is left."""
    this = psutil.Process()
    while left := this.children(recursive=True):
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.01)
        _reap()


def end_orphans(but: Collection[int]) -> None:
    """Kill what a dead child left: every child of this process, adopted ones too, but those, with all below it."""
    for orphan in psutil.Process().children():
        if orphan.pid in but:
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [orphan, *orphan.children(recursive=True)]:
                process.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(orphan.pid, 0)


def _reap() -> None:
    """Collect children that ended, adopted ones too, so that they do not stay as zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass

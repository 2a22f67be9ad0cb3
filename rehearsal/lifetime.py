"""Processes that end together: nothing that the rehearsal starts outlives it, whoever is killed.

A part asks to be told when its parent dies, and the orchestrator and every part adopt their orphaned descendants
(Airflow's workers open sessions of their own, so a process group does not hold them). Linux only: prctl(2).
"""

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

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


def descendants(pid: int) -> set[int]:
    """All processes below ``pid`` that still run (zombies are not counted)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # The name in parentheses may itself hold spaces and parentheses: the fields after it start at the last one.
            state, parent, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def end_descendants(grace_s: float = 0.0) -> None:
    """Ask every process below this one to end, then kill what is left after ``grace_s`` seconds."""
    deadline = time.monotonic() + grace_s
    if grace_s:
        _signal_all(descendants(os.getpid()), signal.SIGTERM)
    while left := descendants(os.getpid()):
        if time.monotonic() >= deadline:
            _signal_all(left, signal.SIGKILL)
        time.sleep(0.02)
        _reap()


def _signal_all(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap() -> None:
    """Collect adopted children that ended, so that they do not stay as zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass

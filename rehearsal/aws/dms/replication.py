"""The worker process of one running task: started, given commands, and started again when it dies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parents[3]
_ENDED = {"stopped", "failed"}
_MOST_DEATHS = 20
"""In a row, without a change between them: something is wrong that a restart does not repair."""


class Replication:
    """One run of a task. ``listen`` gets every event that the worker reports, in one thread."""

    def __init__(self, job: dict[str, Any], listen: Callable[[dict[str, Any]], None], restart_after_s: float) -> None:
        self._job = job
        self._listen = listen
        self._restart_after_s = restart_after_s
        self._worker: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._deaths = 0
        threading.Thread(target=self._supervise, daemon=True).start()

    def send(self, command: dict[str, Any]) -> None:
        """Send the worker a command; one that is just being started again does not get it."""
        worker = self._worker
        if worker is not None and worker.stdin is not None:
            with contextlib.suppress(OSError):
                worker.stdin.write(json.dumps(command).encode() + b"\n")
                worker.stdin.flush()

    def stop(self) -> None:
        """Let the worker end after its current transaction; `stopped` is reported when it has."""
        self._stopping.set()
        self.send({"do": "stop"})

    def kill(self) -> bool:
        """kill -9 the worker, as a fault; whether there was one to kill."""
        worker = self._worker
        if worker is None or worker.poll() is not None:
            return False
        os.killpg(worker.pid, signal.SIGKILL)
        return True

    def _supervise(self) -> None:
        """This thread must live as long as the worker: the kernel ends the worker with it (PR_SET_PDEATHSIG)."""
        while not self._run_worker():
            if not self._stopping.is_set():
                self._deaths += 1
                if self._deaths >= _MOST_DEATHS:
                    message = f"the replication engine ended unexpectedly {self._deaths} times in a row"
                    self._listen({"event": "failed", "message": message, "stop_reason": "FATAL_ERROR"})
                    return
                self._listen({"event": "died"})
            if self._stopping.wait(self._restart_after_s):
                self._listen({"event": "stopped"})
                return

    def _run_worker(self) -> bool:
        """Run one worker to its end; whether it says itself that it stopped or failed."""
        environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'plugins'}{os.pathsep}{_ROOT}"}
        self._worker = worker = subprocess.Popen(
            [sys.executable, "-m", "rehearsal.aws.worker"],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.send(self._job)
        if self._stopping.is_set():
            self.send({"do": "stop"})
        ended = False
        assert worker.stdout is not None  # noqa: S101  # a pipe was asked for
        for line in worker.stdout:
            if not line.endswith(b"\n"):
                continue  # the worker was killed while it wrote the line
            event = json.loads(line)
            if event["event"] == "progress" and event["tables"]:
                self._deaths = 0
            if event["event"] == "running":
                self._job["start"] = "resume"
            ended = ended or event["event"] in _ENDED
            self._listen(event)
        worker.wait()
        return ended

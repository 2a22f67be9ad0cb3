"""Airflow's processes."""

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rehearsal.airflow.client import Client
from rehearsal.lifetime import die_with_parent

# Without --skip-serve-logs the scheduler and the triggerer serve logs on every network interface.
COMPONENTS = {
    "api-server": [],
    "scheduler": ["--skip-serve-logs"],
    "dag-processor": [],
    "triggerer": ["--skip-serve-logs"],
}


class ComponentError(RuntimeError):
    """A component ended, or Airflow did not become healthy; the message names the log."""


class Components:
    """The four components, as children of the calling thread (see `rehearsal.lifetime.die_with_parent`)."""

    def __init__(self, home: Path, environment: Mapping[str, str]):
        self._home = home
        self._processes = {name: self._start(name, options, environment) for name, options in COMPONENTS.items()}

    def wait_until_healthy(self, client: Client, timeout_s: float = 120) -> None:
        """Return once all components report that they are healthy."""
        deadline = time.monotonic() + timeout_s
        while not client.healthy():
            self.require_running()
            if time.monotonic() > deadline:
                raise ComponentError(f"Airflow is not healthy after {timeout_s:.0f} s; see {self._home}/*.log")
            time.sleep(0.1)

    def require_running(self) -> None:
        """Raise ComponentError when a component has ended."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                log = self._log(name)
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise ComponentError(f"Airflow's {name} ended with {process.returncode}; the end of {log}:\n{tail}")

    def _start(self, name: str, options: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._log(name).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "airflow", name, *options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _log(self, name: str) -> Path:
        return self._home / f"{name}.log"

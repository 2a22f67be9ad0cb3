"""Airflow's processes."""

import inspect
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from setproctitle import getproctitle, setproctitle

from rehearsal.airflow.client import Client
from rehearsal.lifetime import die_with_parent, end_orphans
from rehearsal.names import region
from rehearsal.part import announce_ready

# Without --skip-serve-logs the scheduler and the triggerer serve logs on every network interface.
COMPONENTS = {
    "api-server": [],
    "scheduler": ["--skip-serve-logs"],
    "dag-processor": [],
    "triggerer": ["--skip-serve-logs"],
}

# What every component and every task imports first. What the DAG files import besides is had by parsing them once.
_IMPORTED_ONCE = (
    "airflow.__main__",
    "airflow.cli.cli_config",
    "airflow.sdk.execution_time.task_runner",
    "airflow.providers.amazon.aws.operators.base_aws",
    "airflow.providers.amazon.aws.sensors.base_aws",
    "airflow.providers.amazon.aws.triggers.base",
    "airflow.providers.common.sql.operators.sql",
    "airflow.providers.http.hooks.http",
    "airflow.providers.oracle.hooks.oracle",
    "airflow.providers.postgres.hooks.postgres",
    "airflow.providers.standard.operators.hitl",
    "airflow.providers.standard.operators.python",
    "aiobotocore.session",
    "boto3",
    "requests",
)


class ComponentError(RuntimeError):
    """A component ended, or Airflow did not become healthy; the message names the log."""


class Components:
    """The four components, forked from one process that has imported Airflow, each with the arguments of its command.

    They end with the calling thread (see `rehearsal.lifetime.die_with_parent`).
    """

    def __init__(self, home: Path, environment: Mapping[str, str]):
        """Replaces this process's environment: Airflow reads its settings from there when it is imported."""
        getproctitle()  # it finds room for later titles only as long as the environment is where the kernel put it
        os.environ.clear()
        os.environ.update(environment)
        for module in _IMPORTED_ONCE:
            import_module(module)
        import_module("airflow.dag_processing.dagbag").DagBag(environment["AIRFLOW__CORE__DAGS_FOLDER"])
        # A client costs a new process twice as much: Amazon's hook walks the stack to name its caller to AWS.
        import_module("boto3").client("dms", region_name=region())
        inspect.stack()
        self._home = home
        self._processes = {name: self._fork(name, options) for name, options in COMPONENTS.items()}

    def wait_until_healthy(self, client: Client, timeout_s: float = 120) -> None:
        """Return once all components report that they are healthy."""
        deadline = time.monotonic() + timeout_s
        while not client.healthy():
            self.require_running()
            if time.monotonic() > deadline:
                raise ComponentError(f"Airflow is not healthy after {timeout_s:.0f} s; see {self._home}/*.log")
            time.sleep(0.1)

    def serve(
        self, client: Client, again: Callable[[str, int, Path], bool] = lambda _name, _status, _log: True
    ) -> NoReturn:
        """Say that the part is ready once all are healthy, then start again what ends, until told to end.

        ``again`` is told of each by name, exit status and log, and says whether to start it.
        """
        self.wait_until_healthy(client)
        announce_ready()
        while True:
            time.sleep(1)
            self.replace_ended(again)

    def require_running(self) -> None:
        """Raise ComponentError when a component has ended."""
        for name, process in self._processes.items():
            if not process.is_alive():
                log = self._log(name)
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise ComponentError(f"Airflow's {name} ended with {process.exitcode}; the end of {log}:\n{tail}")

    def replace_ended(self, again: Callable[[str, int, Path], bool]) -> None:
        """Start again what has ended, as a service manager would, with nothing left of what it had started."""
        ended = {name: process for name, process in self._processes.items() if not process.is_alive()}
        for name in ended:
            del self._processes[name]
        if ended:
            end_orphans(but={process.pid for process in self._processes.values() if process.pid})
        for name, process in ended.items():
            if again(name, process.exitcode or 0, self._log(name)):
                self._processes[name] = self._fork(name, COMPONENTS[name])

    def _fork(self, name: str, options: list[str]) -> multiprocessing.context.ForkProcess:
        process = multiprocessing.get_context("fork").Process(target=_run, args=(name, options, self._log(name)))
        process.start()
        return process

    def _log(self, name: str) -> Path:
        return self._home / f"{name}.log"


def _run(name: str, options: list[str], log: Path) -> None:
    """What `airflow NAME OPTIONS` does, in this process."""
    os.setsid()
    die_with_parent()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    setproctitle(f"airflow {name}")
    sys.argv = ["airflow", name, *options]
    import_module("airflow.__main__").main()

"""Celery's workers, each as if on a machine of its own: it shares no folder with another one, only the network."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from rehearsal.lifetime import die_with_parent
from tests.support.aws_stage import eventually
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Of what a worker's folder holds, these come with it: what an image has, and what Airflow itself writes at its start.
_BROUGHT = ("dags", "plugins", "include", "logs", "worker.log", "airflow/airflow.cfg", "airflow/airflow-worker.pid")


@dataclass(frozen=True)
class Worker:
    """One of them, with everything that it may touch below ``home``."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def ran(self) -> set[str]:
        """The tasks of which it ran an attempt, by the logs that it keeps."""
        return {folder.name.removeprefix("task_id=") for folder in self.home.glob("logs/*/*/task_id=*")}

    @property
    def left_behind(self) -> set[str]:
        """The files that its tasks left on its disk, their logs aside."""
        files = {str(file.relative_to(self.home)) for file in self.home.rglob("*") if file.is_file()}
        return {file for file in files if not file.startswith(_BROUGHT)}

    def holds(self, pid: int | None) -> bool:
        """Whether a process is one of its own."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return any(one.pid == pid for one in psutil.Process(self.process.pid).children(recursive=True))
        return False

    def kill(self) -> None:
        """Kill it and all that it started, as the loss of its machine does."""
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            for process in [root, *root.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.wait()


def start_worker(home: Path, variables: Mapping[str, str], include: Path) -> Worker:
    """Start a worker in ``home``, with the project's files as an image has them, and wait until it takes tasks."""
    for folder in ("home", "airflow", "tmp", "here"):
        (home / folder).mkdir(parents=True)
    for folder, source in {"dags": ROOT / "dags", "plugins": ROOT / "plugins", "include": include}.items():
        shutil.copytree(source, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    own = {
        "HOME": home / "home",
        "TMPDIR": home / "tmp",
        "AIRFLOW_HOME": home / "airflow",
        "AIRFLOW__CORE__DAGS_FOLDER": home / "dags",
        "AIRFLOW__CORE__PLUGINS_FOLDER": home / "plugins",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": home / "logs",
        "REVERSE_SYNC_INCLUDE": home / "include",
    }
    log = home / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "celery", "worker", "--celery-hostname", home.name, "--skip-serve-logs"],
            cwd=home / "here",
            env={**variables, **{name: str(value) for name, value in own.items()}},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    eventually(lambda: f"celery@{home.name} ready" in log.read_text() or process.poll() is not None, timeout_s=120)
    assert process.poll() is None, log.read_text()[-3000:]
    return Worker(home, process)

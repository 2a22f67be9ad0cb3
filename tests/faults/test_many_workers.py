"""Tasks run in Celery's workers, each on a machine of its own as far as they can tell, and workers are lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import yaml

from rehearsal.layout import Layout
from rehearsal.rehearse import DAG_ID, task_instances
from tests.support.aws_stage import eventually
from tests.support.impatient import impatient_include
from tests.support.long import only_long
from tests.support.many_workers import BUCKET, CeleryAirflow, celery_airflow
from tests.support.parts import ROOT
from tests.support.trial import Traffic, trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.trial import Trial
    from tests.support.workers import Worker

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(900),
    only_long,
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
RECORDS = {
    "base_path: evidence ": f"base_path: s3://{BUCKET}/reverse-sync ",
    "connection: null             # the Airflow connection of that": "connection: aws_default  # the Airflow connection of that",
}


@pytest.fixture(scope="module")
def celery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryAirflow]:
    home = tmp_path_factory.mktemp("celery")
    with celery_airflow(home, impatient_include(home, RECORDS)) as up:
        yield up


@pytest.fixture(name="trial")
def new_trial(celery: CeleryAirflow, tmp_path: Path) -> Iterator[Trial]:
    while len(celery.workers) < 2:
        celery.add_worker()
    with trial(celery, Layout(tmp_path)) as parts:
        bucket = {"LocationConstraint": "ap-northeast-2"}
        parts.stage.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=bucket)
        yield parts


@pytest.mark.parametrize("task", ["dms.start_or_resume", "verify.change_row"])
def test_a_run_is_proved_though_a_worker_is_lost(celery: CeleryAirflow, trial: Trial, task: str) -> None:
    one, other = celery.workers
    with Traffic(trial.stage) as traffic:
        run_id = trial.start()
        lost = worker_of(celery, run_id, task)
        celery.lose(lost)
        assert trial.finish(run_id) == "success"
    trial.require_converged()
    traffic.require_arrived()
    attempts = require_proved(trial, run_id)
    assert attempts[task] > 1
    assert task in (other if lost is one else one).ran
    assert one.ran
    assert one.left_behind | other.left_behind == set()


def test_a_run_is_proved_though_every_worker_is_lost_and_others_come(celery: CeleryAirflow, trial: Trial) -> None:
    run_id = trial.start()
    worker_of(celery, run_id, "verify.compare_row")
    celery.lose(*celery.workers)
    celery.add_worker()
    assert trial.finish(run_id) == "success"
    trial.require_converged()
    assert require_proved(trial, run_id)["verify.compare_row"] > 1
    # What a task said outlives its machine.
    log = celery.client.get(f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/preflight.check/logs/1")
    assert f"s3://{BUCKET}/logs" in str(log["content"])
    assert "::group::Post Execute" in str(log["content"])


def test_the_health_checks_of_docker_compose_tell_what_is_there(celery: CeleryAirflow) -> None:
    while len(celery.workers) < 2:
        celery.add_worker()
    assert check(celery, "redis", "-p", str(urlsplit(celery.variables["AIRFLOW__CELERY__BROKER_URL"]).port))
    assert not check(celery, "redis", "-p", "1")
    database = urlsplit(celery.variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).port
    assert check(celery, "airflow-database", PGHOST="127.0.0.1", PGPORT=str(database))
    assert not check(celery, "airflow-database", PGHOST="127.0.0.1", PGPORT="1")
    assert check(celery, "airflow-worker", HOSTNAME=celery.workers[0].home.name)
    assert not check(celery, "airflow-worker", HOSTNAME="worker-that-never-was")
    for name in ("airflow-scheduler", "airflow-dag-processor", "airflow-triggerer"):
        assert check(celery, name), name
    assert not check(celery, "airflow-scheduler", AIRFLOW__CORE__HOSTNAME_CALLABLE="platform.system")


def check(celery: CeleryAirflow, service: str, *more: str, **variables: str) -> bool:
    """Whether the health check of a service in docker-compose.yaml passes, asked from here."""
    kind, program, *arguments = COMPOSE["services"][service]["healthcheck"]["test"]
    command = ["sh", "-c", program.replace("$$", "$")] if kind == "CMD-SHELL" else [program, *more, *arguments]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return not subprocess.run(command, env=celery.variables | {"PATH": path} | variables, check=False).returncode


def worker_of(celery: CeleryAirflow, run_id: str, task: str) -> Worker:
    """The worker that runs the task now."""

    def look() -> list[Worker]:
        running = [one for one in task_instances(celery.client, run_id) if one["state"] == "running"]
        pids = [one["pid"] for one in running if one["task_id"] == task]
        return [worker for worker in celery.workers for pid in pids if worker.holds(pid)]

    found: list[Worker] = eventually(look, timeout_s=240)
    return found[0]


def require_proved(trial: Trial, run_id: str) -> dict[str, int]:
    """The run's record in the object storage says so; the attempts of each task."""
    key = f"reverse-sync/{DAG_ID}/{run_id.replace(':', '-').replace('+', '-')}.json"
    body = trial.stage.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    record: dict[str, Any] = json.loads(body)
    assert record["verdict"]["succeeded"] is True
    return {step["task"]: int(step["attempts"]) for step in record["steps"]}

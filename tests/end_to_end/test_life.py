"""The life of one rehearsal: what dies is started again or named, and what was kept goes on until it is emptied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
import requests

from rehearsal import rehearse
from tests.support import wait
from tests.support.aws_stage import SELECT_ALL, Stage
from tests.support.parts import call
from tests.support.processes import command, tree, wait_until_gone
from tests.support.rehearsal import Rehearsal

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A rehearsal that is up; emptied at the end, whatever became of it."""
    home = Rehearsal(tmp_path_factory.mktemp("life"))
    started = home.verb("up")
    assert started.returncode == 0, started.stdout + started.stderr
    yield home
    home.verb("down")
    home.verb("fresh")


@pytest.fixture(scope="module")
def run_id(home: Rehearsal) -> str:
    """A run in whose middle the scheduler was killed."""
    aws = f"http://127.0.0.1:{home.ports.aws}/rehearsal/durations"
    requests.put(aws, json={"reboot": 6.0}, timeout=5).raise_for_status()
    run_id = rehearse.trigger(home.airflow)
    reboots = ("running", "success")
    assert wait.eventually(lambda: home.tasks(run_id)["postgres.reboot"]["state"] in reboots, 120, wait.ASKS_AIRFLOW_S)
    component(home, "scheduler").kill()
    return run_id


def component(home: Rehearsal, name: str) -> psutil.Process:
    """The process of one of Airflow's components."""
    airflow = psutil.Process(home.pids["airflow"])
    [found] = [one for one in airflow.children() if command(one).startswith(f"airflow {name}")]
    return found


def test_a_run_whose_scheduler_was_killed_ends_proved_and_status_tells_it(home: Rehearsal, run_id: str) -> None:
    assert rehearse.follow(home.airflow, run_id, timeout_s=400) == "success"
    file = rehearse.evidence_file(home.layout, run_id)
    assert file is not None
    assert json.loads(file.read_text(encoding="utf-8"))["verdict"]["succeeded"] is True
    status = home.verb("status")
    assert status.returncode == 0
    log = home.layout.part_home("airflow") / "scheduler.log"
    assert f"airflow scheduler ended (killed by SIGKILL) and was started again; the end of {log}:" in status.stdout


def test_a_killed_rehearsal_says_so_and_the_next_one_goes_on_with_everything(home: Rehearsal, run_id: str) -> None:
    with psycopg.connect(home.postgres_login, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.own AS SELECT '부산' AS name")
    login = (home.layout.part_home("airflow") / "passwords.json").read_text(encoding="utf-8")
    started = tree(home.supervisor.pid)
    pid = home.supervisor.pid
    home.supervisor.kill()
    assert wait_until_gone(started) == []

    status = home.verb("status")
    assert status.returncode == 1
    assert f"What was up did not end by `make down`: its supervisor, process {pid}, was killed" in status.stdout
    assert "airflow scheduler ended (killed by SIGKILL)" in status.stdout

    again = home.verb("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.startswith("Everything goes on as it was left (`make fresh` empties it); it began ")
    again_home = Rehearsal(home.home)
    assert again_home.postgres("SELECT name FROM public.own") == [("부산",)]
    assert (home.layout.part_home("airflow") / "passwords.json").read_text(encoding="utf-8") == login
    assert rehearse.evidence_file(home.layout, run_id) is not None
    assert again_home.airflow.get(f"dags/{rehearse.DAG_ID}/dagRuns/{run_id}")["state"] == "success"

    second, state = again_home.run(timeout_s=400)
    assert state == "success"
    tasks = again_home.tasks(second)
    assert tasks["postgres.reboot"]["state"] == "skipped"
    assert rehearse.evidence_file(home.layout, second) is not None
    assert again_home.postgres("SELECT count(*), bool_and(active) FROM pg_replication_slots") == [(1, True)]


def test_heal_says_what_it_did_not_heal(home: Rehearsal) -> None:
    ports = Rehearsal(home.home).ports
    stage = Stage(ports.postgres, ports.oracle, ports.aws, f"http://127.0.0.1:{ports.postgres_control}")
    call(f"{stage.control}/reboot", "POST")
    mapping = {"rules": [SELECT_ALL | {"object-locator": {"schema-name": "travelbuddy", "table-name": "flight"}}]}
    with stage.postgres() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pglogical")
    arn = stage.task("own", mapping=mapping)
    stage.start(arn)
    refused = home.verb("fault", "lose-slot", "task=mine")
    assert refused.returncode == 1
    assert "fault lose-slot: there is no task 'mine'; there are " in refused.stderr
    whole = home.verb("heal")
    assert whole.stdout == "everything is healed; nothing else is wrong with the databases and tasks\n"
    done = home.verb("fault", "lose-slot", "task=own")
    assert done.stdout == "lose-slot is done; `python -m rehearsal heal` tells what of it stays\n"
    stage.wait_for(arn, "failed")
    told = home.verb("heal").stdout
    assert told.startswith("everything is healed; what no healing takes back:\n- task own is failed (")
    assert "of task own is gone, and with it every change since; a run with `recover_lost_slot` begins with a" in told


def test_what_is_up_is_not_emptied_and_what_is_down_is(home: Rehearsal) -> None:
    refused = home.verb("fresh")
    assert refused.returncode == 1
    assert "end it with `make down`" in refused.stderr
    assert home.verb("down").returncode == 0
    emptied = home.verb("fresh")
    assert emptied.returncode == 0
    assert emptied.stdout.endswith(": the next `make up` begins from the starting state.\n")
    assert {place.name for place in home.home.iterdir()} <= {"cache", "lock", "rehearse"}

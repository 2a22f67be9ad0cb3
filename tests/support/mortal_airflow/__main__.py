"""`python -m tests.support.mortal_airflow`: the rehearsal's Airflow, whose tasks and components can be killed.

A component that ended is started again, as a service manager does, and found missing in seconds, not minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rehearsal.airflow.client import Client
from rehearsal.airflow.components import Components
from rehearsal.airflow.environment import Neighbours, environment, password
from rehearsal.airflow.metadata import make_database
from rehearsal.part import part_process

SOONER = {
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": 2,
    "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": 8,
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": 1,
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": 10,
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": 2,
    "TRIGGERER__JOB_HEARTBEAT_SEC": 1,
    "TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": 8,
}


def main() -> None:
    """Run it until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    for port in ("port", "postgres-port", "oracle-port", "aws-port", "api-port"):
        parser.add_argument(f"--{port}", type=int, required=True)
    given = parser.parse_args()
    neighbours = Neighbours(given.postgres_port, given.oracle_port, given.aws_port, given.api_port)
    variables = environment(given.home, given.port, neighbours)
    variables |= {f"AIRFLOW__{name}": str(value) for name, value in SOONER.items()}
    sys.path.insert(0, str(Path(__file__).parent / "settings"))
    with part_process():
        given.home.mkdir(parents=True)
        client = Client(given.port, password(given.home))
        make_database(given.home, given.cache, variables)
        Components(given.home, variables).serve(client)


if __name__ == "__main__":
    main()

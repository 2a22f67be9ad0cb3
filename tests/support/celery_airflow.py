"""`python -m tests.support.celery_airflow`: an Airflow whose tasks run elsewhere, in Celery's workers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rehearsal.airflow.client import Client
from rehearsal.airflow.components import Components
from rehearsal.airflow.environment import password
from rehearsal.part import part_process


def main() -> None:
    """Run API server, scheduler, DAG processor and triggerer until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--variables", type=Path, required=True, help="the environment, as JSON")
    given = parser.parse_args()
    with part_process():
        components = Components(given.home, json.loads(given.variables.read_text(encoding="utf-8")))
        components.serve(Client(given.port, password(given.home)))


if __name__ == "__main__":
    main()

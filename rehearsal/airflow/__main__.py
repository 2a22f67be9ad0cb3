"""`python -m rehearsal.airflow --home DIR --port N ...`, with the ports of the other parts."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from rehearsal.airflow.client import Client
from rehearsal.airflow.components import ComponentError, Components
from rehearsal.airflow.environment import PROJECT, Neighbours, environment, password
from rehearsal.airflow.metadata import MetadataError, make_database
from rehearsal.deaths import Deaths
from rehearsal.part import part_process
from rehearsal.ports import PortTakenError, require_free


def main() -> None:
    """Run Airflow with the project's DAGs until told to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.airflow", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for Airflow's files")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps a migrated, empty database")
    parser.add_argument("--port", type=int, required=True, help="where the UI and the REST API listen")
    for part in ("postgres", "oracle", "aws", "api"):
        parser.add_argument(f"--{part}-port", type=int, required=True, help=f"where the rehearsal's {part} listens")
    parser.add_argument("--dags", type=Path, default=PROJECT / "dags", help="folder of the DAG files")
    parser.add_argument("--keep", action="store_true", help="go on with what --home holds instead of emptying it first")
    arguments = parser.parse_args()
    with part_process():
        try:
            require_free(arguments.port, "Airflow's api-server", "--port")
            run(arguments)
        except (PortTakenError, MetadataError, ComponentError) as error:
            sys.exit(str(error))


def run(arguments: argparse.Namespace) -> NoReturn:
    """Start the components and watch over them: one that ends is started again, unless it keeps ending."""
    home = arguments.home.resolve()
    if not arguments.keep:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    neighbours = Neighbours(
        arguments.postgres_port, arguments.oracle_port, arguments.aws_port, flightspecials_api=arguments.api_port
    )
    variables = environment(home, arguments.port, neighbours, arguments.dags.resolve())
    client = Client(arguments.port, password(home))
    make_database(home, arguments.cache, variables)
    components = Components(home, variables)
    deaths = Deaths(home)
    components.serve(client, lambda name, status, log: deaths.note(f"airflow {name}", status, log).restarted)


if __name__ == "__main__":
    main()

"""The environment variables that make an Airflow of the rehearsal: settings and connections."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.names import oracle_service, region
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import DAGS_LOGIN

PROJECT = Path(__file__).resolve().parents[2]
USER = "admin"


@dataclass(frozen=True)
class Neighbours:
    """The ports on which Airflow's connections find the other parts."""

    postgres: int
    oracle: int
    aws: int
    flightspecials_api: int


def environment(home: Path, port: int, neighbours: Neighbours, dags: Path = PROJECT / "dags") -> dict[str, str]:
    """This process's environment, with all of its Airflow settings replaced by the rehearsal's.

    Keys are new each time: they need to be the same only among the components of one Airflow.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_"))}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode every task starts twice as slowly
    inherited.pop("PYTHONPATH", None)  # Airflow finds the plugins by itself, as in production
    return inherited | _settings(home, port, dags) | connections(neighbours)


def _settings(home: Path, port: int, dags: Path) -> dict[str, str]:
    address = f"http://{LOOPBACK}:{port}"
    settings: dict[str, dict[str, object]] = {
        "api": {"host": LOOPBACK, "port": port, "base_url": address, "workers": 1, "secret_key": secrets.token_hex()},
        "api_auth": {"jwt_secret": secrets.token_hex()},
        "core": {
            "dags_folder": dags,
            "plugins_folder": PROJECT / "plugins",
            "executor": "LocalExecutor",
            "parallelism": 8,
            "load_examples": False,
            "execution_api_server_url": f"{address}/execution/",
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": passwords_file(home),
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{database_file(home)}"},
        "logging": {"base_log_folder": home / "logs"},
        # Between two tasks the scheduler sleeps half of its idle time on average (1 s by default, too long for a run of
        # short tasks); at 0.2 s an idle scheduler takes a tenth of a core. What a killed scheduler or task was at is
        # taken up in a minute, not in five. Its health threshold stays as it is (30 s): a scheduler that a busy
        # machine holds up for longer takes itself for dead.
        "scheduler": {
            "scheduler_idle_sleep_time": 0.2,
            "orphaned_tasks_check_interval": 10,
            "task_instance_heartbeat_timeout": 90,
        },
        # A task's supervisor can miss the task's end; it then keeps its worker for this long (5 s by default).
        "workers": {"min_heartbeat_interval": 1},
    }
    variables = {
        f"AIRFLOW__{section}__{key}".upper(): str(value)
        for section, values in settings.items()
        for key, value in values.items()
    }
    return {"AIRFLOW_HOME": str(home)} | variables


def database_file(home: Path) -> Path:
    """Airflow's metadata database."""
    return home / "airflow.db"


def passwords_file(home: Path) -> Path:
    """Where the simple auth manager keeps the login."""
    return home / "passwords.json"


def password(home: Path) -> str:
    """The password of `USER`, made on first use."""
    file = passwords_file(home)
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps({USER: secrets.token_urlsafe(9)}))
    return str(json.loads(file.read_text())[USER])


def connections(neighbours: Neighbours) -> dict[str, str]:
    """Airflow's connections to the other parts, as environment variables."""
    postgres = {"conn_type": "postgres", "host": LOOPBACK, "port": neighbours.postgres, "schema": "dso"}
    oracle = {
        "conn_type": "oracle",
        "host": LOOPBACK,
        "port": neighbours.oracle,
        "extra": {"service_name": oracle_service()},
    }
    dms_login = {"login": "dmsuser", "password": "dmsuser123"}
    connections: dict[str, dict[str, Any]] = {
        "flightspecials_postgres": postgres | DAGS_LOGIN,
        "travelbuddy_oracle": oracle | {"login": "TRAVELBUDDY", "password": "welcome"},
        "flightspecials_dms_source": postgres | dms_login,
        "travelbuddy_dms_target": oracle | dms_login,
        "flightspecials_api": {"conn_type": "http", "host": LOOPBACK, "port": neighbours.flightspecials_api},
        "aws_default": {
            "conn_type": "aws",
            "login": "test",
            "password": "test",
            "extra": {"endpoint_url": f"http://{LOOPBACK}:{neighbours.aws}", "region_name": region()},
        },
    }
    parts = {"postgres": postgres, "oracle": oracle, "aws": connections["aws_default"]}
    for name, own in _own_connections().items():
        connections[name] = own if "host" in own else parts.get(own["conn_type"], {}) | own
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(values) for name, values in connections.items()}


def _own_connections() -> dict[str, dict[str, Any]]:
    """Those of a selection (see `rehearsal.selection`); what names no host leads to the rehearsal's parts."""
    file = os.environ.get("REHEARSAL_CONNECTIONS")
    return dict(json.loads(Path(file).read_text(encoding="utf-8"))) if file else {}

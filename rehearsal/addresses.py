"""What `up` and `status` print: where each part is and how to get in."""

import socket
from collections.abc import Sequence

from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import USER, password
from rehearsal.deaths import Death, Deaths
from rehearsal.layout import Layout, Ports, State
from rehearsal.names import oracle_service, region
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import DAGS_LOGIN, SUPERUSER_PASSWORD
from rehearsal.postgres.control import healthy as postgres_healthy

_ORACLE_LOGIN = "DMSUSER / dmsuser123"
_POSTGRES_LOGINS = f"{DAGS_LOGIN['login']} / {DAGS_LOGIN['password']}, dmsuser / dmsuser123"


def addresses(layout: Layout, ports: Ports, dag_ids: Sequence[str]) -> str:
    """Addresses, logins, and a command for each kind of client."""
    airflow_password = password(layout.part_home("airflow"))
    api = f"http://{LOOPBACK}:{ports.flightspecials_api}/travelbuddy/flightspecials"
    service = oracle_service()
    aws = f"http://{LOOPBACK}:{ports.aws}"
    return f"""
Airflow         http://{LOOPBACK}:{ports.airflow}   login {USER} / {airflow_password}
  Sync          http://{LOOPBACK}:{ports.airflow}/plugin/reverse-sync-nav   what the runs proved
FlightSpecials  {api}
PostgreSQL      {LOOPBACK}:{ports.postgres}, database dso   logins postgres / {SUPERUSER_PASSWORD}, {_POSTGRES_LOGINS}
Oracle          {LOOPBACK}:{ports.oracle}, service or SID {service}   logins TRAVELBUDDY / welcome, {_ORACLE_LOGIN}
AWS             {aws}   any credentials, region {region()}

  psql postgresql://postgres:{SUPERUSER_PASSWORD}@{LOOPBACK}:{ports.postgres}/dso -c 'TABLE travelbuddy.flightspecial'
  sqlplus TRAVELBUDDY/welcome@//{LOOPBACK}:{ports.oracle}/{service}
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --region {region()} --endpoint-url {aws} \\
      dms describe-replication-tasks
  curl -X PUT {api}/1/name -H 'Content-Type: application/json' \\
      -d '{{"id": 1, "flightSpecialHeader": "London to Busan"}}'

Trigger the DAG {" or ".join(dag_ids)} in Airflow; `make status` shows the parts, `make down` stops them, and the
next `make up` goes on with their data.
An edit below include/ or dags/ is seen within half a minute; one below plugins/ needs `make down up`.
"""


def status_table(layout: Layout, state: State) -> str:
    """A line for each part: health, port, process, log."""
    ports = state.ports
    client = Client(ports.airflow, password(layout.part_home("airflow")))
    health = {
        "airflow": (ports.airflow, client.healthy()),
        "postgres": (ports.postgres, postgres_healthy(ports.postgres_control)),
        "oracle": (ports.oracle, _answers(ports.oracle)),
        "aws": (ports.aws, _answers(ports.aws)),
        "flightspecials_api": (ports.flightspecials_api, _answers(ports.flightspecials_api)),
    }
    lines = [f"{'part':<20} {'state':<12} {'port':>6} {'process':>8}  log"]
    for part, (port, is_healthy) in health.items():
        word = ("healthy" if is_healthy else "not healthy") if part in state.part_pids else "down"
        lines.append(f"{part:<20} {word:<12} {port:>6} {state.part_pids.get(part, '-'):>8}  {layout.log(part)}")
    return "\n".join(lines)


def deaths_of(layout: Layout) -> list[Death]:
    """What ended by itself since the last `up`, parts and components of Airflow, oldest first."""
    found = [*Deaths(layout.home).all(), *Deaths(layout.part_home("airflow")).all()]
    return sorted(found, key=lambda death: death.time)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=2).close()
    except OSError:
        return False
    return True

"""What `up` and `status` print: where each part is and how to get in."""

import socket

from rehearsal.airflow.client import Client
from rehearsal.airflow.environment import USER, password
from rehearsal.layout import Layout, Ports, State
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.control import healthy as postgres_healthy


def addresses(layout: Layout, ports: Ports) -> str:
    """Addresses, logins, and a command for each kind of client."""
    airflow_password = password(layout.part_home("airflow"))
    api = f"http://{LOOPBACK}:{ports.flightspecials_api}/travelbuddy/flightspecials"
    aws = f"http://{LOOPBACK}:{ports.aws}"
    return f"""
Airflow         http://{LOOPBACK}:{ports.airflow}   login {USER} / {airflow_password}
FlightSpecials  {api}
PostgreSQL      {LOOPBACK}:{ports.postgres}, database dso   logins postgres / postgres, dmsuser / dmsuser123
Oracle          {LOOPBACK}:{ports.oracle}, service or SID XE   logins TRAVELBUDDY / welcome, DMSUSER / dmsuser123
AWS             {aws}   any credentials, region ap-northeast-2

  psql postgresql://postgres:postgres@{LOOPBACK}:{ports.postgres}/dso -c 'TABLE travelbuddy.flightspecial'
  sqlplus TRAVELBUDDY/welcome@//{LOOPBACK}:{ports.oracle}/XE
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --region ap-northeast-2 --endpoint-url {aws} \\
      dms describe-replication-tasks
  curl -X PUT {api}/1/name -H 'Content-Type: application/json' \\
      -d '{{"id": 1, "flightSpecialHeader": "London to Busan"}}'

Trigger the DAG flightspecials_reverse_sync in Airflow; `make status` shows the parts, `make down` stops them.
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
        word = "healthy" if is_healthy else "not healthy"
        lines.append(f"{part:<20} {word:<12} {port:>6} {state.part_pids[part]:>8}  {layout.log(part)}")
    return "\n".join(lines)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=2).close()
    except OSError:
        return False
    return True

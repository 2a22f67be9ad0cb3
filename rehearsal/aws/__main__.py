"""`python -m rehearsal.aws --home DIR --port N --postgres-port P --postgres-control URL --oracle-port O`."""

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from rehearsal.aws import moto_seams
from rehearsal.aws.call_log import CallLog
from rehearsal.aws.control import Control
from rehearsal.aws.dms.service import Dms
from rehearsal.aws.dms.settling import move
from rehearsal.aws.faults import Faults
from rehearsal.aws.gateway import Gateway
from rehearsal.aws.log_filter import LogFilter
from rehearsal.aws.permissions import Permissions
from rehearsal.aws.rds import Rds
from rehearsal.aws.settings import DURATIONS, durations, policies
from rehearsal.aws.store import FILE, Store, UnreadableRecordsError
from rehearsal.aws.timing import Transitions
from rehearsal.names import region
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import LISTEN
from rehearsal.postgres.control_client import PostgresControl, PostgresControlError

REGION = region()


def main() -> None:
    """Serve AWS on loopback until the process is ended; a new one is as after Terraform: no endpoint and no task."""
    arguments = _parse()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # requests are in /rehearsal/calls
    faults, choices, calls, permissions = Faults(), policies(), CallLog(), Permissions()
    # What is put aside in files goes with the part's folder, however the part ends.
    arguments.home.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(arguments.home)
    store = Store(arguments.home / FILE if arguments.keep else None)
    with part_process():
        # What moto would otherwise look for in the environment or on the network.
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
        transitions = Transitions(arguments.durations, faults)
        rds = Rds(REGION, arguments.postgres_port, PostgresControl(arguments.postgres_control), transitions)
        moto_seams.install_rds(rds)
        moto_seams.install_log_filter(LogFilter)
        try:
            kept = store.load()
            _seed_or_go_on(rds, kept)
        except (PostgresControlError, UnreadableRecordsError) as error:
            sys.exit(str(error))
        databases = {
            "postgres": arguments.postgres_port,
            "aurora-postgresql": arguments.postgres_port,
            "oracle": arguments.oracle_port,
        }
        if kept:
            move(kept["dms"], kept["databases"], databases)
        dms = Dms(REGION, transitions, choices, kept.get("dms"))
        store.keep("moto", lambda: moto_seams.kept(REGION))
        store.keep("rds events", lambda: rds.events)
        store.keep("dms", dms.records)
        store.keep("databases", lambda: databases)
        transitions.changed = store.save
        store.save()
        control = Control(faults, arguments.durations, choices, calls, dms.damage, permissions)
        gateway = Gateway(moto_seams.wsgi_application(), dms, control, faults, calls, store, permissions, rds)
        server = make_server(
            LISTEN, arguments.port, gateway, threaded=True, request_handler=moto_seams.MotoRequestHandler
        )
        announce_ready()
        try:
            server.serve_forever()
        finally:
            store.save()


def _seed_or_go_on(rds: Rds, kept: dict[str, Any]) -> None:
    """Raises PostgresControlError where it is new and PostgreSQL does not answer."""
    if kept:
        moto_seams.restore(REGION, kept["moto"])
        rds.go_on(kept["rds events"])
    else:
        rds.seed()
        moto_seams.create_role("dms-cloudwatch-logs-role", "dms.amazonaws.com")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.aws", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for what the part keeps")
    parser.add_argument(
        "--keep", action="store_true", help="go on with the records found in --home, and leave them there"
    )
    parser.add_argument("--port", type=int, required=True, help="where AWS is served")
    parser.add_argument("--postgres-port", type=int, required=True, help="the PostgreSQL that stands behind RDS")
    parser.add_argument("--postgres-control", required=True, help="the address of its control")
    parser.add_argument("--oracle-port", type=int, required=True, help="the Oracle of the legacy system")
    parser.add_argument(
        "--duration",
        action="append",
        default=[],
        metavar="NAME=SECONDS",
        help=f"how long something takes; NAME is one of {', '.join(DURATIONS)}",
    )
    arguments = parser.parse_args()
    try:
        arguments.durations = durations(dict(_duration(text) for text in arguments.duration))
    except ValueError as error:
        parser.error(str(error))
    return arguments


def _duration(text: str) -> tuple[str, float]:
    name, _, seconds = text.partition("=")
    try:
        return name, float(seconds)
    except ValueError:
        raise ValueError(f"--duration {text} is not NAME=SECONDS") from None


if __name__ == "__main__":
    main()

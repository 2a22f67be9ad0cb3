"""`python -m rehearsal.aws --home DIR --port N --postgres-port P --postgres-control URL --oracle-port O`."""

import argparse
import logging
import os
import sys
from pathlib import Path

from werkzeug.serving import make_server

from rehearsal.aws import moto_seams
from rehearsal.aws.calls import CallLog
from rehearsal.aws.control import Control
from rehearsal.aws.dms.protocol import DmsProtocol
from rehearsal.aws.dms.service import Dms
from rehearsal.aws.faults import Faults
from rehearsal.aws.front import Front
from rehearsal.aws.policies import Policies
from rehearsal.aws.rds import PostgresControl, PostgresControlError, Rds
from rehearsal.aws.timing import DURATIONS, Durations, Transitions
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import LISTEN

REGION = "ap-northeast-2"


def main() -> None:
    """Serve AWS on loopback until told to end: seeded as after Terraform, with no endpoint and no task."""
    arguments = _parse()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # requests are in /rehearsal/calls
    faults, policies, calls = Faults(), Policies(), CallLog()
    with part_process():
        # What moto would otherwise look for in the environment or on the network.
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
        transitions = Transitions(arguments.durations, faults)
        rds = Rds(REGION, arguments.postgres_port, PostgresControl(arguments.postgres_control), transitions)
        moto_seams.install_rds(rds)
        try:
            rds.seed()
        except PostgresControlError as error:
            sys.exit(str(error))
        moto_seams.create_role("dms-cloudwatch-logs-role", "dms.amazonaws.com")
        dms = Dms(REGION, transitions, policies)
        control = Control(faults, arguments.durations, policies, calls)
        front = Front(moto_seams.wsgi_application(), DmsProtocol(dms.calls), control, faults, calls)
        server = make_server(
            LISTEN, arguments.port, front, threaded=True, request_handler=moto_seams.MotoRequestHandler
        )
        announce_ready()
        server.serve_forever()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.aws", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for what the part keeps (nothing so far)")
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
        arguments.durations = Durations(dict(_duration(text) for text in arguments.duration))
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

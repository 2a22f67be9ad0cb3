"""`python -m rehearsal.postgres --home DIR --port N --control-port M`."""

import argparse
import sys
from pathlib import Path

from rehearsal.part import announce_ready, part_process
from rehearsal.ports import PortTakenError, require_free
from rehearsal.postgres.cluster import Cluster, PostgresUnavailableError
from rehearsal.postgres.control import ControlServer
from rehearsal.postgres.parameters import set_parameters
from rehearsal.postgres.starting_state import PENDING_PARAMETERS, seed


def main() -> None:
    """Serve PostgreSQL, in the starting state where it is new, until told to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.postgres", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for the cluster and its log")
    parser.add_argument("--port", type=int, required=True, help="where PostgreSQL listens")
    parser.add_argument("--control-port", type=int, required=True, help="where reboots and parameters are asked for")
    parser.add_argument("--keep", action="store_true", help="go on with the data found in --home, and leave them there")
    arguments = parser.parse_args()
    with part_process():
        try:
            require_free(arguments.port, "the rehearsal's PostgreSQL", "--port")
            require_free(arguments.control_port, "the control of the rehearsal's PostgreSQL", "--control-port")
            serve(Cluster(arguments.home, arguments.port), arguments.control_port, keep=arguments.keep)
        except (PortTakenError, PostgresUnavailableError) as error:
            sys.exit(str(error))


def serve(cluster: Cluster, control_port: int, *, keep: bool) -> None:
    """Serve the cluster until the process is told to end; it is made new unless ``keep`` finds it complete."""
    try:
        new = not (keep and cluster.complete)
        if new:
            cluster.create()
        cluster.speak_tls()
        cluster.trust_pglogical()
        cluster.start()
        if new:
            seed(cluster)
            set_parameters(cluster, PENDING_PARAMETERS)
            cluster.mark_complete()
        with ControlServer(control_port, cluster) as server:
            announce_ready()
            server.serve_forever(poll_interval=60)
    finally:
        cluster.stop(grace_s=1)
        if not keep:
            cluster.remove()


if __name__ == "__main__":
    main()

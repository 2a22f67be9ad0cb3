"""`python -m rehearsal.oracle --home DIR --port N`."""

import argparse
import signal
import sys
from pathlib import Path

from rehearsal.oracle.instance import Instance
from rehearsal.oracle.server import Server
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import PortTakenError, choose, require_free
from rehearsal.postgres.cluster import PostgresUnavailableError


def main() -> None:
    """Serve a new legacy Oracle in the seed's state until told to end; its data go with it."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.oracle", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for the data and the log")
    parser.add_argument("--port", type=int, required=True, help="where Oracle Net listens")
    arguments = parser.parse_args()
    with part_process():
        try:
            require_free(arguments.port, "the rehearsal's Oracle", "--port")
            serve(Instance(arguments.home, choose(None, {arguments.port})), arguments.port)
        except (PortTakenError, PostgresUnavailableError) as error:
            sys.exit(str(error))


def serve(instance: Instance, port: int) -> None:
    """Make the instance and serve it until the process is told to end."""
    try:
        instance.start()
        server = Server(port, instance)
        signal.signal(signal.SIGUSR1, lambda *_: server.go_away())  # `python -m rehearsal fault oracle-down`
        signal.signal(signal.SIGUSR2, lambda *_: server.come_back())
        announce_ready()
        server.serve_forever()
    finally:
        instance.stop()


if __name__ == "__main__":
    main()

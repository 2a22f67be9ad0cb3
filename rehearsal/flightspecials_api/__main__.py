"""`python -m rehearsal.flightspecials_api --port N --postgres-port P`."""

import argparse
import socket
import sys

import uvicorn

from rehearsal.flightspecials_api.app import make_app
from rehearsal.flightspecials_api.store import Store
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import LISTEN, PortTakenError, require_free


def main() -> None:
    """Serve the FlightSpecials API until told to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.flightspecials_api", description=main.__doc__)
    parser.add_argument("--port", type=int, required=True, help="where the API listens")
    parser.add_argument("--postgres-port", type=int, required=True, help="where the service's PostgreSQL listens")
    arguments = parser.parse_args()
    with part_process():
        try:
            require_free(arguments.port, "the FlightSpecials API", "--port")
        except PortTakenError as error:
            sys.exit(str(error))
        app = make_app(Store(arguments.postgres_port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        with socket.create_server((LISTEN, arguments.port)) as listening:
            announce_ready()
            server.run(sockets=[listening])


if __name__ == "__main__":
    main()

"""`python -m rehearsal.oracle --home DIR --port N`."""

import argparse
import signal
import sys
from pathlib import Path

from rehearsal.certificates import Certificates, write_certificates
from rehearsal.oracle.instance import Instance
from rehearsal.oracle.server import Server
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import PortTakenError, choose, require_free
from rehearsal.postgres.cluster import PostgresUnavailableError
from rehearsal.tls import server_context


def main() -> None:
    """Serve the legacy Oracle, in the seed's state where it is new, until told to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.oracle", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for the data and the log")
    parser.add_argument("--port", type=int, required=True, help="where Oracle Net listens")
    parser.add_argument("--keep", action="store_true", help="go on with the data found in --home, and leave them there")
    arguments = parser.parse_args()
    with part_process():
        try:
            require_free(arguments.port, "the rehearsal's Oracle", "--port")
            instance = Instance(arguments.home, choose(None, {arguments.port}), keep=arguments.keep)
            serve(instance, arguments.port, wallet(arguments.home))
        except (PortTakenError, PostgresUnavailableError) as error:
            sys.exit(str(error))


def wallet(home: Path) -> Certificates:
    """The listener's certificates; those of an earlier start stay. ewallet.pem is what clients trust it by."""
    folder = home / "wallet"
    files = Certificates(folder / "ca.crt", folder / "server.crt", folder / "server.key")
    if not files.key.exists():
        folder.mkdir(parents=True, exist_ok=True)
        files = write_certificates(folder, "rehearsal-oracle")
        (folder / "ewallet.pem").write_bytes(files.authority.read_bytes())
    return files


def serve(instance: Instance, port: int, certificates: Certificates) -> None:
    """Serve the instance until the process is told to end."""
    try:
        instance.start()
        server = Server(port, instance, server_context(certificates))
        signal.signal(signal.SIGUSR1, lambda *_: server.go_away())  # `python -m rehearsal fault oracle-down`
        signal.signal(signal.SIGUSR2, lambda *_: server.come_back())
        announce_ready()
        server.serve_forever()
    finally:
        instance.stop()


if __name__ == "__main__":
    main()

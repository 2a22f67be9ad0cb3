"""`python -m bench.peer`: reladiff on the seed's table between two PostgreSQLs, beside the same limit as ours.

reladiff (PyPI) is installed into an environment of its own, which is removed afterwards;
it is no dependency, and `make bench` does not run this. `RECONCILE_ROWS` says how many rows the table has.
"""

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.against_limit import beside, hashes, in_psql
from bench.compared_tables import SEED
from rehearsal.ports import LOOPBACK, choose
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster
from reverse_sync.catalog.postgres import read_tables
from reverse_sync.reconcile.hashing import postgres_hashing
from reverse_sync.reconcile.plan import plan
from reverse_sync.table_mapping import Column, Table

_ROWS = int(os.environ.get("RECONCILE_ROWS", "1000000"))
_PEER = "reladiff[postgresql]==0.6.0"


def compare_with_peer() -> None:
    """Print seconds and ratios of reladiff where nothing, one row and 200 rows differ."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
        subprocess.run([home / "venv" / "bin" / "pip", "install", "--quiet", _PEER], check=True)
        cluster = Cluster(home / "postgres", choose(None, set()))
        try:
            cluster.create()
            cluster.start()
            _measure(cluster, home / "venv" / "bin" / "reladiff")
        finally:
            cluster.stop(grace_s=1)
            cluster.remove()


def _measure(cluster: Cluster, program: Path) -> None:
    with cluster.connect() as one:
        one.execute("CREATE DATABASE copy")
        with cluster.connect("copy") as other:
            SEED.fill(one, _ROWS)
            SEED.fill(other, _ROWS)
            (table,) = read_tables(one, ["travelbuddy"], [SEED.name])
            limit = [partial(in_psql, cluster, database, _limit(table)) for database in ("postgres", "copy")]
            for count in SEED.aims:
                SEED.change(other, _ROWS, count)
                print(
                    f"reladiff{_ROWS:>12,}{count:>8}{beside(limit, partial(_run, cluster, program, count))}", flush=True
                )


def _limit(table: Table) -> str:
    projection = SEED.mapping.project(table)
    if projection is None:
        raise RuntimeError(f"the mapping does not select {table.full_name}")
    targets = {column.name: Column(column.name, "VARCHAR2", length=1000) for column in projection.columns}
    targets |= {name: Column(name, "NUMBER") for name in ("ID", "COST", "EXPIRYDATE")}
    how = plan(projection, targets)
    return hashes("travelbuddy.flightspecial", postgres_hashing(how), how.order)


def _run(cluster: Cluster, program: Path, expected: int) -> None:
    addresses = [
        f"postgresql://{SUPERUSER}:{SUPERUSER_PASSWORD}@{LOOPBACK}:{cluster.port}/{database}"
        for database in ("postgres", "copy")
    ]
    sides = [part for address in addresses for part in (address, "travelbuddy.flightspecial")]
    columns = [
        part for name in ("header", "body", "origin%", "destination%", "cost", "expiry_date") for part in ("-c", name)
    ]
    made = subprocess.run([program, *sides, "-k", "id", *columns], capture_output=True, text=True, check=True)
    found = len({line[1:] for line in made.stdout.splitlines() if line.startswith("+")})
    if found != expected:
        raise RuntimeError(f"reladiff found {found} of {expected} differences: {made.stderr}")


if __name__ == "__main__":
    compare_with_peer()

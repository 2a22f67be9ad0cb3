"""A comparison beside its limit: both databases computing the same hashes at once in their own shells."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bench.memory import peak
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster
from rehearsal.postgres.packages import newest_with_pglogical
from reverse_sync.reconcile.hashing import Hashing
from reverse_sync.reconcile.plan import Order

_REPEATS = 3
# A comparison has one process of each server, and so has its limit.
_OPTIONS = "-c max_parallel_workers_per_gather=0 -c TimeZone=UTC -c DateStyle=ISO"


def hashes(table: str, hashing: Hashing, order: Order | None) -> str:
    """The query that computes all hashes and sends one line: each row's, and its key's where that orders rows."""
    key = f", {hashing.position} AS key_hash" if order is Order.KEY_HASH else ""
    sums = f"SUM(row_hash){', SUM(key_hash)' if key else ''}"
    return f"SELECT COUNT(*), {sums} FROM (SELECT {hashing.hash} AS row_hash{key} FROM {table}) q"  # noqa: S608


def in_psql(cluster: Cluster, database: str, query: str) -> None:
    """Run a query in PostgreSQL's own shell."""
    packages = newest_with_pglogical()
    if packages is None:
        raise RuntimeError("PostgreSQL is not installed")
    login = {"PGHOST": LOOPBACK, "PGPORT": str(cluster.port), "PGUSER": SUPERUSER, "PGPASSWORD": SUPERUSER_PASSWORD}
    subprocess.run(
        [packages / "bin" / "psql", "-X", "-q", "-o", os.devnull, "-d", database, "-f", "-"],
        input=query.encode(),
        env={**os.environ, **login, "PGOPTIONS": _OPTIONS},
        check=True,
    )


def print_head() -> None:
    """The columns' names."""
    print(f"{'':<20}{'rows':>11}{'differ':>8}{'limit':>10}{'took':>10}{'ratio':>7}{'aim':>6}{'memory':>10}")


def measure(
    name: str, rows: int, differences: int, aim: str, limit: Sequence[Callable[[], object]], run: Callable[[], None]
) -> None:
    """Print one line: medians of repeated runs, each right after its limit, and the client's memory."""
    run()  # imports, caches
    with peak() as found:
        times = beside(limit, run)
    print(f"{name:<20}{rows:>11,}{differences:>8}{times}{aim:>6}{found.megabytes:>7.0f} MB", flush=True)


class Times(NamedTuple):
    """Medians: seconds of the limit, seconds of the work, the ratio of each pair."""

    least: float
    took: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.least:>8.2f} s{self.took:>8.2f} s{self.ratio:>7.2f}"


def beside(limit: Sequence[Callable[[], object]], run: Callable[[], object]) -> Times:
    """Run it repeatedly, each time right after its limit."""
    alone, taken = [], []
    for _ in range(_REPEATS):
        alone.append(_seconds(lambda: _at_once(limit)))
        taken.append(_seconds(run))
    ratios = [mine / other for mine, other in zip(taken, alone, strict=True)]
    return Times(statistics.median(alone), statistics.median(taken), statistics.median(ratios))


def _at_once(work: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one) for one in work]:
            done.result()


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started

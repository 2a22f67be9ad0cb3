"""What `make up` keeps from one time to the next: found again, told apart from leftovers, emptied."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal import names
from rehearsal.layout import PROJECT, Layout, Ports
from rehearsal.orchestrator import clear
from rehearsal.own_tables import forget_tables
from rehearsal.port_choice import WELL_KNOWN
from rehearsal.postgres.cluster import is_complete
from rehearsal.postgres.packages import newest_with_pglogical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# They tell of each other: a replication slot of a task, a task of its position in Oracle. Kept or new, all together.
_BELONG_TOGETHER = ("postgres", "oracle", "aws")
_MOST_RECORDS = 20


class KeptError(RuntimeError):
    """What was kept cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Beginning:
    """With what a rehearsal begins: a sentence for the person who starts it, and the ports to prefer."""

    sentence: str
    ports: Mapping[str, int]


def begin(layout: Layout) -> Beginning:
    """Look at what the last rehearsal kept, and take away what is of no use. Raises KeptError."""
    kept = _read(layout)
    if kept is None:
        _empty_databases(layout)
        return Beginning("Everything begins from the starting state.", WELL_KNOWN)
    where = os.path.relpath(layout.home)
    if kept["made_by"] != _maker():
        raise KeptError(
            f"what {where} keeps since {kept['since']} was made by another version of the rehearsal's databases; "
            "`make fresh` empties it, run history and records too: copy first what you want of "
            f"{os.path.relpath(layout.evidence)}"
        )
    if kept["names"] != _names():
        raise KeptError(
            f"what {where} keeps was made for {', '.join(kept['names'])}, but these pipelines name "
            f"{', '.join(_names())}: `make fresh` empties it; copy first what you want of "
            f"{os.path.relpath(layout.evidence)}"
        )
    if missing := [part for part in _BELONG_TOGETHER if not _has_data(layout, part)]:
        _empty_databases(layout)
        return Beginning(
            f"The data of {' and '.join(missing)} that {where} kept are gone: the databases and AWS begin from the "
            "starting state; run history and records are kept.",
            kept["ports"],
        )
    return Beginning(
        f"Everything goes on as it was left (`make fresh` empties it); it began {kept['since']}.", kept["ports"]
    )


def remember(layout: Layout, ports: Ports) -> None:
    """Note that every part is complete, and where it listens: the next rehearsal goes on with that."""
    since = (_read(layout) or {"since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"})["since"]
    unfinished = _file(layout).with_suffix(".new")
    unfinished.write_text(
        json.dumps({"made_by": _maker(), "names": _names(), "since": since, "ports": asdict(ports)}, indent=2) + "\n"
    )
    unfinished.replace(_file(layout))


def empty(layout: Layout) -> int:
    """Take away all that parts left in the folder, the records of runs too; how many of those there were."""
    records = len(_records(layout))
    _empty_all_but_records(layout)
    shutil.rmtree(layout.part_home("airflow"), ignore_errors=True)
    return records


def empty_but_records(layout: Layout) -> None:
    """Take away all that parts left in the folder, but not the newest records of runs."""
    _empty_all_but_records(layout)
    for record in _records(layout)[_MOST_RECORDS - 1 :]:
        record.unlink()


def _records(layout: Layout) -> list[Path]:
    """The records of runs, newest first."""
    return sorted(layout.evidence.glob("*/*.json"), key=lambda file: file.stat().st_mtime, reverse=True)


def _empty_all_but_records(layout: Layout) -> None:
    _empty_databases(layout)
    in_airflow = [place for place in layout.part_home("airflow").glob("*") if place != layout.evidence]
    for place in [layout.home / "logs", layout.home / "deaths.jsonl", layout.home / "state.json", *in_airflow]:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


def _empty_databases(layout: Layout) -> None:
    _file(layout).unlink(missing_ok=True)
    forget_tables(layout)
    clear(layout)
    for part in _BELONG_TOGETHER:
        shutil.rmtree(layout.part_home(part), ignore_errors=True)


def _has_data(layout: Layout, part: str) -> bool:
    home = layout.part_home(part)
    return (home / "records.pickle").exists() if part == "aws" else is_complete(home / "cluster")


def _maker() -> str:
    """What decides how the databases are made: the seed's scripts and rows, and the version of PostgreSQL."""
    digest = hashlib.sha256(str(newest_with_pglogical()).encode())
    made_from = [
        *PROJECT.glob("rehearsal/**/*.sql"),
        *PROJECT.glob("rehearsal/seed/*.json"),
        PROJECT / "docs/grants.sql",
    ]
    for file in sorted(made_from):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _names() -> list[str]:
    """What AWS's and Oracle's records call the things that a pipeline names."""
    return [names.region(), names.db_instance(), names.replication_instance(), names.oracle_service()]


def _read(layout: Layout) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(_file(layout).read_text())
    except FileNotFoundError:
        return None
    return kept


def _file(layout: Layout) -> Path:
    return layout.home / "kept.json"

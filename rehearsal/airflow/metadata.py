"""Airflow's metadata database: migrated once for a set of locked versions, then copied."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rehearsal.airflow.environment import PROJECT, database_file


class MetadataError(RuntimeError):
    """Airflow could not make its database; the message has its last words."""


def make_database(home: Path, cache: Path, environment: Mapping[str, str]) -> None:
    """Put a migrated, empty database into ``home``; the next call with the same lock takes it from ``cache``."""
    lock = hashlib.sha256((PROJECT / "requirements-dev.txt").read_bytes()).hexdigest()[:16]
    template = cache / f"airflow-{lock}.db"
    if template.exists():
        shutil.copyfile(template, database_file(home))
        return
    migration = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    if migration.returncode:
        raise MetadataError(f"`airflow db migrate` failed:\n{migration.stderr[-2000:]}")
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = template.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database_file(home), unfinished)
    unfinished.replace(template)

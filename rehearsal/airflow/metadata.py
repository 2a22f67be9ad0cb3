"""Airflow's metadata database: migrated once for a set of locked versions, then copied, or kept and migrated."""

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
    """Put a migrated database into ``home``: the one that lies there, or an empty one.

    An empty one of the same locked versions is taken from ``cache``, where the first one is left. Raises MetadataError.
    """
    lock = hashlib.sha256((PROJECT / "requirements-dev.txt").read_bytes()).hexdigest()[:16]
    template, database, made_by = cache / f"airflow-{lock}.db", database_file(home), home / "database-lock"
    if database.exists() and made_by.exists():
        if made_by.read_text() != lock:
            _migrate(environment)
    else:
        _make_empty(database, template, environment)
    made_by.write_text(lock)


def _make_empty(database: Path, template: Path, environment: Mapping[str, str]) -> None:
    if template.exists():
        shutil.copyfile(template, database)
        return
    database.unlink(missing_ok=True)
    _migrate(environment)
    template.parent.mkdir(parents=True, exist_ok=True)
    unfinished = template.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, unfinished)
    unfinished.replace(template)


def _migrate(environment: Mapping[str, str]) -> None:
    migration = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    if migration.returncode:
        raise MetadataError(f"`airflow db migrate` failed:\n{migration.stderr[-2000:]}")

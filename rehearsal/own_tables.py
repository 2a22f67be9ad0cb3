"""Makes the tables of a selection in the databases of a rehearsal, each folder once."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

import oracledb
import psycopg

from rehearsal.grants import needed_by
from rehearsal.pipeline_file import SelectionError
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from rehearsal.postgres.starting_state import create_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rehearsal.layout import Layout, Ports
    from rehearsal.selection import Selection

_DEFAULT_DATABASE = "dso"
# What only a slash on a line of its own ends: https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/
_BLOCK = re.compile(
    r"(BEGIN|DECLARE|CREATE\s+(OR\s+REPLACE\s+)?(TRIGGER|FUNCTION|PROCEDURE|PACKAGE|TYPE))\b", re.IGNORECASE
)
_FRESH = "Correct it; `make fresh` takes away what was made by half, then start again"


def make_tables(selection: Selection, layout: Layout, ports: Ports) -> None:
    """Make the databases that the pipelines name and the tables of each folder, where that was not done before.

    `postgres.sql` is run by `postgres`, `oracle.sql` by SYSTEM; then the logins get what the pipelines need. Raises
    SelectionError.
    """
    databases = {str(pipeline.value("dms.source_endpoint.database")) for pipeline in selection.pipelines}
    for database in sorted(databases):
        _make_database(ports, database)
    if len(databases) > 1 and selection.tables:
        raise SelectionError(
            f"dms.source_endpoint.database is {' and '.join(sorted(databases))}: rehearse one at a time"
        )
    database = next(iter(databases), _DEFAULT_DATABASE)
    done = _read_done(layout)
    for folder in selection.tables:
        digest = _digest(folder)
        if done.get(str(folder), digest) != digest:
            raise SelectionError(
                f"{folder} was changed since its tables were made: `make fresh` empties the databases, and the next "
                "start makes the tables again"
            )
        if str(folder) not in done:
            _postgres(ports, database, folder / "postgres.sql")
            _oracle(ports, selection.oracle_service, folder / "oracle.sql")
            done[str(folder)] = digest
            _done_file(layout).write_text(json.dumps(done))
    _grant(selection, ports)


def forget_tables(layout: Layout) -> None:
    """The databases were emptied."""
    _done_file(layout).unlink(missing_ok=True)


def statements(script: str) -> Iterator[str]:
    """The statements of a script for Oracle, ended as SQL*Plus ends them: by `;`, blocks of PL/SQL by a slash alone."""
    lines: list[str] = []
    for line in script.splitlines():
        text = line.strip()
        if not lines and (not text or text.startswith("--")):
            continue
        if text == "/":
            yield "\n".join(lines)
            lines = []
            continue
        lines.append(line)
        if text.endswith(";") and not _BLOCK.match(lines[0].strip()):
            yield "\n".join(lines).rstrip().removesuffix(";")
            lines = []
    if lines:
        yield "\n".join(lines)


def _make_database(ports: Ports, database: str) -> None:
    with _connect(ports, _DEFAULT_DATABASE) as connection:
        connection.autocommit = True
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            create_database(connection, database)


def _grant(selection: Selection, ports: Ports) -> None:
    for pipeline in selection.pipelines:
        grants = needed_by(pipeline.path)
        with _connect(ports, str(pipeline.value("dms.source_endpoint.database"))) as connection:
            for grant in grants.postgres:
                connection.execute(grant.encode())
        with _system(ports, selection.oracle_service) as session, session.cursor() as cursor:
            for grant in grants.oracle:
                cursor.execute(grant)


def _postgres(ports: Ports, database: str, file: Path) -> None:
    if not file.is_file():
        return
    try:
        with _connect(ports, database) as connection:
            connection.execute(file.read_bytes())
    except psycopg.Error as error:
        position = error.diag.statement_position
        line = (
            "" if position is None else f", line {file.read_text(encoding='utf-8')[: int(position)].count(chr(10)) + 1}"
        )
        raise SelectionError(
            f"{file}{line}: PostgreSQL says {str(error).splitlines()[0]}. Correct it, then start again"
        ) from None


def _line(file: Path, error: psycopg.Error) -> str:
    position = error.diag.statement_position
    return str(file.read_text(encoding="utf-8")[: int(position)].count("\n") + 1) if position else "?"


def _oracle(ports: Ports, service: str, file: Path) -> None:
    if not file.is_file():
        return
    with _system(ports, service) as connection, connection.cursor() as cursor:
        for statement in filter(None, statements(file.read_text(encoding="utf-8"))):
            _run(cursor, statement, file)
        connection.commit()


def _run(cursor: oracledb.Cursor, statement: str, file: Path) -> None:
    try:
        cursor.execute(statement)
    except oracledb.Error as error:
        said = str(error).splitlines()[0]
        raise SelectionError(f"{file}: Oracle says {said}, of: {_shown(statement)}. {_FRESH}") from None


def _shown(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= 100 else f"{text[:100]}..."


def _connect(ports: Ports, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=LOOPBACK, port=ports.postgres, dbname=database, user="postgres", password=SUPERUSER_PASSWORD
    )


def _system(ports: Ports, service: str) -> oracledb.Connection:
    return oracledb.connect(user="system", password="manager", dsn=f"{LOOPBACK}:{ports.oracle}/{service}")


def _digest(folder: Path) -> str:
    files: Iterable[Path] = (folder / name for name in ("postgres.sql", "oracle.sql"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files if file.is_file())).hexdigest()


def _read_done(layout: Layout) -> dict[str, str]:
    try:
        done: dict[str, str] = json.loads(_done_file(layout).read_text())
    except FileNotFoundError:
        return {}
    return done


def _done_file(layout: Layout) -> Path:
    return layout.home / "tables.json"

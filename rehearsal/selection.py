"""What a rehearsal is about: pipeline files, the tables that they need, and connections of a user's own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal import names
from rehearsal.oracle.legacy import DAGS_LOGIN as ORACLE_DAGS_LOGIN
from rehearsal.pipeline_file import PipelineFile, SelectionError, find_pipeline, has_tables
from rehearsal.postgres.cluster import DAGS_LOGIN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from rehearsal.layout import Layout

# There is one of each, so it has one name.
_NAMES = {
    "REHEARSAL_REGION": "aws.region",
    "REHEARSAL_DB_INSTANCE": "postgres.db_instance",
    "REHEARSAL_REPLICATION_INSTANCE": "dms.replication_instance",
    "REHEARSAL_ORACLE_SERVICE": "dms.target_endpoint.database",
}
_CONNECTIONS = "connections.json"
SCENARIOS = ("way-back",)


@dataclass(frozen=True)
class Selection:
    """What was asked for; without pipelines it is the shipped one."""

    pipelines: tuple[PipelineFile, ...] = ()
    tables: tuple[Path, ...] = ()
    own_connections: Path | None = None
    scenario: str | None = None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Selection:
        """By the command line (see `add_arguments`). Raises SelectionError."""
        pipelines = tuple(find_pipeline(name) for name in arguments.pipeline)
        if arguments.tables and not has_tables(arguments.tables):
            raise SelectionError(f"TABLES={arguments.tables} has no postgres.sql, oracle.sql or {_CONNECTIONS}")
        folders = [arguments.tables] if arguments.tables else [file.folder for file in pipelines]
        if arguments.connections and not arguments.connections.is_file():
            raise SelectionError(f"CONNECTIONS={arguments.connections}: there is no such file")
        if arguments.scenario and (pipelines or folders):
            raise SelectionError(
                f"SCENARIO={arguments.scenario} writes to the shipped pipeline's tables: leave PIPELINE and TABLES out"
            )
        tables = tuple(folder.resolve() for folder in folders if has_tables(folder))
        return cls(pipelines, tables, arguments.connections, arguments.scenario)

    @property
    def oracle_service(self) -> str:
        """The name by which Oracle is reached. Raises SelectionError."""
        return self._agreed(_NAMES["REHEARSAL_ORACLE_SERVICE"]) if self.pipelines else names.oracle_service()

    @property
    def dag_ids(self) -> list[str]:
        """The DAGs to run. Raises SelectionError."""
        return [pipeline.dag_id for pipeline in self.pipelines] or ["flightspecials_reverse_sync"]

    def environment(self, layout: Layout) -> dict[str, str]:
        """What the parts and commands need to know of it. Raises SelectionError."""
        found = {}
        if self.pipelines:
            found["REVERSE_SYNC_INCLUDE"] = os.pathsep.join(str(pipeline.path) for pipeline in self.pipelines)
            found |= {variable: self._agreed(keys) for variable, keys in _NAMES.items()}
        if connections := self.connections():
            layout.home.mkdir(parents=True, exist_ok=True)
            file = layout.home / _CONNECTIONS
            file.touch(mode=0o600)
            file.write_text(json.dumps(connections, indent=2) + "\n")
            found["REHEARSAL_CONNECTIONS"] = str(file)
        return found

    def connections(self) -> dict[str, dict[str, Any]]:
        """Connections beside the shipped pipeline's, by id; what names no host leads to the rehearsal's own parts.

        A user's own file comes last, so it wins. Raises SelectionError.
        """
        found: dict[str, dict[str, Any]] = {}
        for pipeline in self.pipelines:
            found |= dict(_connections_of(pipeline))
        own = [self.own_connections] if self.own_connections else []
        for file in [*(folder / _CONNECTIONS for folder in self.tables), *own]:
            if file.is_file():
                found |= _read(file)
        return found

    def _agreed(self, keys: str) -> str:
        values = {pipeline.value(keys): pipeline.path.name for pipeline in self.pipelines}
        if len(values) > 1:
            said = " and ".join(f"{value!r} in {file}" for value, file in values.items())
            raise SelectionError(
                f"{keys} is {said}, but a rehearsal has one of these: rehearse them one after the other"
            )
        return next(iter(values))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every verb that starts something."""
    parser.add_argument(
        "--pipeline", action="append", default=[], metavar="NAME", help="a pipeline by name, or the path of its file"
    )
    parser.add_argument("--tables", type=Path, metavar="FOLDER", help="postgres.sql and oracle.sql, made at the start")
    parser.add_argument("--connections", type=Path, metavar="FILE", help="Airflow connections of your own, as JSON")
    parser.add_argument("--scenario", choices=SCENARIOS, help="of `run`: more than the procedure (docs/way-back.md)")


def arguments_of(selection: Selection) -> list[str]:
    """The options that make the same selection again."""
    found = [f"--pipeline={pipeline.path}" for pipeline in selection.pipelines]
    if selection.tables and selection.tables != tuple(pipeline.folder for pipeline in selection.pipelines):
        found.append(f"--tables={selection.tables[0]}")
    return [*found, f"--connections={selection.own_connections}"] if selection.own_connections else found


def _connections_of(pipeline: PipelineFile) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rehearsal's parts under the names that the file has for them."""
    postgres = {"conn_type": "postgres", "schema": pipeline.value("dms.source_endpoint.database")}
    oracle, dms = {"conn_type": "oracle"}, {"login": "dmsuser", "password": "dmsuser123"}
    yield pipeline.value("postgres.connection"), postgres | DAGS_LOGIN
    if replica := pipeline.optional("reconciliation.connection"):
        yield str(replica), postgres | DAGS_LOGIN
    yield pipeline.value("dms.source_endpoint.connection"), postgres | dms
    yield pipeline.value("oracle.connection"), oracle | ORACLE_DAGS_LOGIN
    yield pipeline.value("dms.target_endpoint.connection"), oracle | dms
    yield str(pipeline.optional("aws.connection") or "aws_default"), {"conn_type": "aws"}


def _read(file: Path) -> Mapping[str, dict[str, Any]]:
    """Connections as `airflow connections export` writes them. Raises SelectionError."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SelectionError(f"{file} is not JSON: {error}") from None
    if not isinstance(document, dict) or not all(isinstance(value, dict) for value in document.values()):
        raise SelectionError(
            f'{file} should hold connections by id, each an object, such as {{"shop_api": {{"conn_type": "http", '
            '"host": "127.0.0.1", "port": 8080}}'
        )
    for name, connection in document.items():
        if not isinstance(connection.get("conn_type"), str):
            raise SelectionError(f"{file}: {name} has no conn_type, such as postgres, oracle, http or aws")
    return document

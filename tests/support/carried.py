"""Rows that the rehearsal's DMS carried into Oracle, read and compared as the product does it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from reverse_sync.catalog.database import fetch_all
from reverse_sync.catalog.oracle import read_columns
from reverse_sync.catalog.postgres import read_tables
from reverse_sync.oracle.session import set_up
from reverse_sync.postgres.session import PRINTED_ALIKE
from reverse_sync.sql import quoted
from reverse_sync.table_mapping import TableMapping
from reverse_sync.type_pairs import Pair, pair
from reverse_sync.type_pairs.differences import difference
from reverse_sync.type_pairs.rows import read_source_row, source_expressions, target_expressions

if TYPE_CHECKING:
    from tests.support.aws_stage import Stage

SCHEMA = "stage"


@dataclass(frozen=True)
class Carried:
    """Both sides of a table, by a row's first column: the mapping's values and Oracle's."""

    pairs: dict[str, Pair]
    expected: dict[str, dict[str, Any]]
    found: dict[str, dict[str, Any]]

    def differences(self, lob_limit_bytes: int | None = None) -> list[str]:
        """What the product would say of every row."""
        said = [f"{key}: {'missing' if key in self.expected else 'in Oracle only'}" for key in self._unmatched()]
        for key in self.expected.keys() & self.found.keys():
            for name, value in self.expected[key].items():
                of, is_now = self.pairs[name], self.found[key][name]
                if of.comparable and not of.same(value, is_now):
                    said.append(f"{key}: {name} {difference(of, value, is_now, lob_limit_bytes)}")
        return sorted(said)

    def _unmatched(self) -> set[str]:
        return self.expected.keys() ^ self.found.keys()


def carried(stage: Stage, mapping: dict[str, Any], table: str) -> Carried:
    """The table `stage.TABLE`, all of it, on both sides."""
    login = f"host=127.0.0.1 port={stage.postgres_port} dbname=dso user=dmsuser password=dmsuser123"
    with psycopg.connect(login, options=PRINTED_ALIKE, autocommit=True) as postgres:
        [source] = read_tables(postgres, [SCHEMA], [table])
        projection = TableMapping.parse(json.dumps(mapping), "mapping").project(source)
        assert projection is not None
        expressions = ", ".join(source_expressions(source.columns))
        rows = [
            projection.transform(read_source_row(source.columns, texts))
            for texts in fetch_all(postgres, f"SELECT {expressions} FROM {quoted(SCHEMA, table)}")
        ]
    names = [column.name for column in projection.columns]
    with stage.oracle() as session:
        set_up(session)
        declared = read_columns(session, projection.schema, projection.table)
        selected = ", ".join(target_expressions(names, declared))
        where = quoted(projection.schema, projection.table)
        found = [dict(zip(names, row, strict=True)) for row in fetch_all(session, f"SELECT {selected} FROM {where}")]
    pairs = {column.name: pair(column, declared[column.name]) for column in projection.columns}
    return Carried(pairs, _by_key(rows, names[0]), _by_key(found, names[0]))


def _by_key(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    found = {str(row[key]).rstrip(" "): row for row in rows}
    assert len(found) == len(rows)
    return found

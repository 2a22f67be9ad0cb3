"""What AWS's page makes of PostgreSQL's types, and how their texts are read."""

from typing import Any

import pytest

from reverse_sync.table_mapping import Column
from reverse_sync.table_mapping.data_types import FROM_CATEGORIES, FROM_POSTGRES
from reverse_sync.type_pairs import source_type
from reverse_sync.type_pairs.rows import read_source_row, source_expressions


@pytest.mark.parametrize(
    ("column", "dms"),
    [
        (Column("c", "numeric", precision=38, scale=4), "numeric"),
        (Column("c", "numeric", precision=39), "string"),
        (Column("c", "xml"), "clob"),
        (Column("c", "public.hstore"), "nclob"),
        (Column("c", "travel.mood", category="enum"), "string"),
        (Column("c", "integer[]", category="array"), "nclob"),
        (Column("c", "text", category="composite"), "nclob"),
        (Column("c", "int4range", category="range"), "string"),
        (Column("c", "pg_lsn"), "string"),
    ],
)
def test_dms_type(column: Column, dms: str) -> None:
    assert source_type(column).dms == dms


def test_every_type_has_the_dms_type_that_a_rule_is_narrowed_by() -> None:
    assert {name: source_type(Column("c", name)).dms for name in FROM_POSTGRES} == FROM_POSTGRES
    named = {name: source_type(Column("c", "any", category=name)).dms for name in FROM_CATEGORIES}
    assert named == FROM_CATEGORIES


def test_what_aws_lists_as_not_migrating() -> None:
    found = {name for name in FROM_POSTGRES if not source_type(Column("c", name)).migrates}
    assert found == {"inet", "macaddr", "tsvector", "tsquery", "line", "lseg", "box", "path", "circle"}
    named = {name for name in FROM_CATEGORIES if not source_type(Column("c", "any", category=name)).migrates}
    assert named == {"enum", "composite", "range"}


def test_what_aws_does_not_document() -> None:
    assert not source_type(Column("c", "ltree")).documented
    assert source_type(Column("c", "point")).documented


@pytest.mark.parametrize(("type_name", "text"), [("integer", "one"), ("date", "26.11.2026"), ("boolean", "maybe")])
def test_a_text_that_is_none_of_the_type(type_name: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_source_row([Column("c", type_name)], [text])


def test_a_row_is_read_from_its_texts() -> None:
    columns: list[Column] = [Column('a"b', "bytea"), Column("n", "integer"), Column("t", "jsonb")]
    expressions: list[Any] = source_expressions(columns)
    assert expressions == ["'\\x' || encode(\"a\"\"b\", 'hex')", '"n"::text', '"t"::text']
    assert read_source_row(columns, ["\\x00ff", None, '{"a": 1}']) == {'a"b': b"\x00\xff", "n": None, "t": '{"a": 1}'}

"""Values that a target column has no room for, and those that always fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reverse_sync.table_mapping import Column
from tests.support.columns import column_values, findings_between, found_between

if TYPE_CHECKING:
    from reverse_sync.preflight.source_facts import ColumnValues

LOB = ("warning", "lob-transformed", "rules rename columns that travel as LOBs: a (bytea)")
UNMIGRATED = "AWS lists as one that DMS does not migrate"


@pytest.mark.parametrize(
    ("column", "to", "values", "found"),
    [
        pytest.param(
            Column("a", "character varying", length=2000), Column("A", "VARCHAR2", length=2000, most_bytes=4000),
            column_values(most_characters=2000, most_bytes=6000),
            [("error", "text-too-long", "a takes 2000 characters, A is VARCHAR2(2000 CHAR) of at most 4000 bytes, the longest now has 6000 bytes")],
            id="2000 Korean syllables in 2000 characters of at most 4000 bytes",
        ),
        pytest.param(
            Column("a", "character varying", length=4000), Column("A", "VARCHAR2", length=4000, most_bytes=4000),
            column_values(most_characters=3000, most_bytes=9000),
            [("error", "text-too-long", "a takes 4000 characters, A is VARCHAR2(4000 CHAR) of at most 4000 bytes, the longest now has 9000 bytes")],
            id="as many characters as bytes",
        ),
        pytest.param(
            Column("a", "character varying", length=1000), Column("A", "VARCHAR2", length=1000, most_bytes=4000), column_values(), [],
            id="1000 characters never take more than 4000 bytes",
        ),
        pytest.param(
            Column("a", "character varying", length=10), Column("A", "NVARCHAR2", length=10, most_bytes=20),
            column_values(most_characters=10, most_bytes=40, most_utf16=20),
            [("error", "text-too-long", "a takes 10 characters, A is NVARCHAR2(10), the longest now has 20 characters of UTF-16")],
            id="ten emoji in an NVARCHAR2",
        ),
        pytest.param(
            Column("a", "character varying", length=10), Column("A", "NVARCHAR2", length=20, most_bytes=40), column_values(), [],
            id="twice the room",
        ),
        pytest.param(
            Column("a", "bit varying", length=12), Column("A", "VARCHAR2", length=12, length_in_bytes=True), column_values(), [],
            id="bits are a byte each",
        ),
        pytest.param(
            Column("a", "uuid"), Column("A", "CHAR", length=36, length_in_bytes=True, nullable=False), column_values(),
            [("note", "null-into-not-null", "a may be NULL in the source, A may not in the target (0 rows now)")],
            id="a uuid is never empty and has no blanks at its end",
        ),
        pytest.param(
            Column("a", "bytea"), Column("A", "RAW", most_bytes=16), column_values(most_bytes=32),
            [("error", "bytes-too-long", "a takes any number of bytes, A is RAW(16), the longest now has 32"), LOB],
            id="32 bytes in a RAW(16)",
        ),
        pytest.param(
            Column("a", "bytea"), Column("A", "RAW", most_bytes=16), column_values(most_bytes=16),
            [LOB, ("note", "bytes-too-long", "a takes any number of bytes, A is RAW(16), the longest now has 16")],
            id="bytes that fit now",
        ),
        pytest.param(
            Column("a", "interval"), Column("A", "VARCHAR2", length=20), column_values(most_characters=29),
            [("error", "value-too-long", "a (interval) takes up to 128 characters as a text, A is VARCHAR2(20 CHAR), the longest now has 29")],
            id="an interval",
        ),
        pytest.param(
            Column("a", "interval"), Column("A", "VARCHAR2", length=20), column_values(most_characters=8),
            [("warning", "value-too-long", "a (interval) takes up to 128 characters as a text, A is VARCHAR2(20 CHAR), the longest now has 8")],
            id="an interval, which DMS spells longer",
        ),
        pytest.param(
            Column("a", "time without time zone", scale=3), Column("A", "VARCHAR2", length=8), column_values(most_characters=12),
            [("error", "value-too-long", "a (time without time zone) takes up to 12 characters as a text, A is VARCHAR2(8 CHAR), the longest now has 12")],
            id="a time of day",
        ),
        pytest.param(
            Column("a", "time without time zone", scale=0), Column("A", "VARCHAR2", length=8), column_values(), [],
            id="a time of day that fits",
        ),
        pytest.param(
            Column("a", "numeric", precision=5, scale=-2), Column("A", "NUMBER", precision=7, scale=0), column_values(), [],
            id="a negative scale is digits before the point",
        ),
        pytest.param(
            Column("a", "numeric", precision=5, scale=-2), Column("A", "VARCHAR2", length=8), column_values(), [],
            id="a negative scale as a text",
        ),
        pytest.param(
            Column("a", "numeric", precision=3, scale=5), Column("A", "VARCHAR2", length=8), column_values(), [],
            id="more scale than precision",
        ),
        pytest.param(
            Column("a", "numeric"), Column("A", "NUMBER"), column_values(most_digits=26),
            [("error", "number-too-large", "a takes any number of digits before the point, DMS carries 22; the largest now has 26"),
             ("note", "fraction-lost", "a keeps any number of digits behind the point, DMS carries 6, A is NUMBER")],
            id="more than NUMERIC(28,6) carries",
        ),
        pytest.param(
            Column("a", "double precision"), Column("A", "NUMBER"), column_values(beyond_oracle=1),
            [("error", "value-beyond-oracle", "a (double precision) holds what A (NUMBER) has no value for: NaN, infinity, or 1e126 and more (1 row now)"),
             ("note", "value-loses", "A (NUMBER) loses NaN, infinity, and 1e126 and more of a (double precision)")],
            id="1e200",
        ),
    ],
)  # fmt: skip
def test_one_column(column: Column, to: Column, values: ColumnValues, found: list[tuple[str, str, str]]) -> None:
    assert found_between([column], [to], values=values) == found


@pytest.mark.parametrize(
    ("key", "to", "found"),
    [
        pytest.param(
            Column("id", "character", nullable=False, length=5), Column("ID", "VARCHAR2", nullable=False, length=20),
            ["id of the key is character(5), which PostgreSQL sends filled up with blanks, and ID is VARCHAR2(20 CHAR) NOT NULL, which Oracle compares blank by blank"],
            id="blanks that only PostgreSQL has",
        ),
        pytest.param(
            Column("id", "character varying", nullable=False, length=5), Column("ID", "CHAR", nullable=False, length=20),
            ["ID of the key is CHAR(20 CHAR) NOT NULL in Oracle, which fills it up with blanks"],
            id="blanks that only Oracle has",
        ),
        pytest.param(Column("id", "uuid", nullable=False), Column("ID", "CHAR", nullable=False, length=36), [], id="a full CHAR"),
        pytest.param(Column("id", "character", nullable=False, length=1), Column("ID", "VARCHAR2", nullable=False, length=1), [], id="one letter"),
        pytest.param(Column("id", "character varying", nullable=False, length=1), Column("ID", "CHAR", nullable=False, length=1), [], id="one letter in Oracle"),
    ],
)  # fmt: skip
def test_a_key_with_blanks_on_one_side(key: Column, to: Column, found: list[str]) -> None:
    padded = [what for _, code, what in found_between([], [], id_columns=(key, to)) if code == "key-is-padded"]
    assert padded == found


@pytest.mark.parametrize(
    ("column", "to", "values", "advice"),
    [
        (Column("a", "text"), Column("A", "VARCHAR2", length=4000, length_in_bytes=True), {"most_bytes": 4200}, "make the column a CLOB, or shorten such texts"),
        (Column("a", "text"), Column("A", "VARCHAR2", length=100, length_in_bytes=True), {"most_bytes": 4200}, "make the column a CLOB, or shorten such texts"),
        (Column("a", "text"), Column("A", "VARCHAR2", length=100, length_in_bytes=True), {"most_bytes": 300}, "make the column longer, or count characters: MODIFY A VARCHAR2(4000 CHAR)"),
        (Column("a", "character", length=4), Column("A", "CHAR", length=4, length_in_bytes=True), {"most_bytes": 12}, "make the column longer, or count characters: MODIFY A CHAR(4 CHAR)"),
    ],
)  # fmt: skip
def test_what_to_do_makes_room(column: Column, to: Column, values: dict[str, int], advice: str) -> None:
    found = findings_between([column], [to], values=column_values(**values))
    assert [one.do.partition(":")[0] for one in found if one.code == "text-too-long"] == [advice.partition(":")[0]]
    assert advice in next(one.do for one in found if one.code == "text-too-long")

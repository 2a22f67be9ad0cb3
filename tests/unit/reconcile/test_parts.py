"""A table cut into parts: every key belongs to exactly one."""

import pytest

from reverse_sync.reconcile.key_order import follows_index, may_bound, oracle_part, postgres_part
from reverse_sync.reconcile.keys import postgres_condition
from reverse_sync.reconcile.parts import WHOLE, Part, cut
from reverse_sync.reconcile.plan import Plan, plan
from reverse_sync.table_mapping import Column, Table
from tests.support.mappings import include, mapping


def planned(*pairs: tuple[str, Column]) -> Plan:
    """A table whose key is these columns: PostgreSQL's type and Oracle's column."""
    columns = tuple(Column(target.name, source, nullable=False) for source, target in pairs)
    projection = mapping(include()).project(Table("test", "t", columns, tuple(column.name for column in columns)))
    assert projection is not None
    return plan(projection, {target.name: target for _, target in pairs})


def test_the_parts_hold_every_key_once() -> None:
    parts = cut(Part(("-5",), ("900",)), [("10",), ("70",)])
    assert parts == [
        Part(("-5",), ("10",), 1, 3),
        Part(("10",), ("70",), 2, 3),
        Part(("70",), ("900",), 3, 3),
    ]
    assert cut(WHOLE, []) == [WHOLE]


def test_a_part_is_what_lies_within() -> None:
    assert WHOLE.within(3, 9) == (3, 9)
    assert Part(("5",), ("7",), 2, 3).within(3, 9) == (5, 7)
    assert str(Part(("5",), ("7",), 2, 3)) == "part 2 of 3"
    assert str(WHOLE) == ""


def test_a_key_of_several_columns_is_compared_column_by_column_in_oracle() -> None:
    key = planned(
        ("date", Column("d", "DATE", nullable=False)), ("text", Column("t", "VARCHAR2", length=9)),
    ).key  # fmt: skip
    part = Part(("2026-11-26 00:00:00", "가'"), ("2026-11-27 00:00:00", "b"))
    order = """("d", coalesce(CASE WHEN "t"::text = '' THEN ' ' ELSE "t"::text END, '') COLLATE "C")"""
    assert postgres_part(key, part) == (
        f"{order} >= ('2026-11-26 00:00:00', '가''') AND {order} < ('2026-11-27 00:00:00', 'b')"
    )
    low, high = (f"TO_DATE('2026-11-{day} 00:00:00', 'YYYY-MM-DD HH24:MI:SS')" for day in (26, 27))
    assert oracle_part(key, part) == (
        f"""("d" >= {low} AND ("d" > {low} OR "t" >= '가''')) AND """
        f"""(("d" <= {high}) AND ("d" < {high} OR ("t" < 'b' OR "t" IS NULL)))"""
    )
    assert (postgres_part(key, WHOLE), oracle_part(key, WHOLE)) == ("", "")


@pytest.mark.parametrize(
    ("source", "target", "bounds"),
    [
        ("bigint", Column("k", "NUMBER"), {"5": True, "-9": True}),
        ("numeric", Column("k", "NUMBER"), {"0.5": True, "NaN": False}),
        ("timestamp without time zone", Column("k", "TIMESTAMP", scale=6), {"2026-11-26 15:00:00.5": True, "9999-12-31 23:59:59": False, "-0044-03-15 00:00:00": False, "12026-01-01 00:00:00": False}),
        ("text", Column("k", "VARCHAR2", length=4000), {"가": True, "": False, "x" * 1001: False}),
    ],
)  # fmt: skip
def test_what_one_side_puts_elsewhere_bounds_no_part(source: str, target: Column, bounds: dict[str, bool]) -> None:
    key = planned((source, target)).key
    assert {text: may_bound(key, (text,)) for text in bounds} == bounds


@pytest.mark.parametrize(
    ("source", "target", "follows"),
    [
        ("uuid", Column("k", "CHAR", length=36), True),
        ("date", Column("k", "DATE"), True),
        ("text", Column("k", "VARCHAR2", length=9), False),
        ("numeric", Column("k", "NUMBER"), False),
    ],
)
def test_the_index_follows_the_types_that_are_in_their_own_order(source: str, target: Column, follows: bool) -> None:
    assert follows_index(planned((source, target)).key) is follows


def test_postgresql_is_asked_for_a_moment_as_it_writes_it() -> None:
    key = planned(("timestamp without time zone", Column("k", "TIMESTAMP", scale=6))).key
    keys = [("2026-11-26 15:00:00",), ("9999-12-31 23:59:59",), ("-4713-01-01 00:00:00",), ("-0044-03-15 00:00:00",)]
    condition, values = postgres_condition(key, keys)
    assert condition == '("k") IN ((%s), (%s), (%s), (%s), (%s))'
    assert values == [
        "2026-11-26 15:00:00", "9999-12-31 23:59:59", "infinity", "-infinity", "0044-03-15 00:00:00 BC",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "hashed"),
    [
        (Column("k", "numeric", precision=8, scale=2, nullable=False), "VARCHAR2", False),
        (Column("k", "numeric", precision=8, scale=0, nullable=False), "VARCHAR2", True),
        (Column("k", "bigint", nullable=False), "VARCHAR2", True),
    ],
)
def test_a_number_with_digits_behind_the_point_that_becomes_a_text_tells_no_rows_apart(
    source: Column, target: str, hashed: bool
) -> None:
    projection = mapping(include()).project(Table("test", "t", (source,), ("k",)))
    assert projection is not None
    made = plan(projection, {"k": Column("k", target, length=40)})
    assert bool(made.key) is hashed
    assert made.keyless == ("" if hashed else "rows can't be found by its key column k")

"""What of a table hashes, what is compared by value, what can't be compared, and why."""

from typing import Any

import pytest

from reverse_sync.errors import StatementRefusedError
from reverse_sync.reconcile.plan import Order, Plan, plan
from reverse_sync.table_mapping import Column, Table
from tests.support.mappings import include, mapping, transformation

KEY = Column("id", "bigint", nullable=False)


def planned(
    *columns: Column, target: dict[str, Column], key: tuple[str, ...] = ("id",), rules: Any = (), **selection: Any
) -> Plan:
    upper = (
        transformation(100, "table", ("test", "t"), "convert-uppercase"),
        transformation(101, "column", ("test", "t", "%"), "convert-uppercase"),
    )
    projection = mapping(include(**selection), *rules, *upper).project(Table("test", "t", (KEY, *columns), key))
    assert projection is not None
    return plan(projection, {"ID": Column("ID", "NUMBER"), **target})


def test_a_plain_table_is_hashed_in_the_order_of_its_key() -> None:
    made = planned(Column("name", "character varying"), target={"NAME": Column("NAME", "VARCHAR2", length=9)})
    assert made.order is Order.KEY
    assert [column.target.name for column in made.hashed] == ["ID", "NAME"]
    assert (made.by_value, made.left_out, made.keyless) == ((), {}, "")


def test_what_can_not_be_compared_is_left_out_and_says_why() -> None:
    made = planned(
        Column("at", "time with time zone"), Column("gone", "text"), target={"AT": Column("AT", "VARCHAR2", length=20)}
    )
    assert made.left_out == {
        "AT": "no document says what DMS makes of the zone of a time",
        "GONE": "Oracle's table has no such column",
    }


@pytest.mark.parametrize(
    ("key", "says"), [((), "it has no primary key"), (("other",), "the mapping does not carry its key column other")]
)
def test_without_a_usable_key_only_hashed_columns_are_compared(key: tuple[str, ...], says: str) -> None:
    made = planned(
        Column("other", "text"), Column("doc", "jsonb"), target={"DOC": Column("DOC", "CLOB")}, key=key,
        rules=[transformation(50, "column", ("test", "t", "other"), "remove-column")],
    )  # fmt: skip
    assert made.order is Order.ROW_HASH
    assert made.keyless.startswith(says)
    assert [column.target.name for column in made.columns] == ["ID"]
    assert "can't be hashed" in made.left_out["DOC"]
    assert made.by_value == ()


@pytest.mark.parametrize(("digits", "usable"), [(None, False), (0, True), (3, False)])
def test_a_key_whose_fractions_oracle_drops_tells_no_rows_apart(digits: int | None, usable: bool) -> None:
    at = Column("at", "timestamp without time zone", scale=digits)
    made = planned(at, target={"AT": Column("AT", "DATE")}, key=("at",))
    assert bool(made.key) is usable
    assert made.keyless == ("" if usable else "Oracle's column AT keeps fewer digits of a second than the key has")


def test_oracle_without_the_table_says_so() -> None:
    projection = mapping(include()).project(Table("test", "t", (KEY,), ("id",)))
    assert projection is not None
    with pytest.raises(
        StatementRefusedError, match=r"sends test\.t to test\.t, but that is not in Oracle, or the login"
    ):
        plan(projection, {})


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ([("name", {"filter-operator": "between", "start-value": "a", "end-value": "b'"})], """(("name"::text COLLATE "C" BETWEEN 'a' AND 'b'''))"""),
        ([("id", {"filter-operator": "noteq", "value": "5"})], '(("id" <> 5))'),
        ([("id", {"filter-operator": "null"})], '(("id" IS NULL))'),
    ],
)  # fmt: skip
def test_filters_become_sql(filters: list[tuple[str, dict[str, str]]], condition: str) -> None:
    rules = [{"filter-type": "source", "column-name": name, "filter-conditions": [one]} for name, one in filters]
    made = planned(Column("name", "character varying"), target={"NAME": Column("NAME", "VARCHAR2")}, filters=rules)
    assert made.condition == condition
    assert made.by_value == ()


def test_a_masked_column_is_compared_by_value() -> None:
    made = planned(
        Column("name", "character varying"), target={"NAME": Column("NAME", "VARCHAR2", length=64)},
        rules=[transformation(50, "column", ("test", "t", "name"), "data-masking-hash-mask")],
    )  # fmt: skip
    assert made.by_value == ("NAME is masked by the mapping",)

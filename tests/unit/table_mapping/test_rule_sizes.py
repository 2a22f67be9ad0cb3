"""A change-data-type rule's precision, scale and length: values are known where all have room, and nowhere else."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.aws.worker.own_values import own_values
from reverse_sync.reconcile.plan import plan
from reverse_sync.table_mapping import Column, Projection, Table
from tests.support.mappings import include, mapping, transformation

UNSIZED = Column("v", "numeric")
TEXT = Column("v", "character varying", length=20)
PRICE = Column("v", "numeric", precision=12, scale=4)
STAMP = Column("v", "timestamp without time zone")


def projected(source: Column, data_type: dict[str, Any], key: tuple[str, ...] = ()) -> Projection:
    rule = transformation(2, "column", ("test", "t", "v"), "change-data-type", data_type=data_type)
    made = mapping(include(), rule).project(Table("test", "t", (source,), key))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("source", "data_type"),
    [
        (PRICE, {"type": "numeric"}),
        (PRICE, {"type": "numeric", "precision": "12", "scale": "4"}),
        (PRICE, {"type": "numeric", "precision": 20, "scale": 6}),
        (PRICE, {"type": "numeric", "scale": 4}),
        (UNSIZED, {"type": "numeric", "precision": 28, "scale": 6}),
        (Column("v", "integer"), {"type": "numeric", "precision": 10}),
        (Column("v", "money"), {"type": "numeric", "precision": 19, "scale": 2}),
        (TEXT, {"type": "wstring", "length": "20", "scale": ""}),
        (Column("v", "uuid"), {"type": "string", "length": 36}),
        (Column("v", "bigint"), {"type": "string", "length": 20}),
        (PRICE, {"type": "string", "length": 14}),
        (STAMP, {"type": "string", "length": 29}),
        (Column("v", "date"), {"type": "string", "length": 13}),
        (STAMP, {"type": "datetime", "precision": 6}),
        (Column("v", "timestamp without time zone", scale=0), {"type": "datetime", "precision": 0}),
        (Column("v", "bigint"), {"type": "int8"}),
        (Column("v", "integer"), {"type": "int4"}),
        (Column("v", "numeric", precision=9, scale=0), {"type": "int4"}),
        (TEXT, {"type": "int4"}),
        (Column("v", "boolean"), {"type": "int1"}),
        (Column("v", "boolean"), {"type": "boolean"}),
        (Column("v", "date"), {"type": "datetime"}),
        (Column("v", "date"), {"type": "date"}),
        (TEXT, {"type": "date"}),
        (Column("v", "integer"), {"type": "real8"}),
        (Column("v", "real"), {"type": "real4"}),
    ],
)
def test_a_size_with_room_changes_nothing(source: Column, data_type: dict[str, Any]) -> None:
    [column] = projected(source, data_type).columns
    assert column.only_dms_knows is None


@pytest.mark.parametrize(
    ("source", "data_type", "why"),
    [
        (PRICE, {"type": "numeric", "precision": 12, "scale": 2}, "numeric(12,2) has no room for every numeric(12,4)"),
        (PRICE, {"type": "numeric", "precision": 10, "scale": 4}, "numeric(10,4) has no room for every numeric(12,4)"),
        (PRICE, {"type": "numeric", "precision": 12}, "numeric(12) has no room for every numeric(12,4)"),
        (UNSIZED, {"type": "numeric", "precision": 20, "scale": 6}, "numeric(20,6) has no room for every numeric"),
        (Column("v", "bigint"), {"type": "numeric", "precision": 10}, "numeric(10) has no room for every bigint"),
        (Column("v", "double precision"), {"type": "numeric", "precision": 9, "scale": 2}, "numeric(9,2) has no room for every double precision"),
        (TEXT, {"type": "string", "length": 10}, "string(10) has no room for every character varying(20)"),
        (Column("v", "character varying"), {"type": "string", "length": 4000}, "string(4000) has no room for every character varying"),
        (PRICE, {"type": "string", "length": 13}, "string(13) has no room for every numeric(12,4)"),
        (STAMP, {"type": "string", "length": 19}, "string(19) has no room for every timestamp without time zone"),
        (STAMP, {"type": "datetime", "precision": 3}, "datetime(3) has no room for every timestamp without time zone"),
        (Column("v", "integer"), {"type": "int1"}, "int1 has no room for every integer"),
        (Column("v", "smallint"), {"type": "uint8"}, "uint8 has no room for every smallint"),
        (Column("v", "bigint"), {"type": "int4"}, "int4 has no room for every bigint"),
        (PRICE, {"type": "int8"}, "int8 has no room for every numeric(12,4)"),
        (Column("v", "numeric", precision=10, scale=0), {"type": "int4"}, "int4 has no room for every numeric(10,0)"),
        (Column("v", "real"), {"type": "int8"}, "int8 has no room for every real"),
        (Column("v", "integer"), {"type": "boolean"}, "boolean has no room for every integer"),
        (STAMP, {"type": "date"}, "date has no room for every timestamp without time zone"),
        (STAMP, {"type": "time"}, "time has no room for every timestamp without time zone"),
        (STAMP, {"type": "numeric"}, "numeric has no room for every timestamp without time zone"),
        (Column("v", "double precision"), {"type": "real4"}, "real4 has no room for every double precision"),
        (Column("v", "bigint"), {"type": "real8"}, "real8 has no room for every bigint"),
    ],
)  # fmt: skip
def test_a_size_without_room_leaves_the_values_to_dms(source: Column, data_type: dict[str, Any], why: str) -> None:
    made = projected(source, data_type)
    assert made.columns[0].only_dms_knows == f"the rule's {why}"
    assert made.transform({"v": "1"}) == {}


def test_such_a_column_is_named_as_not_compared() -> None:
    made = plan(projected(PRICE, {"type": "numeric", "precision": 12, "scale": 2}), {"v": Column("v", "NUMBER")})
    assert made.left_out["v"] == (
        "only DMS knows its values: the rule's numeric(12,2) has no room for every numeric(12,4)"
    )


@pytest.mark.parametrize(
    ("source", "data_type", "value", "written"),
    [
        (PRICE, {"type": "numeric", "precision": 12, "scale": 2}, Decimal("1.2350"), Decimal("1.24")),
        (PRICE, {"type": "numeric", "precision": 3, "scale": 1}, Decimal("99999.95"), Decimal("100000.0")),
        (UNSIZED, {"type": "numeric", "precision": 3, "scale": 1}, Decimal("NaN"), Decimal("NaN")),
        (TEXT, {"type": "string", "length": 2}, "가나다", "가나"),
        (STAMP, {"type": "datetime", "precision": 3}, datetime(2026, 1, 1, 1, 1, 1, 123456), datetime(2026, 1, 1, 1, 1, 1, 123000)),
        (TEXT, {"type": "string", "length": 2}, None, None),
    ],
)  # fmt: skip
def test_the_rehearsal_writes_what_the_rule_has_room_for(
    source: Column, data_type: dict[str, Any], value: object, written: object
) -> None:
    assert repr(own_values(projected(source, data_type), "I", {"v": value})) == repr({"v": written})

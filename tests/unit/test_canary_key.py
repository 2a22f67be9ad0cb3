"""The canary's id against its table's primary key: a person gives the one, the database has the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from reverse_sync.errors import NeedsPersonError
from reverse_sync.verify.canary_row import CanaryRow
from tests.support.cutovers import PIPELINE
from tests.support.mappings import include, mapping, table

if TYPE_CHECKING:
    from reverse_sync.pipeline import RowId


def row(row_id: RowId, *key: str) -> CanaryRow:
    projection = mapping(include()).project(table("t", "no", "sku", key=key))
    assert projection is not None
    return CanaryRow(PIPELINE, PIPELINE.canaries[0], projection, row_id, cast("Any", None))


def test_the_values_stand_in_the_order_of_the_key() -> None:
    assert row("서울-1", "sku").key == ["서울-1"]
    assert row({"sku": "A-1", "no": 7}, "no", "sku").key == [7, "A-1"]


@pytest.mark.parametrize(
    ("row_id", "key", "said"),
    [
        (7, (), "canary.id is 7, but the primary key of travelbuddy.flightspecial is no column: give a value"),
        (7, ("no", "sku"), "canary.id is 7, but the primary key of travelbuddy.flightspecial is no, sku: give a value"),
        ({"no": 7}, ("no", "sku"), 'canary.id is {"no": 7}, but the primary key'),
        ({"no": 7, "sku": "A"}, ("no",), 'canary.id is {"no": 7, "sku": "A"}, but the primary key'),
    ],
)
def test_an_id_that_names_other_columns_is_refused(row_id: RowId, key: tuple[str, ...], said: str) -> None:
    with pytest.raises(NeedsPersonError) as refused:
        _ = row(row_id, *key).key
    assert str(refused.value).startswith(said)

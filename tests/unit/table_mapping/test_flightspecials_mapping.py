"""The mapping that ships, and the seed's that it corrects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reverse_sync.table_mapping import Projection, TableMapping
from tests.support.mappings import FLIGHTSPECIAL, SEED_MAPPING, SHIPPED_MAPPING

ORACLE_COLUMNS = {
    "ID",
    "HEADER",
    "BODY",
    "ORIGIN",
    "ORIGINCODE",
    "DESTINATION",
    "DESTINATIONCODE",
    "COST",
    "EXPIRYDATE",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _project(path: object) -> Projection:
    text = SEED_MAPPING.read_text() if path is SEED_MAPPING else SHIPPED_MAPPING.read_text()
    projection = TableMapping.parse(text, "mapping").project(FLIGHTSPECIAL)
    assert projection
    return projection


SHIPPED = _project(SHIPPED_MAPPING)


def test_every_oracle_column_is_written_and_no_other() -> None:
    assert {column.name for column in SHIPPED.columns} == ORACLE_COLUMNS
    assert (SHIPPED.schema, SHIPPED.table, SHIPPED.primary_key) == ("TRAVELBUDDY", "FLIGHTSPECIAL", ("ID",))


def test_one_rule_a_column() -> None:
    mapping = TableMapping.parse(SHIPPED_MAPPING.read_text(), "mapping")
    assert {len(mapping.rules_for_column(FLIGHTSPECIAL, column)) for column in FLIGHTSPECIAL.columns} == {1}


def test_a_whole_row() -> None:
    row = {
        "id": 1, "header": "런던에서 부산까지", "body": None, "origin": "London", "origin_code": "LHR",
        "destination": "Busan", "destination_code": "PUS", "cost": 45000,
        "expiry_date": datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=9))), "expiry_date_num": None,
    }  # fmt: skip
    assert SHIPPED.transform(row) == {
        "ID": 1, "HEADER": "런던에서 부산까지", "BODY": None, "ORIGIN": "London", "ORIGINCODE": "LHR",
        "DESTINATION": "Busan", "DESTINATIONCODE": "PUS", "COST": 45000, "EXPIRYDATE": 1704034800000,
    }  # fmt: skip


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()))
def test_expirydate_is_the_exact_millisecond(moment: datetime) -> None:
    expected = (moment - EPOCH) // timedelta(milliseconds=1)
    assert SHIPPED.transform({"expiry_date": moment})["EXPIRYDATE"] == expected


@pytest.mark.parametrize(
    ("moment", "milliseconds"),
    [
        (None, None),
        (EPOCH, 0),
        (EPOCH - timedelta(milliseconds=1), -1),
        (datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC), 1709251199999),
    ],
)
def test_expirydate_at_the_edges(moment: datetime | None, milliseconds: int | None) -> None:
    assert SHIPPED.transform({"expiry_date": moment})["EXPIRYDATE"] == milliseconds


def test_the_seeds_mapping_renames_nothing_since_its_wildcard_rule_has_the_lowest_id() -> None:
    names = {column.name for column in _project(SEED_MAPPING).columns}
    assert names - ORACLE_COLUMNS == {"ORIGIN_CODE", "DESTINATION_CODE", "EXPIRY_DATE", "EXPIRY_DATE_NUM"}
    assert ORACLE_COLUMNS - names == {"ORIGINCODE", "DESTINATIONCODE", "EXPIRYDATE"}

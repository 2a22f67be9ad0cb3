"""Targets that are no plain tables, and columns that do not keep what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.catalog.oracle import Constraint
from reverse_sync.catalog.oracle_objects import InvisibleColumn, read_kinds
from reverse_sync.table_mapping import Column, Table
from tests.support.columns import column_values, found_between
from tests.support.cutovers import KEY, TARGET, changed, find, source, target

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding

CODES = {
    "target-not-a-table", "target-table-missing", "target-column-invisible", "target-column-missing", "child-rows",
    "default-replaces-null",
}  # fmt: skip
NAME = "FLIGHTSPECIAL"


def _found(**facts: Any) -> list[Finding]:
    return [item for item in find(source=source(), target=target(**facts)) if item.code in CODES]


def _said(**facts: Any) -> list[tuple[str, str, str]]:
    return [(str(item.severity), item.code, item.what) for item in _found(**facts)]


@pytest.mark.parametrize(
    ("kind", "severity", "do"),
    [
        ("view", "warning", "send it to a table by a renaming rule, or prove"),
        ("materialized view", "error", "send it to a table"),
        ("temporary table", "error", "send it to a table"),
        ("read-only table", "error", "ALTER TABLE TRAVELBUDDY.FLIGHTSPECIAL READ WRITE"),
    ],
)
def test_what_is_seen_as_a_table_and_is_none(kind: str, severity: str, do: str) -> None:
    [found] = _found(kinds={NAME: kind})
    assert (str(found.severity), found.code) == (severity, "target-not-a-table")
    assert found.what == f"travelbuddy.flightspecial should become a table, but TRAVELBUDDY.FLIGHTSPECIAL is a {kind}"
    assert found.do.startswith(do)


def test_a_synonym_is_not_said_to_be_missing() -> None:
    said = _said(tables={}, kinds={NAME: "synonym of LEGACY.FS@ERP"})
    assert said == [
        (
            "error", "target-not-a-table",
            "travelbuddy.flightspecial should become a table, but TRAVELBUDDY.FLIGHTSPECIAL is a synonym of LEGACY.FS@ERP",
        )
    ]  # fmt: skip


def test_other_names_of_the_schema_are_nobody_s_business() -> None:
    assert _said(kinds={"HOTEL": "view"}, invisible={"HOTEL": (InvisibleColumn("X", needed=True),)}) == []


def test_invisible_columns_are_not_said_to_be_missing() -> None:
    shown = tuple(column for column in TARGET.columns if column.name != "BODY")
    found = _said(
        table=Table(TARGET.schema, TARGET.name, shown, TARGET.primary_key),
        invisible={
            NAME: (
                InvisibleColumn("BODY", needed=False),
                InvisibleColumn("AUDITED", needed=True),
                InvisibleColumn("MEMO", needed=False),
            )
        },
    )
    assert found == [
        ("error", "target-column-invisible", "BODY is an invisible column of the target"),
        (
            "error", "target-column-invisible",
            "AUDITED is an invisible column of the target, which nothing writes, is NOT NULL and has no default",
        ),
    ]  # fmt: skip


def test_default_on_null_is_named_where_a_row_may_bring_null() -> None:
    defaults = {(NAME, "COST"): "0", (NAME, "ID"): "1", (NAME, "HEADER"): "'-'"}
    assert _said(defaults_on_null=defaults) == [
        ("warning", "default-replaces-null", "COST is DEFAULT ON NULL, but cost may be NULL")
    ]
    as_null = changed("dms.target_endpoint", extra_connection_attributes="alwaysReplaceEmptyString=false")
    found = find(pipeline=as_null, source=source(), target=target(defaults_on_null=defaults))
    assert [(str(one.severity), one.code, one.what) for one in found if one.code in CODES] == [
        ("warning", "default-replaces-null", "HEADER is DEFAULT ON NULL, but header may be ''"),
        ("warning", "default-replaces-null", "COST is DEFAULT ON NULL, but cost may be NULL"),
    ]


@pytest.mark.parametrize(
    ("child", "on_delete", "said"),
    [
        ("BOOKING", "NO ACTION", ("warning", "BOOKING_FK of BOOKING, which is not replicated, refers to FLIGHTSPECIAL")),
        ("BOOKING", "CASCADE", ("warning", "BOOKING_FK of BOOKING, which is not replicated, is ON DELETE CASCADE: deleting a row of FLIGHTSPECIAL deletes its rows")),
        (NAME, "SET NULL", ("note", "BOOKING_FK of FLIGHTSPECIAL is ON DELETE SET NULL: deleting a row of FLIGHTSPECIAL sets PARENT to NULL")),
        (NAME, "NO ACTION", None),
    ],
)  # fmt: skip
def test_rules_of_foreign_keys_that_refer_to_a_replicated_table(
    child: str, on_delete: str, said: tuple[str, str] | None
) -> None:
    key = Constraint(child, "BOOKING_FK", "R", ("PARENT",), NAME, on_delete=on_delete)
    found = [(severity, what) for severity, code, what in _said(constraints=(KEY, key)) if code == "child-rows"]
    assert found == ([said] if said else [])


@pytest.mark.parametrize("digits", [6, 7, 9])
def test_more_digits_of_a_second_than_postgresql_has(digits: int) -> None:
    found = found_between(
        [Column("a", "timestamp without time zone")], [Column("A", "TIMESTAMP", scale=digits)], values=column_values()
    )
    said = f"A (TIMESTAMP) keeps {digits} digits of a second, PostgreSQL 6"
    assert [(one[0], one[2]) for one in found if one[1] == "fraction-lost"] == ([("note", said)] if digits > 6 else [])


class Dictionary:
    """Answers each dictionary view with given rows."""

    def __init__(self, **views: list[tuple[Any, ...]]) -> None:
        self._views = views

    def cursor(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, sql: str, _parameters: Any = None) -> None:
        self._rows = next(rows for view, rows in self._views.items() if f"FROM {view} " in " ".join(sql.split()))

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows


def test_kinds_as_the_dictionary_has_them() -> None:
    dictionary: Any = Dictionary(
        all_synonyms=[("S", "LEGACY", "FS", None), ("R", None, "FS", "ERP")],
        all_objects=[("M", "MATERIALIZED VIEW"), ("V", "VIEW"), ("S", "SYNONYM"), ("R", "SYNONYM")],
        all_tables=[("T", "Y", "NO"), ("W", "N", "YES")],
    )
    assert read_kinds(dictionary, "X") == {
        "S": "synonym of LEGACY.FS",
        "R": "synonym of FS@ERP",
        "M": "materialized view",
        "V": "view",
        "T": "temporary table",
        "W": "read-only table",
    }

"""What acts on replicated rows in the target, and what its login may do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.catalog.oracle import Constraint, Sequence, Trigger
from reverse_sync.table_mapping import Column
from tests.support.cutovers import KEY, TARGET, TRAITS, TRIGGER, changed, dms, dms_login, find, source, target
from tests.support.mappings import FLIGHTSPECIAL

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding

STOPPED = {"Status": "stopped", "StopReason": "Stop Reason NORMAL"}
QUIET = {"text-too-long", "null-into-not-null", "empty-into-not-null", "canary-row"}


def _found(**parts: Any) -> list[Finding]:
    return [item for item in find(source=source(), **parts) if item.code not in QUIET]


def _trigger(body: str, *, type_name: str = "BEFORE EACH ROW", event: str = "INSERT", enabled: bool = True) -> Trigger:
    return Trigger("TRAVELBUDDY", "FLIGHTSPECIAL", "APP", "T", type_name, event, enabled, body)


@pytest.mark.parametrize(
    ("trigger", "severity", "what"),
    [
        (
            _trigger("BEGIN SELECT s.NEXTVAL INTO :NEW.id FROM dual; :new.body := 'x'; -- :new.cost := 1\nEND;"),
            "note", "the trigger T (BEFORE EACH ROW, INSERT) rewrites BODY, ID",
        ),
        (
            _trigger("BEGIN :new.header := upper(:new.header); END;", event="UPDATE"),
            "error", "the trigger T (BEFORE EACH ROW, UPDATE) rewrites HEADER",
        ),
        (
            replace(_trigger("BEGIN :n.id := 1; :new.cost := 1; END;", event="UPDATE"), new_row="N"),
            "error", "the trigger T (BEFORE EACH ROW, UPDATE) rewrites ID",
        ),
        (
            _trigger('BEGIN SELECT s.NEXTVAL, 1 INTO :new."Id" , :NEW.cost FROM dual; END;', type_name="COMPOUND"),
            "error", "the trigger T (COMPOUND, INSERT) rewrites COST, Id",
        ),
        (
            _trigger("BEGIN INSERT INTO audit_log VALUES (1); END;", type_name="AFTER EACH ROW"),
            "warning", "the trigger T (AFTER EACH ROW, INSERT) runs its own code",
        ),
    ],
)  # fmt: skip
def test_triggers(trigger: Trigger, severity: str, what: str) -> None:
    assert [(item.severity, item.what) for item in _found(target=target(triggers=(trigger,)))] == [(severity, what)]


def test_a_trigger_of_another_schema_is_named_as_alter_trigger_needs_it() -> None:
    trigger = _trigger(":new.header := 'x';", event="UPDATE")
    (found,) = _found(target=target(triggers=(trigger,)))
    assert found.do == "ALTER TRIGGER APP.T DISABLE while the replication runs"


def test_a_disabled_trigger_and_another_tables_trigger_are_none_of_ours() -> None:
    other = Trigger(
        "TRAVELBUDDY", "HOTELSPECIAL", "TRAVELBUDDY", "H", "BEFORE EACH ROW", "INSERT", True, ":new.id := 1;"
    )
    assert _found(target=target(triggers=(_trigger(":new.id := 1;", enabled=False), other))) == []


@pytest.mark.parametrize(
    ("constraint", "severity", "what"),
    [
        (Constraint("FLIGHTSPECIAL", "FK", "R", ("ORIGIN",), "AIRPORT"), "warning", "FK refers to AIRPORT, which is not replicated"),
        (Constraint("FLIGHTSPECIAL", "FK", "R", ("ORIGIN",), None), "warning", "FK refers to a table of another schema, which is not replicated"),
        (Constraint("FLIGHTSPECIAL", "FK", "R", ("ID",), "FLIGHTSPECIAL"), "note", "FK refers to FLIGHTSPECIAL"),
        (Constraint("FLIGHTSPECIAL", "UQ", "U", ("HEADER", "COST")), "warning", "UQ makes (HEADER, COST) unique"),
        (Constraint("FLIGHTSPECIAL", "CK", "C", ("COST",), condition="COST > 0\n  AND COST < 9"), "warning", "CK demands COST > 0 AND COST < 9"),
    ],
)  # fmt: skip
def test_constraints(constraint: Constraint, severity: str, what: str) -> None:
    found = _found(target=target(constraints=(KEY, constraint)))
    assert [(item.severity, item.what) for item in found] == [(severity, what)]


@pytest.mark.parametrize(
    ("unique", "columns", "said"),
    [
        ([{"header"}], ("HEADER",), []),
        ([{"header"}], ("HEADER", "ID"), []),
        ([{"header", "cost"}], ("HEADER", "COST"), ["UQ makes (HEADER, COST) unique, as the source does, but COST may be NULL"]),
        ([{"header", "cost"}], ("HEADER",), ["UQ makes (HEADER) unique"]),
        ([{"expiry_date"}], ("HEADER",), ["UQ makes (HEADER) unique"]),
    ],
)  # fmt: skip
def test_what_the_source_keeps_unique_too(unique: list[set[str]], columns: tuple[str, ...], said: list[str]) -> None:
    traits = replace(TRAITS, unique=tuple(map(frozenset, unique)))
    facts = source(traits={("travelbuddy", "flightspecial"): traits})
    there = target(constraints=(KEY, Constraint("FLIGHTSPECIAL", "UQ", "U", columns)))
    assert [item.what for item in find(source=facts, target=there) if item.code == "unique-constraint"] == said


def test_a_foreign_key_where_changes_go_in_batches() -> None:
    to_itself = Constraint("FLIGHTSPECIAL", "FK", "R", ("ID",), "FLIGHTSPECIAL")
    batched = changed("dms.task", batch_apply=True)
    found = find(pipeline=batched, source=source(), target=target(constraints=(KEY, to_itself)))
    assert [(str(item.severity), item.what) for item in found if item.code == "foreign-key"] == [
        ("warning", "FK refers to FLIGHTSPECIAL, and dms.task.batch_apply is true")
    ]


@pytest.mark.parametrize(
    ("kind", "what", "do"),
    [
        ("virtual", "HEADER (from header) is a virtual column in the target", "remove the column by a rule: Oracle computes it of the others"),
        ("identity", "HEADER (from header) is an identity column GENERATED ALWAYS in the target",
         "ALTER TABLE TRAVELBUDDY.FLIGHTSPECIAL MODIFY HEADER GENERATED BY DEFAULT ON NULL AS IDENTITY"),
    ],
)  # fmt: skip
def test_a_column_that_oracle_alone_gives_values(kind: str, what: str, do: str) -> None:
    [found] = [
        item
        for item in find(source=source(), target=target(computed={("FLIGHTSPECIAL", "HEADER"): kind}))
        if item.code == "target-column-computed"
    ]
    assert (found.severity, found.what, found.do) == ("error", what, do)


def test_a_virtual_column_that_nothing_writes_is_as_it_should_be() -> None:
    made = replace(TARGET, columns=(*TARGET.columns, Column("TOTAL", "NUMBER", nullable=False)))
    facts = target(made, computed={("FLIGHTSPECIAL", "TOTAL"): "virtual"})
    assert "target-column-not-written" not in {item.code for item in find(source=source(), target=facts)}


def test_a_check_of_columns_that_nothing_writes_refuses_no_row() -> None:
    check = Constraint("FLIGHTSPECIAL", "CK", "C", ("YN",), condition="YN IN ('Y', 'N')")
    assert _found(target=target(constraints=(KEY, check))) == []


def test_a_sequence_that_lags_behind_the_ids() -> None:
    lagging = target(triggers=(TRIGGER,), sequences=(Sequence("FLIGHTSPECIAL_SEQ", 11), Sequence("OTHER_SEQ", 1)))
    found = [item.what for item in _found(target=lagging) if item.code == "target-sequence"]
    assert found == ["FLIGHTSPECIAL_SEQ is at 11, the highest ID is 11"]


@pytest.mark.parametrize(
    ("charset", "found"), [("KO16MSWIN949", ["the target's character set is KO16MSWIN949"]), ("AL32UTF8", [])]
)
def test_character_set(charset: str, found: list[str]) -> None:
    assert [item.what for item in _found(target=target(parameters={"NLS_CHARACTERSET": charset}))] == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        (
            {"privileges": frozenset({"CREATE ANY TABLE", "SELECT ANY TABLE"})},
            [
                "DMSUSER may not INSERT, UPDATE, DELETE on TRAVELBUDDY.FLIGHTSPECIAL",
                "DMSUSER has neither UNLIMITED TABLESPACE nor a quota on any tablespace",
                "DMSUSER lacks SELECT ANY TRANSACTION, ALTER ON TRAVELBUDDY.FLIGHTSPECIAL",
            ],
        ),
        (
            {
                "privileges": frozenset({"CREATE TABLE", "SELECT ANY TRANSACTION"}),
                "quotas": frozenset({"USERS"}),
                "grants": {"FLIGHTSPECIAL": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "ALTER"})},
            },
            [],
        ),
        (
            {
                "privileges": frozenset(f"{action} ANY TABLE" for action in ("SELECT", "INSERT", "UPDATE", "DELETE")),
                "grants": {"FLIGHTSPECIAL": frozenset({"ALTER"})},
            },
            [
                "DMSUSER has neither CREATE TABLE nor CREATE ANY TABLE",
                "DMSUSER lacks SELECT ANY TRANSACTION",
            ],
        ),
        ({"free_bytes": {"USERS": 5 * 1024**2}}, ["the tablespace USERS has 5 MiB free"]),
    ],
)
def test_the_dms_login(facts: dict[str, Any], found: list[str]) -> None:
    assert [item.what for item in _found(target=target(), target_login=dms_login(**facts))] == found


@pytest.mark.parametrize(
    ("login", "privileges", "found"),
    [
        ("TRAVELBUDDY", (), []),
        ("BATCH", ("CREATE ANY TRIGGER",), []),
        ("BATCH", (), ["BATCH, the login of oracle.connection, is not TRAVELBUDDY and has no CREATE ANY TRIGGER"]),
    ],
)
def test_triggers_that_oracle_hides_from_a_login(login: str, privileges: tuple[str, ...], found: list[str]) -> None:
    facts = target(login=login, privileges=frozenset(privileges))
    assert [item.what for item in _found(target=facts)] == found


def _canary(source_row: dict[str, Any] | None, target_row: dict[str, Any] | None) -> list[str]:
    found = find(
        source=source(row=lambda _table, _key: source_row),
        target=target(row=lambda _table, _columns, _key: target_row),
        pipeline=changed("canary", id=7),
    )
    return [item.what for item in found if item.code == "canary-row"]


def test_the_canarys_row() -> None:
    names = ("id", "header", "body", "origin", "origin_code", "destination", "destination_code", "cost", "expiry_date")
    row = {**dict.fromkeys((*names, "expiry_date_num")), "id": 7, "header": "London to Busan"}
    there = {
        **dict.fromkeys(("BODY", "ORIGIN", "ORIGINCODE", "DESTINATION", "DESTINATIONCODE", "COST", "EXPIRYDATE")),
        "ID": 7, "HEADER": "London to Busan",
    }  # fmt: skip
    assert _canary(row, there) == []
    assert _canary(row, {**there, "HEADER": "Paris"}) == ["row 7: HEADER should be 'London to Busan', is 'Paris'"]
    assert _canary(row, None) == ["row 7 of travelbuddy.flightspecial is missing in the target"]
    assert _canary(None, there) == ["row 7 of travelbuddy.flightspecial is missing in the source"]


@pytest.mark.parametrize(("task", "severity"), [(None, "error"), ({"Status": "ready"}, "error"), (STOPPED, "warning")])
def test_a_difference_may_be_on_its_way_where_the_task_has_run(task: Any, severity: str) -> None:
    row = dict.fromkeys(column.name for column in FLIGHTSPECIAL.columns) | {"id": 1}
    found = find(source=source(row=lambda _table, _key: row), target=target(), dms=dms(task=task))
    assert [item.severity for item in found if item.code == "canary-row"] == [severity]

"""The data plane: changes go from PostgreSQL to Oracle, as the mapping says and as DMS documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_stage import MAPPING, Stage, eventually, upper_case
from tests.support.aws_tables import LOGGED, arrived, behaviour, exceptions, names, run_sql

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.integration


def test_changes_arrive_with_statistics_and_log(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED)
    tables.start(arn)
    run_sql(
        tables,
        "UPDATE stage.item SET name = '서울 ''에서''', price = 12345678.90 WHERE id = 1",
        "INSERT INTO stage.item VALUES (2, 'second', 2, NULL), (3, 'third', NULL, '2026-02-03 04:05:06.789+09')",
        "DELETE FROM stage.item WHERE id = 2",
    )
    arrived(tables, {1: "서울 '에서'", 3: "third"})
    made = tables.oracle_rows("SELECT MADE FROM ITEM WHERE ID = 3")[0][0]
    assert made.isoformat() == "2026-02-02T19:05:06.789000"
    counts = ("Inserts", "AppliedInserts", "Updates", "AppliedUpdates", "Deletes", "AppliedDeletes")
    found = eventually(lambda: tables.statistics(arn), lambda one: one["Deletes"] == 1)
    assert [found[name] for name in counts] == [2, 2, 1, 1, 1, 1]
    assert (found["TableState"], found["ValidationState"]) == ("Table completed", "Not enabled")
    assert "[SOURCE_CAPTURE  ]I:  Reading slot" in tables.log(arn)
    assert tables.describe(arn)["RecoveryCheckpoint"].startswith("checkpoint:V1#1#0000")


def test_a_resumed_task_loses_nothing_and_a_restarted_one_what_came_meanwhile(tables: Stage) -> None:
    arn = tables.task()
    tables.start(arn)
    stopped = tables.stop(arn)
    assert stopped["StopReason"] == "Stop Reason NORMAL"
    run_sql(tables, "UPDATE stage.item SET name = 'while stopped' WHERE id = 1")
    tables.start(arn, "resume-processing")
    arrived(tables, {1: "while stopped"})

    tables.stop(arn)
    run_sql(tables, "UPDATE stage.item SET name = 'lost' WHERE id = 1")
    tables.start(arn, "start-replication")
    run_sql(tables, "INSERT INTO stage.item VALUES (2, 'after', 1, NULL)")
    arrived(tables, {1: "while stopped", 2: "after"})
    assert tables.statistics(arn)["Updates"] == 0  # statistics begin again


def test_from_a_position_of_an_own_slot(tables: Stage) -> None:
    run_sql(tables, "SELECT pg_create_logical_replication_slot('mine', 'pglogical_output')")
    arn = tables.task()
    source = tables.describe(arn)["SourceEndpointArn"]
    with tables.postgres() as postgres:
        lsn = str((postgres.execute("SELECT pg_current_wal_lsn()").fetchone() or [""])[0])
    with pytest.raises(ClientError, match=r"CdcStartPosition is .* and the source endpoint's SlotName is not given"):
        tables.start(arn, CdcStartPosition=lsn)
    tables.client("dms").modify_endpoint(EndpointArn=source, PostgreSQLSettings={"SlotName": "mine"})
    tables.tested(source)
    with pytest.raises(ClientError, match=r"neither an LSN \(4AF/B00000D0\) nor a checkpoint"):
        tables.start(arn, CdcStartPosition="yesterday")
    tables.start(arn, CdcStartPosition=f"checkpoint:V1#1#{lsn}#0#0#*#0#0")
    run_sql(tables, "UPDATE stage.item SET name = 'from there' WHERE id = 1")
    arrived(tables, {1: "from there"})

    tables.stop(arn)
    tables.client("dms").start_replication_task(
        ReplicationTaskArn=arn, StartReplicationTaskType="start-replication", CdcStartPosition="0/1"
    )
    failed = tables.wait_for(arn, "failed")
    assert "0/1 is older than" in failed["LastFailureMessage"]


def test_without_pglogical_test_decoding_is_read(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED, source={"PostgreSQLSettings": {"PluginName": "test-decoding"}})
    tables.start(arn)
    assert "by test_decoding" in eventually(lambda: tables.log(arn))
    tables.oracle_run("ALTER TABLE ITEM ADD (MORE CLOB)")
    run_sql(
        tables,
        "UPDATE stage.item SET name = 'it''s [x]: ''new-tuple: ' WHERE id = 1",
        "INSERT INTO stage.item VALUES (2, NULL, 1.10, '2026-01-01 00:00:00+00')",
        "ALTER TABLE stage.item ADD COLUMN more text",
        "INSERT INTO stage.item VALUES (3, 'gone', 0, NULL)",
        "DELETE FROM stage.item WHERE id = 3",
        "TRUNCATE stage.note",
    )
    eventually(lambda: tables.statistics(arn)["Deletes"] == 1)
    assert names(tables)[1] == "it's [x]: 'new-tuple: "
    assert tables.oracle_rows("SELECT NAME, PRICE, MADE FROM ITEM WHERE ID = 2")[0][1] == 1.1


def test_what_dms_documents_not_to_replicate(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED)
    tables.start(arn)
    run_sql(
        tables,
        "UPDATE stage.item SET id = 10 WHERE id = 1",  # the primary key
        "INSERT INTO stage.note VALUES ('a'), ('b')",  # no primary key: inserts only
        "UPDATE stage.note SET text = 'c'",
        "DELETE FROM stage.note",
        "TRUNCATE stage.note",
        "INSERT INTO stage.item VALUES (2, 'mark', 1, NULL)",
    )
    arrived(tables, {1: "first", 2: "mark"})
    assert sorted(tables.oracle_rows("SELECT TEXT FROM NOTE")) == [("a",), ("b",)]
    assert exceptions(tables, arn) == []
    found = eventually(lambda: tables.statistics(arn), lambda one: one["Inserts"] == 1)
    assert (found["Updates"], found["AppliedUpdates"]) == (1, 0)
    assert "update of the primary key of stage.item is ignored" in tables.log(arn)


def test_large_values_are_cut_to_limited_lob_size_and_unchanged_ones_are_left(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED | {"TargetMetadata": {"LobMaxSize": 1}})
    tables.start(arn)
    # incompressible, so that PostgreSQL keeps it out of line and leaves it out of an update's new row
    run_sql(
        tables,
        "ALTER TABLE stage.doc ALTER COLUMN body SET STORAGE EXTERNAL",
        "INSERT INTO stage.doc VALUES (1, 'small', repeat('가', 2000))",
        "UPDATE stage.doc SET title = 'renamed' WHERE id = 1",
    )
    eventually(lambda: tables.oracle_rows("SELECT TITLE FROM DOC"), lambda rows: rows == [("renamed",)])
    body = str(tables.oracle_rows("SELECT BODY FROM DOC")[0][0])
    assert body == "가" * 341
    assert "Column body of stage.doc was truncated to LobMaxSize" in tables.log(arn)


def test_filters_and_expressions_of_the_mapping_apply(tables: Stage) -> None:
    condition = {"filter-operator": "gte", "value": "100"}
    selection = MAPPING["rules"][0] | {
        "object-locator": {"schema-name": "stage", "table-name": "item"},
        "filters": [{"filter-type": "source", "column-name": "id", "filter-conditions": [condition]}],
    }
    added = {
        "rule-type": "transformation",
        "rule-id": "9",
        "rule-name": "9",
        "rule-target": "column",
        "object-locator": {"schema-name": "stage", "table-name": "item"},
        "rule-action": "add-column",
        "value": "NOTE",
        "expression": "$name || '!'",
        "data-type": {"type": "string", "length": 50},
    }
    tables.start(tables.task(mapping={"rules": [selection, *MAPPING["rules"][1:], added]}))
    run_sql(tables, "INSERT INTO stage.item VALUES (2, 'below', 1, NULL), (100, 'above', 1, NULL)")
    arrived(tables, {1: "first", 100: "above"})
    assert tables.oracle_rows("SELECT NOTE FROM ITEM WHERE ID = 100") == [("above!",)]


def test_a_key_that_the_mapping_removes_meets_no_row(tables: Stage) -> None:
    removed = upper_case(4, "column", **{"table-name": "item", "column-name": "id"}) | {"rule-action": "remove-column"}
    upper = upper_case(5, "column", **{"table-name": "%", "column-name": "%"})
    arn = tables.task(mapping={"rules": [*MAPPING["rules"][:3], removed, upper]})
    tables.start(arn)
    run_sql(
        tables,
        "UPDATE stage.item SET name = 'whichever' WHERE id = 1",
        "DELETE FROM stage.item",
        "INSERT INTO stage.note VALUES ('done')",
    )
    eventually(lambda: tables.oracle_rows("SELECT TEXT FROM NOTE") == [("done",)])
    assert names(tables) == {1: "first"}
    assert exceptions(tables, arn) == []


def broken_rows(stage: Stage) -> None:
    """An update that meets no row, an insert that meets one, a delete of nothing, a value too long, a NULL too many."""
    run_sql(
        stage,
        "INSERT INTO stage.item VALUES (50, 'only here', 1, NULL)",
        "INSERT INTO stage.item VALUES (51, 'only here', 1, NULL)",
    )
    arrived(stage, {1: "first", 50: "only here", 51: "only here"})
    stage.oracle_run("DELETE FROM ITEM WHERE ID IN (50, 51)", "INSERT INTO ITEM (ID, NAME) VALUES (60, 'legacy')")
    run_sql(
        stage,
        "UPDATE stage.item SET name = 'no such row' WHERE id = 50",
        "INSERT INTO stage.item VALUES (60, 'is there', 1, NULL)",
        "DELETE FROM stage.item WHERE id = 51",
        "INSERT INTO stage.item VALUES (70, 'much too long for the column ' || repeat('가', 11), 1, NULL)",
        "INSERT INTO stage.item VALUES (71, 'too much', 99999999.99, NULL)",
        "INSERT INTO stage.item VALUES (99, 'mark', 1, NULL)",
    )


def test_records_that_fail_are_logged_and_the_rest_goes_on(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED)
    tables.start(arn)
    tables.oracle_run("ALTER TABLE ITEM ADD CONSTRAINT ITEM_PRICE CHECK (PRICE < 1000000)")
    broken_rows(tables)
    arrived(tables, {1: "first", 60: "legacy", 99: "mark"})
    found = exceptions(tables, arn)
    assert [error.partition(":")[0] for _, error in found] == ["0 rows affected", "ORA-00001", "ORA-12899", "ORA-02290"]
    assert "no such row" in found[0][0]
    assert tables.statistics(arn)["TableState"] == "Table completed"
    assert "ORA-12899" in tables.log(arn)


def test_conflicts_are_repaired_where_the_settings_say_so(tables: Stage) -> None:
    settings = behaviour(ApplyErrorInsertPolicy="INSERT_RECORD", ApplyErrorUpdatePolicy="UPDATE_RECORD")
    arn = tables.task(settings=settings)
    tables.start(arn)
    broken_rows(tables)
    arrived(tables, {1: "first", 50: "no such row", 60: "is there", 71: "too much", 99: "mark"})
    tables.oracle_run("INSERT INTO ITEM (ID, NAME) VALUES (61, 'legacy')", "INSERT INTO ITEM (ID) VALUES (62)")
    too_long = "repeat('가', 20)"
    run_sql(
        tables,
        f"INSERT INTO stage.item VALUES (61, {too_long}, 1, NULL)",
        "INSERT INTO stage.item VALUES (62, 'to the microsecond', 1, '2026-01-01 00:00:00.123456+00')",
    )
    eventually(lambda: names(tables)[62] == "to the microsecond")
    assert names(tables)[61] == "legacy"
    assert "ORA-12899" in exceptions(tables, arn)[-1][1]
    [(made,)] = tables.oracle_rows("SELECT MADE FROM ITEM WHERE ID = 62")
    assert made.microsecond == 123456
    assert "to recover" not in tables.log(arn)


def test_ignored_conflicts_leave_no_trace(tables: Stage) -> None:
    policies = {f"ApplyError{verb}Policy": "IGNORE_RECORD" for verb in ("Insert", "Update", "Delete")}
    more = {"DataErrorPolicy": "IGNORE_RECORD", "DataTruncationErrorPolicy": "IGNORE_RECORD"}
    arn = tables.task(settings=behaviour(**policies, **more))
    tables.start(arn)
    broken_rows(tables)
    arrived(tables, {1: "first", 60: "legacy", 71: "too much", 99: "mark"})
    assert exceptions(tables, arn) == []


@pytest.mark.parametrize(
    ("policies", "provoke"),
    [
        ({"ApplyErrorUpdatePolicy": "SUSPEND_TABLE"}, broken_rows),
        ({"ApplyErrorUpdatePolicy": "LOG_ERROR", "ApplyErrorEscalationPolicy": "SUSPEND_TABLE",
          "ApplyErrorEscalationCount": 1}, broken_rows),
        ({}, lambda stage: stage.oracle_run("ALTER TABLE ITEM DROP COLUMN PRICE")),
    ],
    ids=["by policy", "by escalation", "missing target column"],
)  # fmt: skip
def test_a_suspended_table_stays_out_also_after_a_resume(
    tables: Stage, policies: dict[str, Any], provoke: Callable[[Stage], None]
) -> None:
    arn = tables.task(settings=behaviour(**policies))
    tables.start(arn)
    provoke(tables)
    run_sql(tables, "INSERT INTO stage.item VALUES (3, 'out', 1, NULL)")
    eventually(lambda: tables.statistics(arn)["TableState"] == "Table error")
    assert tables.describe(arn)["Status"] == "running"
    assert tables.describe(arn)["ReplicationTaskStats"]["TablesErrored"] == 1
    run_sql(tables, "INSERT INTO stage.note VALUES ('others go on')")
    eventually(lambda: tables.oracle_rows("SELECT TEXT FROM NOTE") == [("others go on",)])
    tables.stop(arn)
    tables.start(arn, "resume-processing")
    assert tables.statistics(arn)["TableState"] == "Table error"
    assert 3 not in names(tables)
    tables.stop(arn)
    tables.start(arn, "start-replication")
    assert tables.statistics(arn)["TableState"] == "Table completed"


def test_stop_task_stops_before_the_record_and_a_resume_meets_it_again(tables: Stage) -> None:
    arn = tables.task(settings=behaviour(ApplyErrorInsertPolicy="STOP_TASK"))
    tables.start(arn)
    tables.oracle_run("INSERT INTO ITEM (ID, NAME) VALUES (60, 'legacy')")
    run_sql(tables, "INSERT INTO stage.item VALUES (60, 'is there', 1, NULL)")
    failed = tables.wait_for(arn, "failed")
    assert failed["StopReason"] == "Stop Reason FATAL_ERROR Error Level FATAL"
    assert "ORA-00001" in failed["LastFailureMessage"]
    assert "ORA-00001" in exceptions(tables, arn)[0][1]
    tables.oracle_run("DELETE FROM ITEM WHERE ID = 60")
    tables.start(arn, "resume-processing")
    arrived(tables, {1: "first", 60: "is there"})


def test_ddl_at_the_source_is_met_at_once(tables: Stage) -> None:
    arn = tables.task(settings=LOGGED)
    tables.start(arn)
    tables.oracle_run("ALTER TABLE ITEM ADD (COLOUR VARCHAR2(10))")
    run_sql(
        tables,
        "ALTER TABLE stage.item ADD COLUMN colour varchar(10)",
        "UPDATE stage.item SET colour = '파랑' WHERE id = 1",
    )
    eventually(lambda: tables.oracle_rows("SELECT COLOUR FROM ITEM") == [("파랑",)])
    run_sql(
        tables,
        "ALTER TABLE stage.item DROP COLUMN price",
        "INSERT INTO stage.item (id, name) VALUES (2, 'without a price')",
    )
    arrived(tables, {1: "first", 2: "without a price"})
    run_sql(tables, "ALTER TABLE stage.note RENAME TO remark", "INSERT INTO stage.remark VALUES ('lost')")
    run_sql(tables, "INSERT INTO stage.item (id, name) VALUES (3, 'goes on')")
    arrived(tables, {1: "first", 2: "without a price", 3: "goes on"})
    assert tables.oracle_rows("SELECT TEXT FROM NOTE") == []
    assert "Table 'stage.remark' is new since the task started, or gone: its changes are ignored" in tables.log(arn)


@pytest.mark.parametrize("plugin", ["pglogical", "test-decoding"])
def test_the_tables_of_dms_itself_are_not_replicated(tables: Stage, plugin: str) -> None:
    run_sql(tables, "CREATE TABLE stage.awsdms_heartbeat (hb_key bigint PRIMARY KEY, hb_created_at timestamp)")
    tables.oracle_run('CREATE TABLE AWSDMS_HEARTBEAT ("HB_KEY" NUMBER PRIMARY KEY, "HB_CREATED_AT" TIMESTAMP)')
    arn = tables.task(settings=LOGGED, source={"PostgreSQLSettings": {"PluginName": plugin}})
    tables.start(arn)
    run_sql(tables, "INSERT INTO stage.awsdms_heartbeat VALUES (1, now())")
    run_sql(tables, "INSERT INTO stage.item VALUES (2, 'mark', 1, NULL)")
    arrived(tables, {1: "first", 2: "mark"})
    rows = tables.oracle_rows("SELECT HB_KEY FROM AWSDMS_HEARTBEAT")
    tables.oracle_run("DROP TABLE AWSDMS_HEARTBEAT")
    assert rows == []
    shown = tables.client("dms").describe_table_statistics(ReplicationTaskArn=arn)["TableStatistics"]
    assert sorted(table["TableName"] for table in shown) == ["doc", "item", "note"]
    assert "awsdms_heartbeat" not in tables.log(arn)


def test_no_table_to_replicate_fails_the_task(tables: Stage) -> None:
    rule = MAPPING["rules"][0] | {"object-locator": {"schema-name": "nowhere", "table-name": "%"}}
    arn = tables.task(mapping={"rules": [rule]})
    tables.client("dms").start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
    assert "No tables were found" in tables.wait_for(arn, "failed")["LastFailureMessage"]


@pytest.mark.parametrize("plugin", ["pglogical", "test-decoding"])
def test_changes_of_no_interest_move_slot_and_checkpoint_on(tables: Stage, plugin: str) -> None:
    arn = tables.task(source={"PostgreSQLSettings": {"PluginName": plugin}})
    tables.start(arn)
    run_sql(
        tables,
        "CREATE TABLE public.unmapped (x int)",
        "INSERT INTO public.unmapped SELECT generate_series(1, 1000)",
        "DROP TABLE public.unmapped",
    )

    def slot(what: str) -> str:
        with tables.postgres() as postgres:
            return str((postgres.execute(f"SELECT {what} FROM pg_replication_slots".encode()).fetchone() or [""])[0])

    eventually(lambda: slot("confirmed_flush_lsn >= pg_current_wal_lsn()") == "True", timeout_s=3)
    checkpoint = tables.stop(arn)["RecoveryCheckpoint"]
    assert slot(f"confirmed_flush_lsn = '{checkpoint.split('#')[2]}'") == "True"

    run_sql(tables, "UPDATE stage.item SET name = 'from the checkpoint' WHERE id = 1")
    settings = {"SlotName": slot("slot_name"), "PluginName": plugin}
    source = tables.describe(arn)["SourceEndpointArn"]
    tables.client("dms").modify_endpoint(EndpointArn=source, PostgreSQLSettings=settings)
    tables.tested(source)
    tables.start(arn, CdcStartPosition=checkpoint)
    arrived(tables, {1: "from the checkpoint"})


@pytest.mark.parametrize(
    ("plugin", "identity", "expected"),
    [
        ("pglogical", "FULL", {1: "first"}),  # documented as unsupported with pglogical: inserts only
        ("pglogical", "NOTHING", {1: "first"}),
        ("test-decoding", "FULL", {1: "changed"}),
        ("test-decoding", "NOTHING", {1: "changed", 2: "second"}),
    ],
)
def test_replica_identities(tables: Stage, plugin: str, identity: str, expected: dict[int, str]) -> None:
    run_sql(tables, f"ALTER TABLE stage.item REPLICA IDENTITY {identity}")
    tables.start(tables.task(source={"PostgreSQLSettings": {"PluginName": plugin}}))
    run_sql(
        tables,
        "INSERT INTO stage.item VALUES (2, 'second', 1, NULL), (3, 'mark', 1, NULL)",
        "UPDATE stage.item SET name = 'changed' WHERE id = 1",
        "DELETE FROM stage.item WHERE id = 2",
        "INSERT INTO stage.note VALUES ('done')",
    )
    eventually(lambda: tables.oracle_rows("SELECT TEXT FROM NOTE") == [("done",)])
    inserted = {2: "second"} if plugin == "pglogical" else {}
    assert names(tables) == {**inserted, **expected, 3: "mark"}


@pytest.mark.parametrize(("attributes", "arrives"), [("", " "), ("AlwaysReplaceEmptyString=false;", None)])
def test_an_empty_text_is_one_space_unless_the_target_says_otherwise(
    tables: Stage, attributes: str, arrives: str | None
) -> None:
    arn = tables.task(target={"ExtraConnectionAttributes": attributes})
    tables.start(arn)
    run_sql(tables, "INSERT INTO stage.item VALUES (2, '', 1, NULL)")
    eventually(lambda: names(tables).get(2, "not yet") == arrives)


def test_values_that_need_care(tables: Stage) -> None:
    run_sql(
        tables,
        "ALTER TABLE stage.doc ADD n numeric, ADD big numeric(38, 10), ADD yes boolean, ADD data jsonb, ADD at timestamp,"
        " ADD few varchar(10), ADD id2 uuid",
    )
    tables.oracle_run(
        "ALTER TABLE DOC ADD (N NUMBER, BIG NUMBER(38, 10), YES VARCHAR2(5), DATA CLOB, AT TIMESTAMP, FEW VARCHAR2(10),"
        " ID2 VARCHAR2(36))"
    )
    arn = tables.task()
    tables.start(arn)
    columns = "INSERT INTO stage.doc (id, n, big, yes, data, at, few, id2) VALUES"
    run_sql(
        tables,
        f"{columns} (1, 1.23456789, 1234567890123456789012345678.0123456789, true, '{{\"값\": [1, null]}}',"
        " '2026-02-03 04:05:06.123456', '', '00000000-0000-0000-0000-00000000000a')",
        f"{columns} (2, 1e40, 1, false, NULL, NULL, NULL, NULL)",
        f"{columns} (3, 1, 1, NULL, NULL, 'infinity', NULL, NULL)",
        f"{columns} (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    eventually(lambda: len(tables.oracle_rows("SELECT ID FROM DOC")) == 3)
    query = "SELECT TO_CHAR(N), TO_CHAR(BIG), YES, DATA, AT, FEW, ID2 FROM DOC ORDER BY ID"
    first, infinite, last = tables.oracle_rows(query)
    assert first[:4] == ("1.234568", "1234567890123456789012345678.0123456789", "true", '{"값": [1, null]}')
    assert (first[4].microsecond, *first[5:]) == (123456, " ", "00000000-0000-0000-0000-00000000000a")
    assert infinite[4].isoformat() == "9999-12-31T23:59:59"
    assert last == (None,) * 7
    assert exceptions(tables, arn) == [
        ("INSERT stage.doc (id = 2)", "ValueError: 1" + "0" * 40 + " does not fit NUMERIC(28,6)"),
    ]

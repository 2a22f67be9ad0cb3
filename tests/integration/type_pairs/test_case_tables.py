"""Tables that people bring: json, legacy CHAR, booleans in NUMBER(1), long texts, infinity, DMS's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.type_pairs import Pair
from tests.support.aws_stage import MAPPING, Stage, upper_case
from tests.support.aws_tables import LOGGED, caught_up, exceptions, run_sql
from tests.support.carried import carried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.carried import Carried

pytestmark = pytest.mark.integration

LIMIT_KB = 32


def retyped(table: str, column: str, data_type: str) -> dict[str, Any]:
    """The stage's mapping, and a rule that comes first and gives a column of the target's name another type."""
    rule = upper_case(0, "column", **{"table-name": table, "column-name": column})
    return {"rules": [*MAPPING["rules"], rule | {"rule-action": "change-data-type", "data-type": {"type": data_type}}]}


def added(table: str, column: str, expression: str) -> dict[str, Any]:
    """The stage's mapping, and a column of an expression."""
    rule = upper_case(9, "column", **{"table-name": table}) | {"rule-action": "add-column", "value": column}
    return {"rules": [*MAPPING["rules"], rule | {"expression": expression, "data-type": {"type": "string"}}]}


class Scene:
    """Tables on both sides, and a task that carries what is written into the one."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.made: list[str] = []
        self.arn = ""

    def replicate(
        self, table: str, source: str, target: str, *inserts: str, mapping: dict[str, Any] | None = None
    ) -> Carried:
        """Make both tables, run a task, write the rows, wait for them, and read both sides."""
        mapping = mapping or MAPPING
        run_sql(self.stage, f"CREATE TABLE stage.{table} ({source})")
        self.stage.oracle_run(f"CREATE TABLE {table.upper()} ({target})")
        self.made.append(table.upper())
        settings = LOGGED | {"TargetMetadata": {"LobMaxSize": LIMIT_KB}}
        self.arn = self.stage.task(settings=settings, mapping=mapping)
        self.stage.start(self.arn)
        run_sql(self.stage, *(f"INSERT INTO stage.{table} VALUES {row}" for row in inserts))
        caught_up(self.stage)
        return carried(self.stage, mapping, table)


@pytest.fixture
def scene(oracle: Stage, stage: Stage) -> Iterator[Scene]:
    run_sql(stage, "CREATE SCHEMA stage")
    made = Scene(stage)
    yield made
    stage.clean()
    run_sql(stage, "DROP SCHEMA stage CASCADE")
    oracle.oracle_run(*(f"DROP TABLE {name}" for name in made.made))


def test_json_is_the_text_that_postgresql_prints(scene: Scene) -> None:
    both = scene.replicate(
        "tariff",
        "id bigint PRIMARY KEY, doc jsonb, spelled json",
        "ID NUMBER(19) PRIMARY KEY, DOC CLOB, SPELLED CLOB",
        """(1, '{"a": 1, "b": true, "도시": "서울"}', '{"a":1}'), (2, '["x", null]', '[]'), (3, NULL, NULL)""",
        """(4, '"x"', 'null'), (5, '1.50', ' {"b" : 2.0, "b":1} '), (6, 'null', '""'), (7, '{}', '1E+2')""",
    )
    assert len(both.found) == 7
    assert both.found["1"]["DOC"] == '{"a": 1, "b": true, "도시": "서울"}'
    assert both.found["5"]["SPELLED"] == ' {"b" : 2.0, "b":1} '
    assert both.differences() == []


def test_blanks_that_fill_a_char_are_no_difference_and_in_a_key_neither(scene: Scene) -> None:
    both = scene.replicate(
        "class",
        "code varchar(4) PRIMARY KEY, label varchar(10), kind char(10), note char(6)",
        "CODE CHAR(4 CHAR) PRIMARY KEY, LABEL CHAR(10 CHAR), KIND CHAR(30 BYTE), NOTE VARCHAR2(6 CHAR)",
        "('A1', 'one', '서울', 'x'), ('B2', 'two', 'x', ''), ('C', NULL, NULL, NULL), ('가나', ' three', ' ', '가  나')",
    )
    assert sorted(both.found) == ["A1", "B2", "C", "가나"]
    assert both.found["A1"]["LABEL"] == "one       "
    assert both.differences() == []


@pytest.mark.parametrize("data_type", ["boolean", "int1"])
def test_a_boolean_is_1_or_0_by_a_rule(scene: Scene, data_type: str) -> None:
    both = scene.replicate(
        "passenger",
        'id bigint PRIMARY KEY, name varchar(50), "IS_DELETED" boolean',
        "ID NUMBER(19) PRIMARY KEY, NAME VARCHAR2(50 CHAR), IS_DELETED NUMBER(1)",
        "(1, 'a', true), (2, 'b', false), (3, 'c', NULL)",
        mapping=retyped("passenger", "IS_DELETED", data_type),
    )
    assert [both.found[key]["IS_DELETED"] for key in "123"] == [1, 0, None]
    assert both.differences() == []


def test_random_digits_of_a_number_are_a_number(scene: Scene) -> None:
    rule = upper_case(9, "column", **{"table-name": "fare", "column-name": "card"})
    mask = rule | {"rule-action": "data-masking-digits-randomize"}
    both = scene.replicate(
        "fare",
        "id bigint PRIMARY KEY, card integer, tax numeric(6,2)",
        "ID NUMBER(19) PRIMARY KEY, CARD NUMBER(10), TAX NUMBER(6,2)",
        "(1, 12345, 1.50), (2, -7, 0), (3, NULL, NULL)",
        mapping={"rules": [*MAPPING["rules"], mask]},
    )
    cards = [both.found[key]["CARD"] for key in "123"]
    assert (0 <= cards[0] <= 99999, -9 <= cards[1] <= 0, cards[2]) == (True, True, None)
    assert both.differences() == []
    assert exceptions(scene.stage, scene.arn) == []


def test_a_flag_is_y_or_n_by_an_expression(scene: Scene) -> None:
    both = scene.replicate(
        "seat",
        "id bigint PRIMARY KEY, free integer",
        "ID NUMBER(19) PRIMARY KEY, FREE NUMBER(5), IS_FREE VARCHAR2(1)",
        "(1, 3), (2, 0), (3, NULL)",
        mapping=added("seat", "IS_FREE", "CASE WHEN $free > 0 THEN 'Y' ELSE 'N' END"),
    )
    assert [both.found[key]["IS_FREE"] for key in "123"] == ["Y", "N", "N"]
    assert both.differences() == []


def test_a_uuid_is_a_raw_by_an_expression(scene: Scene) -> None:
    both = scene.replicate(
        "ticket",
        "id uuid PRIMARY KEY",
        "ID VARCHAR2(36) PRIMARY KEY, CODE RAW(16)",
        "('6f1e8b60-0000-4000-8000-00000000000a')",
        mapping=added("ticket", "CODE", "replace($id, '-', '')"),
    )
    [row] = both.found.values()
    assert row["CODE"] == bytes.fromhex("6f1e8b6000004000800000000000000a")
    assert both.differences() == []


def test_a_text_beyond_the_lob_limit_is_said_to_be_truncated(scene: Scene) -> None:
    both = scene.replicate(
        "letter",
        "id bigint PRIMARY KEY, body text, photo bytea",
        "ID NUMBER(19) PRIMARY KEY, BODY CLOB, PHOTO RAW(2000)",
        "(1, repeat('가', 40000), NULL), (2, repeat('가', 10922), NULL), (3, 'short', '\\x00ff')",
    )
    [said] = both.differences(LIMIT_KB * 1024)
    assert said == (
        f"1: BODY should be a text of 40000 characters, is one of 10922: truncated by the LOB limit of {LIMIT_KB} KB; "
        "what is there is the same"
    )


def test_infinity_is_what_aws_documents(scene: Scene) -> None:
    both = scene.replicate(
        "period",
        "id bigint PRIMARY KEY, since timestamp, until timestamptz, day date",
        "ID NUMBER(19) PRIMARY KEY, SINCE TIMESTAMP(6), UNTIL TIMESTAMP(6), DAY DATE",
        "(1, '2026-01-01', 'infinity', 'infinity'), (2, 'infinity', '2026-12-31 09:00:00+09', '2026-12-31')",
    )
    assert both.differences() == []
    assert both.found["1"]["UNTIL"] == "9999-12-31 23:59:59.000000"


def test_minus_infinity_lies_before_oracles_first_date(scene: Scene) -> None:
    """DMS makes 4713-01-01 BC of it; Oracle begins in 4712 BC."""
    both = scene.replicate(
        "era",
        "id bigint PRIMARY KEY, since timestamp",
        "ID NUMBER(19) PRIMARY KEY, SINCE TIMESTAMP(6)",
        "(1, '-infinity'), (2, '2026-01-01')",
    )
    assert both.differences() == ["1: missing"]
    assert len(exceptions(scene.stage, scene.arn)) == 1


def test_the_tables_that_dms_makes_for_itself_stay_out(scene: Scene) -> None:
    run_sql(
        scene.stage,
        "CREATE TABLE stage.awsdms_ddl_audit (c_key bigserial PRIMARY KEY, c_time timestamp, c_ddlqry text)",
        "CREATE TABLE stage.awsdms_heartbeat (hb_key bigint PRIMARY KEY, hb_created_at timestamp)",
    )
    both = scene.replicate("gate", "id bigint PRIMARY KEY", "ID NUMBER(19) PRIMARY KEY", "(1), (2)")
    run_sql(scene.stage, "INSERT INTO stage.awsdms_heartbeat VALUES (1, now())")
    assert both.differences() == []
    assert exceptions(scene.stage, scene.arn) == []
    tables = scene.stage.client("dms").describe_table_statistics(ReplicationTaskArn=scene.arn)["TableStatistics"]
    assert [table["TableName"] for table in tables] == ["gate"]


def test_a_value_that_somebody_changed_in_oracle_is_found(scene: Scene) -> None:
    both = scene.replicate(
        "note",
        "id bigint PRIMARY KEY, doc jsonb, label char(4)",
        "ID NUMBER(19) PRIMARY KEY, DOC CLOB, LABEL CHAR(4)",
        """(1, '{"a": 1}', 'x'), (2, '{"a": 2}', 'y')""",
    )
    assert isinstance(both.pairs["DOC"], Pair)
    assert both.differences() == []
    scene.stage.oracle_run(
        """UPDATE NOTE SET DOC = '{"a":1}' WHERE ID = 1""", "UPDATE NOTE SET LABEL = ' y' WHERE ID = 2"
    )
    assert carried(scene.stage, MAPPING, "note").differences() == [
        """1: DOC should be '{"a": 1}', is '{"a":1}'""",
        "2: LABEL should be 'y', is ' y  '",
    ]

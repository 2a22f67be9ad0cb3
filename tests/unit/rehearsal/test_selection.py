"""What `make rehearse PIPELINE=...` takes, and how it says what it can't."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from rehearsal.airflow.environment import Neighbours, connections
from rehearsal.layout import Layout
from rehearsal.own_tables import statements
from rehearsal.pipeline_file import SelectionError, find_pipeline
from rehearsal.selection import Selection, add_arguments, arguments_of
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NEIGHBOURS = Neighbours(postgres=1, oracle=2, aws=3, flightspecials_api=4)


def selected(*arguments: str) -> Selection:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return Selection.of(parser.parse_args(arguments))


def mine(place: Path, text: str = "name: mine\n") -> Path:
    file = place / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_named_is_the_shipped_pipeline(tmp_path: Path) -> None:
    selection = selected()
    assert (selection.dag_ids, selection.environment(Layout(tmp_path))) == (["flightspecials_reverse_sync"], {})


def test_several_by_name_with_the_tables_beside_them(tmp_path: Path) -> None:
    selection = selected("--pipeline", "flightspecials", "--pipeline", "hotelspecials")
    assert selection.dag_ids == ["flightspecials_reverse_sync", "hotelspecials_reverse_sync"]
    assert selection.tables == (ROOT / "examples/hotelspecials",)
    assert selected(*arguments_of(selection)) == selection
    about = selection.environment(Layout(tmp_path))
    files = [
        ROOT / "include/pipelines/flightspecials.yaml",
        ROOT / "examples/hotelspecials/pipelines/hotelspecials.yaml",
    ]
    assert about["REVERSE_SYNC_INCLUDE"] == ":".join(map(str, files))
    assert about["REHEARSAL_DB_INSTANCE"] == "flightspecials-test-postgres-db"


def test_connections_of_ones_own_win_and_lead_to_the_parts_where_they_name_no_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.json"
    api = {"conn_type": "http", "host": "127.0.0.1", "port": 8080}
    login = {"conn_type": "postgres", "login": "app", "password": "secret", "schema": "orders"}
    own.write_text(json.dumps({"orders_postgres": login, "orders_api": api}))
    about = selected("--pipeline", "orders", "--connections", str(own)).environment(Layout(tmp_path / "home"))
    for name, value in about.items():
        monkeypatch.setenv(name, value)
    assert (tmp_path / "home/connections.json").stat().st_mode & 0o777 == 0o600
    found = {name: json.loads(value) for name, value in connections(NEIGHBOURS).items()}
    assert found["AIRFLOW_CONN_ORDERS_POSTGRES"] == {"host": "127.0.0.1", "port": 1, **login}
    assert found["AIRFLOW_CONN_ORDERS_API"] == api
    assert found["AIRFLOW_CONN_ERP_ORACLE"]["login"] == "REVERSE_SYNC"
    assert found["AIRFLOW_CONN_ERP_ORACLE"]["extra"] == {"service_name": "ERPDB"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--pipeline", "oders"],
            "PIPELINE=oders is neither the path of a .yaml file nor .*: flightspecials, hotelspec",
        ),
        (["--pipeline", "oders.yaml"], "PIPELINE=oders.yaml: there is no such file"),
        (["--tables", "docs"], "TABLES=docs has no postgres.sql, oracle.sql or connections.json"),
        (["--connections", "no.json"], "CONNECTIONS=no.json: there is no such file"),
    ],
)
def test_what_is_not_there(arguments: list[str], said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        selected(*arguments)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    for text, said in (
        ("- a list\n", "is no pipeline file: it has no keys and values"),
        ("name: [\n", "can't be read: while parsing"),
        ("name: mine\n", "has no text at aws.region, which the rehearsal needs; `python -m reverse_sync.preflight"),
    ):
        with pytest.raises(SelectionError, match=said):
            selected("--pipeline", str(mine(tmp_path, text))).environment(Layout(tmp_path))


def test_two_pipelines_that_need_two_of_what_there_is_one(tmp_path: Path) -> None:
    both = selected("--pipeline", "orders", "--pipeline", "hotelspecials")
    with pytest.raises(SelectionError, match=r"db_instance is 'orders-prod' in orders.yaml and 'flightspecials-test-"):
        both.environment(Layout(tmp_path))


def test_connections_that_are_none(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    for text, said in (
        ("{", "is not JSON"),
        ("[]", "should hold connections by id"),
        ('{"a": {}}', "a has no conn_type"),
    ):
        own.write_text(text)
        with pytest.raises(SelectionError, match=said):
            selected("--connections", str(own)).connections()


def test_statements_end_as_in_sql_plus() -> None:
    script = """-- a comment; of its own
CREATE TABLE A (B NUMBER);

INSERT INTO A
  VALUES (1);
create or replace trigger T before insert on A for each row
begin
  :new.B := 1;
end;
/
SELECT 1 FROM DUAL
"""
    assert list(statements(script)) == [
        "CREATE TABLE A (B NUMBER)",
        "INSERT INTO A\n  VALUES (1)",
        "create or replace trigger T before insert on A for each row\nbegin\n  :new.B := 1;\nend;",
        "SELECT 1 FROM DUAL",
    ]


def test_a_path_finds_its_own_folder(tmp_path: Path) -> None:
    assert find_pipeline(str(mine(tmp_path))).folder == tmp_path
    (tmp_path / "pipelines").mkdir()
    assert find_pipeline(str(mine(tmp_path / "pipelines"))).folder == tmp_path

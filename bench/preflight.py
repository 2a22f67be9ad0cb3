"""The preflight's speed: the shipped pipeline in the rehearsal, and a schema of 1,000 tables with 20,000 columns.

The wide schema is looked at with four rules of wildcards, and with 5,000 rules, five a table.
"""

import json
import logging
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import oracledb
import psycopg

from rehearsal.airflow.environment import Neighbours, connections
from rehearsal.layout import Layout, Ports
from rehearsal.orchestrator import Orchestrator
from rehearsal.parts import PARTS
from rehearsal.port_choice import choose_ports
from reverse_sync.pipeline import INCLUDE, Pipeline, read
from reverse_sync.preflight.report import summary
from reverse_sync.preflight.runner import run
from reverse_sync.table_mapping import Column, Table, TableMapping

_Rule = tuple[str, dict[str, str], dict[str, str]]
_REPEATS = 5
_TABLES = 1000
_COLUMNS = 20
_AIM_REHEARSAL_S = 2.0
_AIM_WIDE_S = 10.0
_AIM_PROJECT_S = 5.0


def main() -> None:
    """Print seconds, after imports, beside the aims."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"AIRFLOW_HOME": folder, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
        ports = choose_ports({})
        parts = Orchestrator(Layout(Path(folder)), ports, [part for part in PARTS if part.name != "airflow"])
        try:
            parts.start(tell=lambda _line: None)
            os.environ |= connections(Neighbours(ports.postgres, ports.oracle, ports.aws, ports.flightspecials_api))
            logging.disable(logging.WARNING)
            _measure(read(INCLUDE / "pipelines/flightspecials.yaml"), ports)
        finally:
            parts.stop()


def _measure(pipeline: Pipeline, ports: Ports) -> None:
    run(pipeline)  # imports
    seconds = [_seconds(pipeline)[0] for _ in range(_REPEATS)]
    print(
        f"shipped pipeline in the rehearsal  {statistics.median(seconds):6.2f} s  (aim: under {_AIM_REHEARSAL_S:.0f} s)"
    )
    _make_wide(ports)
    took_s, found = _seconds(pipeline, mapping_text=_wide_mapping(), mapping_file="wide.json")
    print(f"{_TABLES:,} tables, {_TABLES * _COLUMNS:,} columns       {took_s:6.2f} s  (aim: under {_AIM_WIDE_S:.0f} s)")
    print(f"  found there: {found}")
    many = _many_rules()
    took_s, found = _seconds(pipeline, mapping_text=many, mapping_file="many.json")
    print(f"the same with 5,000 rules          {took_s:6.2f} s  (aim: under {_AIM_WIDE_S:.0f} s)")
    print(f"  found there: {found}")
    print(f"  its rules parsed and projected   {_project_s(many):6.2f} s  (aim: under {_AIM_PROJECT_S:.0f} s)")


def _project_s(text: str) -> float:
    columns = (Column("id", "bigint"), *(Column(f"c{number}", "character varying") for number in range(1, _COLUMNS)))
    tables = [Table("wide", f"t{number}", columns, ("id",)) for number in range(_TABLES)]
    started_at = time.perf_counter()
    mapping = TableMapping.parse(text, "many.json")
    for table in tables:
        mapping.project(table)
    return time.perf_counter() - started_at


def _seconds(pipeline: Pipeline, **options: Any) -> tuple[float, str]:
    started_at = time.perf_counter()
    found = run(pipeline, **options)
    return time.perf_counter() - started_at, summary(found)


def _make_wide(ports: Ports) -> None:
    names = [f"c{number}" for number in range(1, _COLUMNS)]
    source = "id bigint PRIMARY KEY, " + ", ".join(f"{name} varchar(40)" for name in names)
    target = "id NUMBER PRIMARY KEY, " + ", ".join(f"{name} VARCHAR2(40)" for name in names)
    login = f"host=127.0.0.1 port={ports.postgres} dbname=dso user=postgres password=sesame-7391"
    with psycopg.connect(login) as postgres, postgres.cursor() as cursor:
        cursor.execute("CREATE SCHEMA wide")
        for number in range(_TABLES):
            cursor.execute(f"CREATE TABLE wide.t{number} ({source})".encode())
            cursor.execute(f"INSERT INTO wide.t{number} (id, c1) VALUES (1, '한글')".encode())  # noqa: S608
        cursor.execute("GRANT USAGE ON SCHEMA wide TO dmsuser; GRANT SELECT ON ALL TABLES IN SCHEMA wide TO dmsuser")
    dsn = f"127.0.0.1:{ports.oracle}/XE"
    with oracledb.connect(user="SYSTEM", password="manager", dsn=dsn) as oracle, oracle.cursor() as cursor:
        cursor.execute("GRANT SELECT ANY TABLE, INSERT ANY TABLE, UPDATE ANY TABLE, DELETE ANY TABLE TO DMSUSER")
        cursor.execute("ALTER SESSION SET CURRENT_SCHEMA = TRAVELBUDDY")
        for number in range(_TABLES):
            cursor.execute(f"CREATE TABLE t{number} ({target})")


def _wide_mapping() -> str:
    everything = {"schema-name": "wide", "table-name": "%"}
    return _mapping(
        [
            ("schema", {"schema-name": "wide"}, {"rule-action": "rename", "value": "TRAVELBUDDY"}),
            ("table", everything, {"rule-action": "convert-uppercase"}),
            ("column", {**everything, "column-name": "%"}, {"rule-action": "convert-uppercase"}),
        ]
    )


def _many_rules() -> str:
    upper = {"rule-action": "convert-uppercase"}
    rules: list[_Rule] = [("schema", {"schema-name": "wide"}, {"rule-action": "rename", "value": "TRAVELBUDDY"})]
    for number in range(_TABLES):
        table = {"schema-name": "wide", "table-name": f"t{number}"}
        rules.append(("table", table, upper))
        rules += [("column", {**table, "column-name": name}, upper) for name in ("id", "c[1-5]", "c[6-9]", "c1_")]
    return _mapping(rules)


def _mapping(actions: list[_Rule]) -> str:
    everything = {"schema-name": "wide", "table-name": "%"}
    select = {"rule-type": "selection", "rule-id": "1", "rule-name": "Select", "object-locator": everything}
    rules: list[dict[str, object]] = [{**select, "rule-action": "include"}]
    for number, (target, locator, action) in enumerate(actions, 2):
        marks = {"rule-type": "transformation", "rule-id": str(number), "rule-name": f"Rule{number}"}
        rules.append({**marks, "rule-target": target, "object-locator": locator, **action})
    return json.dumps({"rules": rules})


if __name__ == "__main__":
    main()

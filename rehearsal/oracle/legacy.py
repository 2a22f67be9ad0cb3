"""The legacy database's users, tables, rows and grants, in Oracle's own SQL."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from rehearsal.grants import ORACLE_LOGIN, documented

DAGS_LOGIN = {"login": ORACLE_LOGIN, "password": "reverse5064"}
"""What the DAGs and the preflight log in with where they do not own the tables, as an Airflow connection has it."""
_SCRIPTS = Path(__file__).with_name("sql")
_ROWS = Path(__file__).parents[1] / "seed" / "flightspecials.json"
# The binds go by the names that the seed's rows have for the table's columns.
INSERT = (
    "INSERT INTO FLIGHTSPECIAL VALUES"
    " (:id, :header, :body, :origin, :origin_code, :destination, :destination_code, :cost, :expiry_date_num)"
)
_COLUMNS = re.findall(r":(\w+)", INSERT)


def users() -> Iterator[str]:
    """The statements that SYSTEM runs."""
    return statements((_SCRIPTS / "users.oracle.sql").read_text(encoding="utf-8"))


def schema() -> Iterator[str]:
    """The statements that SYSTEM runs then: TRAVELBUDDY's tables."""
    yield "ALTER SESSION SET CURRENT_SCHEMA = TRAVELBUDDY"
    yield from statements((_SCRIPTS / "travelbuddy.oracle.sql").read_text(encoding="utf-8"))


def grants() -> list[str]:
    """The statements that SYSTEM runs last: what the shipped pipeline's logins may do."""
    return documented().oracle


def statements(script: str) -> Iterator[str]:
    """The statements of a script in which a slash alone on its line ends each."""
    yield from filter(None, map(str.strip, f"\n{script}\n".split("\n/\n")))


def flight_specials() -> list[list[object]]:
    """The rows that `INSERT` takes."""
    return [[row[column] for column in _COLUMNS] for row in json.loads(_ROWS.read_text(encoding="utf-8"))]

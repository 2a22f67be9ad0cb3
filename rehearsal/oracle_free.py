"""`python -m rehearsal.oracle_free`: the legacy schema in a real Oracle, with the stand-in's own scripts and rows.

ORACLE_DSN says where it is, ORACLE_PASSWORD is SYSTEM's.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import oracledb

SCRIPTS = Path(__file__).with_name("oracle") / "sql"
ROWS = Path(__file__).with_name("seed") / "flightspecials.json"
COLUMNS = (
    "id",
    "header",
    "body",
    "origin",
    "origin_code",
    "destination",
    "destination_code",
    "cost",
    "expiry_date_num",
)


def statements(script: str) -> Iterator[str]:
    """The statements of a script in which a slash alone on its line ends each."""
    yield from filter(None, map(str.strip, f"\n{script}\n".split("\n/\n")))


def seed(dsn: str, system_password: str) -> bool:
    """Make users, tables and rows; False where they are there already. Raises oracledb.Error."""
    with (
        oracledb.connect(user="SYSTEM", password=system_password, dsn=dsn) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT COUNT(*) FROM ALL_USERS WHERE USERNAME = 'TRAVELBUDDY'")
        if cursor.fetchone() != (0,):
            return False
        for statement in statements((SCRIPTS / "users.oracle.sql").read_text()):
            cursor.execute(statement)
    with oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=dsn) as connection, connection.cursor() as cursor:
        for statement in statements((SCRIPTS / "travelbuddy.oracle.sql").read_text()):
            cursor.execute(statement)
        places = ", ".join(f":{number}" for number in range(1, len(COLUMNS) + 1))
        rows = [[row[column] for column in COLUMNS] for row in json.loads(ROWS.read_text())]
        cursor.executemany(f"INSERT INTO FLIGHTSPECIAL VALUES ({places})", rows)  # noqa: S608  # numbers only
        connection.commit()
    return True


def main() -> None:
    """Seed, or say in one sentence why not."""
    dsn = os.environ["ORACLE_DSN"]
    try:
        made = seed(dsn, os.environ["ORACLE_PASSWORD"])
    except oracledb.Error as error:
        sys.exit(f"the legacy schema could not be made in {dsn}: {error}")
    print("the legacy schema was made" if made else "the legacy schema is there already")


if __name__ == "__main__":
    main()

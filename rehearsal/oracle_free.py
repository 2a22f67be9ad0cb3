"""`python -m rehearsal.oracle_free`: the legacy schema in a real Oracle, with the stand-in's own scripts and rows.

ORACLE_DSN says where it is, ORACLE_PASSWORD is SYSTEM's.
"""

import os
import sys
from itertools import chain

import oracledb

from rehearsal.oracle import legacy


def seed(dsn: str, system_password: str) -> bool:
    """Make users, tables and rows; False where they are there already. Raises oracledb.Error."""
    with (
        oracledb.connect(user="SYSTEM", password=system_password, dsn=dsn) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT COUNT(*) FROM ALL_USERS WHERE USERNAME = 'TRAVELBUDDY'")
        if cursor.fetchone() != (0,):
            return False
        for statement in chain(legacy.users(), legacy.schema(), legacy.grants()):
            cursor.execute(statement)
        cursor.executemany(legacy.INSERT, legacy.flight_specials())
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

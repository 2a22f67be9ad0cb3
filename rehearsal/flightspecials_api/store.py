"""The service's rows: what its requests read and change in PostgreSQL."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

_SPECIALS = """
    SELECT id, header, body, origin, origin_code AS "originCode", destination, destination_code AS "destinationCode",
           cost, to_char(expiry_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "expiryDate"
      FROM travelbuddy.flightspecial
"""


class Store:
    """The database `dso` as the service's own login sees it, one connection a request."""

    def __init__(self, postgres_port: int):
        self._conninfo = psycopg.conninfo.make_conninfo(
            host="127.0.0.1",
            port=postgres_port,
            dbname="dso",
            user="flightspecials",
            password="flightspecials",
            connect_timeout=5,
        )

    def specials(self) -> list[dict[str, Any]]:
        """All flight specials, by expiry date."""
        with psycopg.connect(self._conninfo, row_factory=dict_row) as connection:
            return connection.execute(_SPECIALS + "ORDER BY expiry_date, id").fetchall()

    def special(self, special_id: int) -> dict[str, Any] | None:
        """One flight special."""
        with psycopg.connect(self._conninfo, row_factory=dict_row) as connection:
            return connection.execute(_SPECIALS + "WHERE id = %s", [special_id]).fetchone()

    def change_header(self, special_id: int, header: str) -> bool:
        """Whether there was such a flight special to change."""
        return self._change("UPDATE travelbuddy.flightspecial SET header = %s WHERE id = %s", header, special_id)

    def rename_flight(self, flight_no: int, name: str) -> bool:
        """Whether there was such a flight to change."""
        return self._change("UPDATE travelbuddy.flight SET flight_name = %s WHERE flight_no = %s", name, flight_no)

    def _change(self, statement: str, *values: object) -> bool:
        with psycopg.connect(self._conninfo) as connection:
            return connection.execute(statement.encode(), values).rowcount == 1

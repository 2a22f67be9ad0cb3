"""A running Oracle stand-in, and what tests do with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import oracledb
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORDS = {"TRAVELBUDDY": "welcome", "DMSUSER": "dmsuser123", "SYSTEM": "manager"}


@dataclass(frozen=True)
class Oracle:
    """Where it listens, its process, and its log."""

    port: int
    pid: int
    log: Path

    @property
    def dsn(self) -> str:
        """Where service XE is."""
        return f"127.0.0.1:{self.port}/XE"

    def connect(self, user: str = "TRAVELBUDDY", password: str = "", dsn: str = "") -> oracledb.Connection:
        """A connection of a genuine client."""
        return oracledb.connect(user=user, password=password or PASSWORDS[user], dsn=dsn or self.dsn)


@contextmanager
def raises(number: int, *texts: str) -> Iterator[None]:
    """The block fails with this ORA- error, whose message holds these texts."""
    with pytest.raises(oracledb.Error) as failure:
        yield
    error = failure.value.args[0]
    assert error.code == number, error
    for text in texts:
        assert text in error.message


def drop(connection: oracledb.Connection, *tables: str) -> None:
    """Drop these tables."""
    connection.rollback()
    for table in tables:
        connection.cursor().execute(f"DROP TABLE {table} CASCADE CONSTRAINTS")

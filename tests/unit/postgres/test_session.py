"""A connection's extra may say how to connect, not what a row is."""

from __future__ import annotations

import json

import pytest

from reverse_sync.postgres.session import CONNECT_TIMEOUT_S, bounded_hook


@pytest.mark.parametrize("cursor", ["dictcursor", "realdictcursor", "namedtuplecursor"])
def test_rows_are_tuples_whatever_cursor_the_extra_asks_for(cursor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"cursor": cursor, "sslmode": "require", "keepalives_idle": 7}
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "postgres", "host": "db", "extra": extra}))
    found = bounded_hook("shop").connection.extra_dejson
    assert "cursor" not in found
    assert (found["sslmode"], found["keepalives_idle"], found["connect_timeout"]) == ("require", 7, CONNECT_TIMEOUT_S)

"""What every test finds the same."""

import oracledb
import pytest


@pytest.fixture(autouse=True)
def oracledb_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """OracleHook changes python-oracledb's defaults for the whole process, so for the tests that follow too."""
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", True)
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", False)

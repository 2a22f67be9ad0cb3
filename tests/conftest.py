"""What every test finds the same."""

import functools

import botocore.session
import oracledb
import pytest

# Each client has a session of its own, which would parse the service's model again: four fifths of its cost.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


@pytest.fixture(autouse=True)
def oracledb_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """OracleHook changes python-oracledb's defaults for the whole process, so for the tests that follow too."""
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", True)
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", False)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Have one process run all tests that share a rehearsal."""
    from tests.support.scheduling import SharedRehearsalScheduling

    return SharedRehearsalScheduling(config, log)

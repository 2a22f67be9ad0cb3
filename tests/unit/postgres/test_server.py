"""Which settings logical replication needs, and when a reboot follows."""

import pytest

from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.server import decide_reboot, shortcomings

READY = {"shared_preload_libraries": "rdsutils,pglogical", "wal_level": "logical"}
FRESH = {"shared_preload_libraries": "rdsutils", "wal_level": "replica"}
BRANCHES = {"reboot_task": "postgres.reboot", "otherwise": "postgres.wait_settings"}


@pytest.mark.parametrize("libraries", ["pglogical", "rdsutils,pglogical", "rdsutils, pglogical ,pg_stat_statements"])
def test_rds_adds_libraries_of_its_own(libraries: str) -> None:
    assert shortcomings({"shared_preload_libraries": libraries, "wal_level": "logical"}) == []


@pytest.mark.parametrize("libraries", ["", "rdsutils", "pglogical_output"])
def test_pglogical_must_be_one_of_them(libraries: str) -> None:
    assert shortcomings({"shared_preload_libraries": libraries, "wal_level": "logical"}) == [
        f"shared_preload_libraries is {libraries!r} and lacks 'pglogical'"
    ]


def test_the_wal_must_be_logical() -> None:
    assert shortcomings({**READY, "wal_level": "replica"}) == ["wal_level is 'replica', not 'logical'"]


@pytest.mark.parametrize(
    ("policy", "settings", "task"),
    [
        ("when_needed", FRESH, "postgres.reboot"),
        ("when_needed", READY, "postgres.wait_settings"),
        ("always", READY, "postgres.reboot"),
        ("never", READY, "postgres.wait_settings"),
    ],
)
def test_the_policy_decides(policy: str, settings: dict[str, str], task: str) -> None:
    assert decide_reboot(policy, **settings, **BRANCHES) == task


def test_a_reboot_that_is_needed_and_forbidden_stops_the_run() -> None:
    with pytest.raises(NeedsPersonError) as stopped:
        decide_reboot("never", **FRESH, **BRANCHES)
    assert "wal_level is 'replica', not 'logical'" in str(stopped.value)
    assert "the reboot policy is 'never'" in str(stopped.value)
    assert "Reboot the instance yourself" in str(stopped.value)

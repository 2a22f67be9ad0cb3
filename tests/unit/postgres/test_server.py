"""Which settings logical replication needs, and when a reboot follows."""

import pytest

from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import RebootPolicy
from reverse_sync.postgres.reboot import reason_to_reboot
from reverse_sync.postgres.server import shortcomings
from reverse_sync.results import ReplicationSettings

READY: ReplicationSettings = {"shared_preload_libraries": "rdsutils,pglogical", "wal_level": "logical"}
FRESH: ReplicationSettings = {"shared_preload_libraries": "rdsutils", "wal_level": "replica"}


@pytest.mark.parametrize("libraries", ["pglogical", "rdsutils,pglogical", "rdsutils, pglogical ,pg_stat_statements"])
def test_rds_adds_libraries_of_its_own(libraries: str) -> None:
    assert shortcomings({"shared_preload_libraries": libraries, "wal_level": "logical"}) == []


@pytest.mark.parametrize("libraries", ["", "rdsutils", "pglogical_output"])
def test_pglogical_must_be_one_of_them(libraries: str) -> None:
    assert shortcomings({"shared_preload_libraries": libraries, "wal_level": "logical"}) == [
        f"shared_preload_libraries is {libraries!r} and lacks 'pglogical'"
    ]


def test_the_wal_must_be_logical() -> None:
    assert shortcomings({"shared_preload_libraries": "pglogical", "wal_level": "replica"}) == [
        "wal_level is 'replica', not 'logical'"
    ]


@pytest.mark.parametrize(
    ("policy", "settings", "reason"),
    [
        (
            "when_needed",
            FRESH,
            "shared_preload_libraries is 'rdsutils' and lacks 'pglogical'; wal_level is 'replica', not 'logical'",
        ),
        ("when_needed", READY, None),
        ("always", READY, "the reboot policy is 'always'"),
        ("never", READY, None),
    ],
)
def test_the_policy_decides(policy: RebootPolicy, settings: ReplicationSettings, reason: str | None) -> None:
    assert reason_to_reboot(policy, settings) == reason


def test_a_reboot_that_is_needed_and_forbidden_stops_the_run() -> None:
    with pytest.raises(NeedsPersonError) as stopped:
        reason_to_reboot("never", FRESH)
    assert "wal_level is 'replica', not 'logical'" in str(stopped.value)
    assert "the reboot policy is 'never'" in str(stopped.value)
    assert "Reboot the instance yourself" in str(stopped.value)

"""Is the source's PostgreSQL ready for logical replication by pglogical?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.postgres.server import LIBRARY, WAL_LEVEL, preloads
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_SHORTEST_SENDER_TIMEOUT_MS = 10_000


@check(Group.SOURCE, links.DMS_POSTGRES, "source")
def replica(cutover: Cutover) -> Iterator[Finding]:
    """The source is a replica, which a run cannot prepare."""
    if cutover.source.server.in_recovery:
        yield error(
            "the source is a replica (it is in recovery)",
            "DMS captures changes of a replica from PostgreSQL 16 on only, and by test_decoding; a run prepares "
            "pglogical, for which it has to write",
            f"point {cutover.pipeline.postgres.connection} and dms.source_endpoint to the primary",
        )


@check(Group.SOURCE, links.RDS_PGLOGICAL, "source", accepted_by="postgres.reboot")
def logical_decoding(cutover: Cutover) -> Iterator[Finding]:
    """`shared_preload_libraries` lacks pglogical, or `wal_level` is not logical; perhaps only a reboot is missing."""
    preload, level = cutover.source.setting("shared_preload_libraries"), cutover.source.setting("wal_level")
    for name, setting, ready, need in (
        ("shared_preload_libraries", preload, LIBRARY in preloads(preload.value), f"contain {LIBRARY}"),
        ("wal_level", level, level.value == WAL_LEVEL, f"be {WAL_LEVEL}"),
    ):
        if ready:
            continue
        pending = setting.pending_restart
        reboots = pending and cutover.pipeline.postgres.reboot != "never"
        yield (note if reboots else error)(
            f"{name} is {setting.value!r} and must {need}" + ("; a change waits for a reboot" if pending else ""),
            "without it there is no logical replication by pglogical",
            "nothing: the run reboots the instance"
            if reboots
            else f"reboot the instance; postgres.reboot is {cutover.pipeline.postgres.reboot!r}"
            if pending
            else "set it in the instance's parameter group, then reboot",
        )


@check(Group.SOURCE, links.RDS_PGLOGICAL, "source")
def pglogical_unavailable(cutover: Cutover) -> Iterator[Finding]:
    """The extension pglogical cannot be created in the source's database."""
    if cutover.source.pglogical.available is None:
        yield error(
            "the extension pglogical is not available in the source",
            "DMS silently falls back to the plugin test_decoding",
            "use an engine version that has it (RDS for PostgreSQL 9.6.11 and later), or install its package",
        )


@check(Group.REPLICATION, links.PG_REPLICATION, "source")
def replication_capacity(cutover: Cutover) -> Iterator[Finding]:
    """All replication slots, or all WAL senders, are in use."""
    for name, used in (
        ("max_replication_slots", len(cutover.source.slots)),
        ("max_wal_senders", cutover.source.wal_senders),
    ):
        most = int(cutover.source.setting(name).value)
        if used >= most and not cutover.task_has_run:
            yield error(
                f"{name} is {most} and {used} are in use",
                "DMS needs one more of each for the task",
                f"drop what nobody uses, or raise {name} and reboot",
            )


@check(Group.REPLICATION, links.DMS_POSTGRES, "source")
def wal_sender_timeout(cutover: Cutover) -> Iterator[Finding]:
    """`wal_sender_timeout` is shorter than the 10 seconds that DMS needs (0 means never)."""
    timeout_ms = int(cutover.source.setting("wal_sender_timeout").value)
    if 0 < timeout_ms < _SHORTEST_SENDER_TIMEOUT_MS:
        yield error(
            f"wal_sender_timeout is {timeout_ms} ms",
            "DMS needs at least 10000 ms, or 0 for none; a shorter one ends its connection",
            "raise it in the parameter group",
        )


@check(Group.REPLICATION, links.PG_REPLICATION, "source")
def slot_size_limit(cutover: Cutover) -> Iterator[Finding]:
    """`max_slot_wal_keep_size` lets PostgreSQL invalidate the task's slot."""
    setting = cutover.source.settings.get("max_slot_wal_keep_size")
    if setting and int(setting.value) >= 0:
        yield warning(
            f"max_slot_wal_keep_size is {setting.value} {setting.unit}",
            "a task that is stopped for longer than this much WAL loses its slot, and with it changes",
            "set it to -1, or to what the longest stop needs, and watch the free storage",
        )


@check(Group.REPLICATION, links.PG_REPLICATION, "source")
def slot_idle_limit(cutover: Cutover) -> Iterator[Finding]:
    """`idle_replication_slot_timeout` (PostgreSQL 18) lets PostgreSQL invalidate the slot of a stopped task."""
    setting = cutover.source.settings.get("idle_replication_slot_timeout")
    if setting and int(setting.value) > 0:
        yield warning(
            f"idle_replication_slot_timeout is {setting.value} {setting.unit}",
            "a task that is stopped for longer loses its slot, and with it changes",
            "set it to 0, or to longer than the longest stop",
        )


@check(Group.SOURCE, links.DMS_POSTGRES_LIMITS, "source")
def two_phase_commits(cutover: Cutover) -> Iterator[Finding]:
    """`max_prepared_transactions` lets the service commit in two phases, which AWS DMS does not process."""
    setting = cutover.source.settings.get("max_prepared_transactions")
    if setting and int(setting.value) > 0:
        yield warning(
            f"max_prepared_transactions is {setting.value}, so that PREPARE TRANSACTION works in the source",
            "AWS DMS does not support change processing of two-phase commits: what is committed so may not arrive",
            "set it to 0 where nothing commits in two phases; else prove such a commit before the cutover",
        )


@check(Group.SOURCE, links.DMS_POSTGRES, "source")
def long_transaction(cutover: Cutover) -> Iterator[Finding]:
    """A transaction has been open for more than five minutes: a new slot waits for it to end."""
    for transaction in cutover.source.open_transactions:
        kind = "prepared transaction" if transaction.prepared else "transaction of"
        yield warning(
            f"a {kind} {transaction.name} has been open for {transaction.age_s / 60:.0f} min",
            "the task cannot make its replication slot before it ends, and PostgreSQL keeps all WAL since then",
            "commit it or roll it back" + (" (COMMIT PREPARED)" if transaction.prepared else ""),
        )

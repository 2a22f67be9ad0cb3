"""What AWS's own premigration assessments of a PostgreSQL source look at, beside the checks of the other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.masking import MaskingAction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

OLDEST = 90_400
"""PostgreSQL 9.4, the first that can be a source of changes, as `server_version_num`."""
_NEEDS = {15: (3, 5, 1), 16: (3, 5, 3), 17: (3, 6, 1)}
"""Major version of PostgreSQL -> the DMS engine that reads it first."""
_DEFAULT_WORK_MEM_KB = 64 * 1024


@check(Group.SOURCE, links.DMS_POSTGRES, "source")
def source_too_old(cutover: Cutover) -> Iterator[Finding]:
    """The source's PostgreSQL is older than any that DMS captures changes from."""
    version = cutover.source.server.version
    if version < OLDEST:
        yield error(
            f"the source is PostgreSQL {version // 10_000}.{version // 100 % 100}",
            "DMS captures changes from PostgreSQL 9.4 on",
            "upgrade the source",
        )


@check(Group.SOURCE, links.DMS_RELEASES, "source", "dms")
def source_version(cutover: Cutover) -> Iterator[Finding]:
    """The replication instance's engine is older than the one that supports the source's PostgreSQL."""
    major = cutover.source.server.version // 10_000
    engine, found = cutover.dms.engine_version, cutover.dms.engine_release
    wanted = _NEEDS.get(min(major, max(_NEEDS)))
    if not (wanted and found):
        return
    if found < wanted:
        needed = ".".join(map(str, wanted))
        yield warning(
            f"the source is PostgreSQL {major}, and "
            f"{cutover.pipeline.dms.replication_instance} has the DMS engine {engine}",
            f"PostgreSQL {major} needs {needed}{' or later' if major > max(_NEEDS) else ''}",
            f"upgrade the replication instance to {needed} or later",
        )
    elif major > max(_NEEDS):
        yield warning(
            f"the source is PostgreSQL {major}, newer than the last that is known here to be supported ({max(_NEEDS)})",
            "DMS may not read it",
            "look the version up in the DMS guide",
        )


@check(Group.SOURCE, links.DMS_ASSESSMENTS, "source")
def decoding_memory(cutover: Cutover) -> Iterator[Finding]:
    """`logical_decoding_work_mem` is below its default: long transactions are decoded by way of the disk."""
    setting = cutover.source.settings.get("logical_decoding_work_mem")
    if setting and int(setting.value) < _DEFAULT_WORK_MEM_KB:
        yield note(
            f"logical_decoding_work_mem is {setting.value} {setting.unit}",
            "changes of a transaction that is larger go to files on the source's disk first, which costs latency",
            "raise it to 64 MB or more where transactions are long",
        )


@check(Group.SOURCE, links.DMS_POSTGRES, "source")
def idle_transactions_ended(cutover: Cutover) -> Iterator[Finding]:
    """`idle_in_transaction_session_timeout` ends transactions that DMS leaves idle (0 means never)."""
    setting = cutover.source.settings.get("idle_in_transaction_session_timeout")
    if setting and setting.value != "0":
        yield warning(
            f"idle_in_transaction_session_timeout is {setting.value} {setting.unit}",
            "DMS keeps transactions idle for longer at times, and its task fails when PostgreSQL ends one",
            "set it to 0 in the parameter group, or for the DMS login alone (ALTER ROLE ... SET)",
        )


@check(Group.MAPPING, links.MASKING, "mapping")
def validation_of_masked(cutover: Cutover) -> Iterator[Finding]:
    """DMS is to validate tables whose values it masks: it leaves out those columns, of a masked key the whole table."""
    masks = [rule for rule in cutover.mapping.transformations if rule.rule_action in get_args(MaskingAction)]
    if masks and cutover.pipeline.dms.task.validation:
        yield warning(
            f"dms.task.validation is true, and {len(masks)} rule(s) of the mapping mask values",
            "AWS calls both incompatible: the validation leaves masked columns out, and a table whose key is masked",
            "set dms.task.validation to false; the reconciliation here compares what masks make of a value",
            file=cutover.mapping_file,
            rule=str(masks[0].rule_id),
        )


@check(Group.SOURCE, links.DMS_TLS, "source", accepted_by="dms.source_endpoint.ssl_mode")
def tls_demanded(cutover: Cutover) -> Iterator[Finding]:
    """The source takes TLS connections only (`rds.force_ssl`), and the source endpoint uses none."""
    setting, endpoint = cutover.source.settings.get("rds.force_ssl"), cutover.pipeline.dms.source_endpoint
    if setting and setting.value in ("1", "on") and endpoint.ssl_mode == "none":
        yield error(
            f"rds.force_ssl is {setting.value} in the source, and dms.source_endpoint.ssl_mode is 'none'",
            "PostgreSQL refuses the connection (no pg_hba.conf entry ... no encryption)",
            "set dms.source_endpoint.ssl_mode to require, or verify-full with a certificate",
        )


@check(Group.CONNECTIVITY, links.DMS_TLS)
def tls_off(cutover: Cutover) -> Iterator[Finding]:
    """An endpoint reaches its database without TLS (`ssl_mode: none`)."""
    dms = cutover.pipeline.dms
    sides = {"source": dms.source_endpoint, "target": dms.target_endpoint}
    if off := [side for side, endpoint in sides.items() if endpoint.ssl_mode == "none"]:
        yield warning(
            f"ssl_mode is 'none' for the {' and the '.join(off)} endpoint",
            "DMS sends rows and logins in clear text through the network",
            "choose verify-full (source) and verify-ca (target) with a certificate: docs/tls.md",
        )


@check(Group.SOURCE, links.DMS_ASSESSMENTS, "mapping", "source")
def case_twins(cutover: Cutover) -> Iterator[Finding]:
    """Two selected tables have names that differ by case only."""
    seen: dict[tuple[str, str], str] = {}
    for projection in cutover.projections:
        table = projection.source
        name = table.full_name
        twin = seen.setdefault((table.schema.lower(), table.name.lower()), name)
        if twin != name:
            yield warning(
                f"{name} and {twin} differ by case only",
                "DMS may take one for the other, and AWS warns of unforeseeable results",
                "rename one, or select one of them only",
                table=name,
            )


@check(Group.SOURCE, links.DMS_ASSESSMENTS, "source")
def ddl_trigger(cutover: Cutover) -> Iterator[Finding]:
    """DMS's event trigger does not fire always: DDL of a session that is a replica's, or all DDL, is not captured."""
    for name, fires in cutover.source.ddl_triggers.items():
        if fires != "A":
            yield warning(
                f"the event trigger {name} is {'disabled' if fires == 'D' else 'not ENABLE ALWAYS'}",
                "DMS does not hear of every ALTER TABLE, and goes on with the old columns",
                f'ALTER EVENT TRIGGER "{name}" ENABLE ALWAYS',
            )

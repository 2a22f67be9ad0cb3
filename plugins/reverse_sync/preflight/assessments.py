"""AWS's premigration assessments, each with the check that looks here, or why none does.

Those of every engine: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.Assessments.All.html;
those of PostgreSQL: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html;
of Oracle those that look at a target: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.Oracle.html
"""

from __future__ import annotations

from typing import NamedTuple

_FULL_LOAD = "about a full load; the task replicates changes only"
_BATCH = "about BatchApplyEnabled, which is off unless dms.task.batch_apply is true"
_OTHER_TARGET = "about another target than Oracle"
_MASKS_OF_ORACLE = "about masks of an Oracle source; those of PostgreSQL are above"


class Assessment(NamedTuple):
    """One of AWS's assessments: the checks that look at the same here, and what there is to say where none does.

    `key` is what AWS calls it in an assessment run.
    """

    subject: str
    key: str
    checks: tuple[str, ...] = ()
    reason: str = ""


ASSESSMENTS = (
    Assessment("unsupported data types", "unsupported-data-types-in-source", ("unsupported-type",)),
    Assessment(
        "LOB columns of the target are nullable",
        "full-lob-not-nullable-at-target",
        ("null-into-not-null",),
        "about full LOB mode; the mode is always the limited one",
    ),
    Assessment(
        "LOBs in tables without a primary key",
        "table-with-lob-but-without-primary-key-or-unique-constraint",
        ("no-primary-key",),
    ),
    Assessment("tables without a key", "table-with-no-primary-key-or-unique-constraint", ("no-primary-key",)),
    Assessment("keys of the target tables", "target-table-has-unique-key-or-primary-key-for-cdc", ("key-differs",)),
    Assessment("composite primary keys", "unsupported-source-pk-type-for-elasticsearch-target", (), _OTHER_TARGET),
    Assessment("the DDL event trigger is ENABLE ALWAYS", "postgres-check-ddl-event-trigger", ("ddl-trigger",)),
    Assessment("PostGIS columns", "postgres-check-postgis-data-type", ("unsupported-type",)),
    Assessment(
        "foreign keys of the target are disabled during the full load",
        "postgres-check-session-replication-role",
        ("foreign-key",),
        _FULL_LOAD,
    ),
    Assessment("tables with similar names", "postgres-check-similar-table-name", ("case-twins", "tables-collide")),
    Assessment("arrays in tables without a primary key", "postgres-check-table-with-array", ("no-primary-key",)),
    Assessment(
        "primary key or unique index on the target with batch apply",
        "postgres-check-batch-apply-target-pk-ui-absence",
        ("key-differs",),
        _BATCH,
    ),
    Assessment(
        "secondary indexes of the target", "postgres-check-target-secondary-indexes", ("unique-constraint",), _FULL_LOAD
    ),
    Assessment(
        "limited LOB mode with batch apply",
        "postgres-batch-apply-lob-mode",
        (),
        _BATCH + "; the mode is always the limited one",
    ),
    Assessment("version of the source", "postgres-check-dbversion", ("source-version", "source-too-old")),
    Assessment("logical_decoding_work_mem", "postgres-check-for-logical-decoding-work-mem", ("decoding-memory",)),
    Assessment("long-running transactions", "postgres-check-longrunningtxn", ("long-transaction",)),
    Assessment("max_slot_wal_keep_size", "postgres-check-maxslot-wal-keep-size", ("slot-size-limit",)),
    Assessment("max_wal_senders", "postgres-check-maxwalsenders", ("replication-capacity",)),
    Assessment("pglogical is configured", "postgres-check-pglogical", ("logical-decoding", "pglogical-unavailable")),
    Assessment("the primary key is a LOB", "postgres-check-pk-lob", ("key-becomes-lob",)),
    Assessment("primary keys", "postgres-check-pk", ("no-primary-key", "replica-identity")),
    Assessment("prepared transactions", "postgres-check-preparedtxn", ("long-transaction",)),
    Assessment("wal_sender_timeout", "postgres-check-walsenderstimeout", ("wal-sender-timeout",)),
    Assessment("wal_level", "postgres-check-wallevel", ("logical-decoding",)),
    Assessment(
        "primary key and unique index on the target with batch apply",
        "postgres-check-batch-apply-target-pk-ui-simultaneously",
        ("unique-constraint",),
        _BATCH,
    ),
    Assessment("maximum LOB size", "postgres-check-limited-lob-size", ("lob-truncated",)),
    Assessment("a key where DMS validates", "postgres-check-pk-validity", ("no-primary-key",)),
    Assessment(
        "privileges on the target",
        "postgres-check-target-privileges",
        ("target-login-grants", "target-login-control-tables"),
    ),
    Assessment("free replication slots", "postgres-check-replication-slots-count", ("replication-capacity",)),
    Assessment("SELECT on the source's tables", "postgres-check-select-object-privileges", ("source-login-grants",)),
    Assessment("masks by random digits", "postgres-datamasking-digits-randomize", ("mask-misplaced",)),
    Assessment("masks of digits", "postgres-datamasking-digits-mask", ("mask-misplaced",)),
    Assessment("masks by hashes", "postgres-datamasking-hash-mask", ("mask-misplaced", "value-too-long")),
    Assessment(
        "validation with masks by random digits",
        "all-to-all-validation-with-datamasking-digits-randomize",
        ("validation-of-masked",),
    ),
    Assessment(
        "validation with masks by hashes", "all-to-all-validation-with-datamasking-hash-mask", ("validation-of-masked",)
    ),
    Assessment("validation with masks of digits", "all-to-all-validation-with-digit-mask", ("validation-of-masked",)),
    Assessment("at least one object is selected", "all-check-source-selection-rules", ("nothing-selected",)),
    Assessment("generated columns of a PostgreSQL target", "postgres-check-target-generated-cols", (), _OTHER_TARGET),
    Assessment(
        "materialized views",
        "postgres-check-materialized-views",
        ("rule-without-object",),
        "AWS looks for them between two PostgreSQL databases only",
    ),
    Assessment(
        "REPLICA IDENTITY FULL with pglogical", "postgres-check-pglogical-replica-identity-full", ("replica-identity",)
    ),
    Assessment(
        "secondary constraints and indexes",
        "all-check-secondary-constraints",
        ("unique-constraint", "foreign-key"),
        "those of the source stay where they are; the checks look at the target's",
    ),
    Assessment(
        "CHAR and VARCHAR against Oracle's national types",
        "postgres-to-oracle-check-varchar-columns",
        ("text-too-long", "value-too-long", "value-loses"),
    ),
    Assessment(
        "idle_in_transaction_session_timeout",
        "postgres-check-idle-in-transaction-session-timeout",
        ("idle-transactions-ended",),
        "AWS's asks that it is not 0, AWS's guide to PostgreSQL sources that no idle transaction ends: the check keeps "
        "to the guide",
    ),
    Assessment("roles of the login on RDS", "postgres-check-rds-roles", ("source-login-roles",)),
    Assessment("the target is a read replica", "all-check-target-read-replica", ("target-read-only",)),
    Assessment("an Aurora reader as the source", "postgres-aurora-check-source-replica-role-cdc", ("replica",)),
    Assessment(
        "a read replica as the source", "postgres-check-source-replica-role-cdc", ("replica", "instance-status")
    ),
    Assessment("triggers of the target", "oracle-target-triggers-are-enabled", ("trigger-fires",)),
    Assessment(
        "foreign keys of the target are disabled", "oracle-target-foreign-key-constraints-check", ("foreign-key",)
    ),
    Assessment("secondary indexes of the target", "oracle-check-secondary-indexes", ("unique-constraint",), _FULL_LOAD),
    Assessment("version of the target", "oracle-validate-supported-versions-of-target", ("target-version",)),
    Assessment(
        "privileges on the target",
        "oracle-validate-permissions-on-target",
        ("target-login-grants", "target-login-control-tables"),
    ),
    Assessment(
        "privileges to validate",
        "oracle-prerequisites-privileges-of-validation-feature",
        ("validation-privilege",),
    ),
    Assessment("a key where DMS validates", "oracle-check-pk-validity", ("no-primary-key", "key-differs")),
    Assessment(
        "HandleCollationDiff with validation",
        "oracle-check-handlecollationdiff",
        (),
        "the pipeline sets it where dms.task.validation is true",
    ),
    Assessment("IDLE_TIME of the login", "oracle-check-idle-time", ("idle-sessions-ended",)),
    Assessment("names of more than 30 bytes", "oracle-check-object-30-bytes-limit", ("name-impossible",)),
    Assessment("more than 999 columns with batch apply", "oracle-batch-apply-lob-999", (), _BATCH),
    Assessment("limited LOB mode with batch apply", "oracle-batch-apply-lob-mode", (), _BATCH),
    Assessment("parallel tables with batch apply", "oracle-check-degree-of-parallelism", (), _BATCH),
    Assessment(
        "primary key or unique index on the target with batch apply",
        "oracle-check-batch-apply-target-pk-ui-absence",
        ("key-differs",),
        _BATCH,
    ),
    Assessment(
        "primary key and unique index on the target with batch apply",
        "oracle-check-batch-apply-target-pk-ui-simultaneously",
        ("unique-constraint",),
        _BATCH,
    ),
    Assessment("BulkArraySize", "oracle-check-bulk-array-size", (), _FULL_LOAD),
    Assessment("masks by random digits", "oracle-datamasking-digits-randomize", (), _MASKS_OF_ORACLE),
    Assessment("masks of digits", "oracle-datamasking-digits-mask", (), _MASKS_OF_ORACLE),
    Assessment("masks by hashes", "oracle-datamasking-hash-mask", (), _MASKS_OF_ORACLE),
)


def checks_of(key: str) -> tuple[str, ...]:
    """The checks here that look at what AWS's assessment of that key looks at."""
    return next((one.checks for one in ASSESSMENTS if one.key == key), ())

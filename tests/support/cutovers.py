"""A Cutover for preflight whose facts are given instead of read: the rehearsal's starting state, one fact changed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from reverse_sync.aws.neighbours import Neighbours
from reverse_sync.catalog.oracle import Constraint, Sequence, Trigger
from reverse_sync.catalog.postgres import TableTraits
from reverse_sync.catalog.postgres_server import Extension, Login, Rights, Server, Setting
from reverse_sync.pipeline import Pipeline, read
from reverse_sync.preflight.aws_facts import DmsFacts, RdsFacts
from reverse_sync.preflight.cutover import Cutover
from reverse_sync.preflight.made_values import made_values
from reverse_sync.preflight.runner import examine
from reverse_sync.preflight.source_facts import ColumnValues, LongestRow, SourceFacts
from reverse_sync.preflight.target_facts import SchemaFacts, TargetFacts
from reverse_sync.table_mapping import Column, Table
from tests.support.mappings import FLIGHTSPECIAL, ROOT, SHIPPED_MAPPING

if TYPE_CHECKING:
    from reverse_sync.preflight import Finding

ALWAYS_SAID = {"canary-path", "canary-carried", "tls-off"}
PIPELINE = read(ROOT / "include/pipelines/flightspecials.yaml")

TARGET = Table(
    "TRAVELBUDDY",
    "FLIGHTSPECIAL",
    (
        Column("ID", "NUMBER", nullable=False),
        Column("HEADER", "VARCHAR2", nullable=False, default="''", length=255, length_in_bytes=True),
        Column("BODY", "VARCHAR2", length=255, length_in_bytes=True),
        Column("ORIGIN", "VARCHAR2", length=255, length_in_bytes=True),
        Column("ORIGINCODE", "VARCHAR2", length=6, length_in_bytes=True),
        Column("DESTINATION", "VARCHAR2", length=255, length_in_bytes=True),
        Column("DESTINATIONCODE", "VARCHAR2", length=6, length_in_bytes=True),
        Column("COST", "NUMBER", nullable=False),
        Column("EXPIRYDATE", "NUMBER", default="TRUNC((SYSDATE - DATE '1970-01-01') * 86400000)"),
    ),
    ("ID",),
)
TRIGGER = Trigger(
    "TRAVELBUDDY",
    "FLIGHTSPECIAL",
    "TRAVELBUDDY",
    "FLIGHTSPECIAL_TRIGGER",
    "BEFORE EACH ROW",
    "INSERT",
    enabled=True,
    body="BEGIN :new.ID := FLIGHTSPECIAL_SEQ.NEXTVAL; END;",
)
KEY = Constraint("FLIGHTSPECIAL", "FLIGHTSPECIAL_PK", "P", ("ID",))
TRAITS = TableTraits(
    partitioned=False,
    partition=False,
    unlogged=False,
    replica_identity="d",
    row_security=False,
    key_immediate=True,
    estimated_rows=11,
)


def given(kind: Any, /, **facts: Any) -> Any:
    """An object of that class that was told its facts and has nothing to read them from."""
    made = kind.__new__(kind)
    made.__dict__.update(facts)
    return made


def source(**facts: Any) -> Any:
    """The source after a reboot, or with other facts."""
    settings = {
        "shared_preload_libraries": Setting("rdsutils,pglogical", None, pending_restart=False),
        "wal_level": Setting("logical", None, pending_restart=False),
        "max_replication_slots": Setting("10", None, pending_restart=False),
        "max_wal_senders": Setting("10", None, pending_restart=False),
        "wal_sender_timeout": Setting("60000", "ms", pending_restart=False),
        "max_slot_wal_keep_size": Setting("-1", "MB", pending_restart=False),
    } | facts.pop("settings", {})
    tables = facts.pop("tables", (FLIGHTSPECIAL,))
    rows = facts.pop("rows", ())
    values: dict[tuple[str, str, str], Any] = {
        (table.schema, table.name, column.name): ColumnValues(0, 0, 3, 3, 3)
        for table in tables
        for column in table.columns
    } | facts.pop("values", {})
    readable = frozenset((table.schema, table.name) for table in tables)
    return given(
        SourceFacts,
        **{
            "server": Server(140010, "dso", in_recovery=False),
            "settings": settings,
            "pglogical": Extension("2.4.2", None),
            "slots": (),
            "wal_senders": 0,
            "open_transactions": (),
            "schemas": ("travelbuddy",),
            "tables": tables,
            "other_relations": {},
            "by_name": {f"{table.schema}.{table.name}": table for table in tables},
            "traits": {(table.schema, table.name): TRAITS for table in tables},
            "dms_login": "dmsuser",
            "login": Login(
                "dmsuser", frozenset({"dmsuser", "rds_superuser", "rds_replication"}), readable, frozenset({"public"})
            ),
            "own_login": Login(
                "app", frozenset({"app", "dmsuser", "rds_superuser", "rds_replication"}), readable, frozenset()
            ),
            "sequences": (),
            "ddl_triggers": {},
            "rights": lambda _table, _column: Rights("app", select=True, update=True),
            "row": lambda _table, _key: None,
            "values": lambda table, column: values.get((table.schema, table.name, column)),
            "longest_row": lambda _table, _columns, _limit: LongestRow(0, 0),
            "made": lambda projection: made_values(projection, rows),
            **facts,
        },
    )


def target(table: Table = TARGET, login: str = "", **facts: Any) -> Any:
    """The target, or with another table or other facts; facts of the schema are told apart by their names."""
    schema = {
        "tables": {table.name: table},
        "constraints": (KEY,),
        "triggers": (),
        "computed": {},
        "kinds": {},
        "invisible": {},
        "defaults_on_null": {},
        "sequences": (Sequence("FLIGHTSPECIAL_SEQ", 12),),
        "grants": {},
    }
    nothing: dict[str, Any] = {name: {} if isinstance(facts_of, dict) else () for name, facts_of in schema.items()}
    nothing["tables"] = {}
    schema |= {name: facts.pop(name) for name in tuple(facts) if name in schema}
    return given(
        TargetFacts,
        **{
            "login": login or table.schema,
            "schema": lambda owner: given(SchemaFacts, **(schema if owner == table.schema else nothing)),
            "parameters": {"NLS_CHARACTERSET": "AL32UTF8"},
            "_connection": SimpleNamespace(version="19.24.0.0.0", max_identifier_length=128),
            "role": "PRIMARY",
            "idle_limit_min": None,
            "privileges": frozenset(),
            "quotas": frozenset(),
            "free_bytes": {"USERS": 4 * 1024**3},
            "jobs": (),
            "sessions": (),
            "row": lambda _table, _columns, _key: None,
            "highest": lambda _owner, _table, _column: 11,
            **facts,
        },
    )


def dms_login(**facts: Any) -> Any:
    """The target as the DMS login sees it."""
    privileges = {f"{action} ANY TABLE" for action in ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER")}
    privileges |= {"SELECT ANY TRANSACTION", "UNLIMITED TABLESPACE"}
    return target(login="DMSUSER", **{"privileges": frozenset(privileges), **facts})


def rds(**facts: Any) -> Any:
    """The RDS instance after its reboot."""
    instance = {
        "DBInstanceStatus": "available",
        "Endpoint": {"Address": "source.example"},
        "DBParameterGroups": [{"DBParameterGroupName": "the-group", "ParameterApplyStatus": "in-sync"}],
    }
    parameters = {"rds.logical_replication": "1", "shared_preload_libraries": "pglogical"}
    return given(RdsFacts, **{"instance": instance, "parameters": parameters, "cluster_groups": {}, **facts})


def dms(endpoints: dict[str, Any] | None = None, **facts: Any) -> Any:
    """DMS with an available replication instance, no endpoint and no task."""
    source = SimpleNamespace(login="dmsuser", port=None, host=None)
    target = SimpleNamespace(login="dmsuser", port=None, host="oracle.example")
    return given(
        DmsFacts,
        **{
            "replication_instance": {
                "ReplicationInstanceStatus": "available",
                "EngineVersion": "3.5.3",
                "ReplicationInstanceArn": "arn:rep",
            },
            "endpoint": lambda endpoint: (endpoints or {}).get(endpoint.identifier),
            "task": None,
            "slot": None,
            "has_logs_role": lambda: True,
            "assessment": None,
            "certificate": lambda endpoint: endpoint.certificate,
            "neighbours": Neighbours([], [], []),
            "slots_of_neighbours": {},
            "logins": {"flightspecials_dms_source": source, "travelbuddy_dms_target": target},
            **facts,
        },
    )


def api(**facts: Any) -> Any:
    """The API, up and with nothing to say of its methods."""
    return SimpleNamespace(
        **{
            "canary": PIPELINE.canaries[0],
            "base_url": "http://api.example",
            "read_path": "/travelbuddy/flightspecials",
            "path": "/travelbuddy/flightspecials/1/name",
            "read_status": 200,
            "allowed_methods": None,
            **facts,
        }
    )


def cutover(mapping_text: str | None = None, pipeline: Pipeline = PIPELINE, **parts: Any) -> Cutover:
    """A cutover of those parts and nothing else."""
    text = SHIPPED_MAPPING.read_text() if mapping_text is None else mapping_text
    made = Cutover(pipeline, text, "mapping.json")
    for name, part in parts.items():
        setattr(made, *(("apis", (part,)) if name == "api" else (name, part)))
    return made


def find(mapping_text: str | None = None, pipeline: Pipeline = PIPELINE, **parts: Any) -> list[Finding]:
    """What is found there, without what concerns where the canary is, and the seed's SslMode: these the shipped pipeline
    always gets, and a test's own tables are none of the canary's.
    """
    return [item for item in examine(cutover(mapping_text, pipeline, **parts)) if item.code not in ALWAYS_SAID]


def changed(section: str, **values: Any) -> Pipeline:
    """The shipped pipeline with other values in a section, `dms.task` for instance."""
    document = PIPELINE.model_dump(mode="python", by_alias=True)
    [document["canary"]] = document["canary"]
    inside = document
    for name in section.split("."):
        inside = inside[name]
    inside.update(values)
    return Pipeline.model_validate(document)

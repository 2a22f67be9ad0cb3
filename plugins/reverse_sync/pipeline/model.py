"""What a pipeline file says: its sections, their defaults, and the mapping that it names."""

from __future__ import annotations

import hashlib
import os
from abc import abstractmethod
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, get_args

from pydantic import Field, PrivateAttr, StringConstraints, field_validator, model_validator

from reverse_sync.errors import NeedsPersonError, PipelineError
from reverse_sync.pipeline.attributes import attributes, is_on
from reverse_sync.pipeline.canary import Canary, HttpCanary, IngressAddress
from reverse_sync.pipeline.section import ConnectionId, Section, shaped
from reverse_sync.table_mapping import MappingError, TableMapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import BaseNotifier
    from mypy_boto3_dms.type_defs import OracleSettingsTypeDef, PostgreSQLSettingsTypeDef
    from pydantic.main import IncEx

    from reverse_sync.table_mapping import Projection

PLUGINS = Path(__file__).resolve().parents[2]


def _include_folder() -> Path:
    """Beside plugins/, or inside it: there Amazon MWAA unpacks all of plugins.zip."""
    inside = PLUGINS / "include"
    return inside if inside.is_dir() else PLUGINS.parent / "include"


# The folder that stands for include/, or pipeline files one by one.
NAMED = tuple(Path(place) for place in os.environ.get("REVERSE_SYNC_INCLUDE", "").split(os.pathsep) if place)
INCLUDE = next((place for place in NAMED if place.suffix not in (".yaml", ".yml")), _include_folder())

Name = Annotated[
    str,
    shaped(
        r"[a-z][a-z0-9_]{0,62}",
        "a small letter, then small letters, digits and _, at most 63 together, for instance orders",
    ),
]
# https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html, EndpointIdentifier
DmsIdentifier = Annotated[
    str,
    StringConstraints(max_length=255),
    shaped(
        r"[a-z](?:-?[a-z0-9])*",
        "a small letter, then small letters and digits with single hyphens between them, for instance orders-source",
    ),
]
# An ARN (https://docs.aws.amazon.com/dms/latest/APIReference/API_Certificate.html), or a file below include/.
CertificateName = Annotated[
    str,
    shaped(
        r"arn:[a-z-]+:dms:[a-z0-9-]+:[0-9]{12}:cert:[A-Za-z0-9-]+|[A-Za-z0-9_][\w./-]*\.(pem|sso)",
        "a file below include/ that ends in .pem or .sso, or the ARN of a certificate of DMS, for instance tls/rds.pem "
        "or arn:aws:dms:eu-west-1:123456789012:cert:RDS",
    ),
]
RoleArn = Annotated[
    str,
    shaped(
        r"arn:[a-z-]+:iam::[0-9]{12}:role/.+",
        "the ARN of an IAM role, for instance arn:aws:iam::123456789012:role/reverse-sync",
    ),
]
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, DBInstanceIdentifier
DbInstanceIdentifier = Annotated[
    str,
    StringConstraints(max_length=63),
    shaped(
        r"[A-Za-z](?:-?[A-Za-z0-9])*",
        "a letter, then letters and digits with single hyphens between them, for instance orders-db",
    ),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86400)]
OnDrift = Literal["report", "apply", "ignore"]
RebootPolicy = Literal["when_needed", "always", "never"]
Repair = Literal["none", "oracle", "touch"]
Question = Literal["reboot", "repair", "decommission"]
NoticeEvent = Literal["failure", "recovery", "limits", "suspended_table", "new_differences", "approval", "overdue"]


class Aws(Section):
    """How AWS is reached."""

    connection: ConnectionId = "aws_default"
    """How AWS is reached."""
    region: str = Field(min_length=1)
    """Its region."""


class Postgres(Section):
    """The source: an RDS for PostgreSQL instance."""

    connection: ConnectionId
    """The source."""
    db_instance: DbInstanceIdentifier
    """The RDS instance."""
    reboot: RebootPolicy = "when_needed"
    """Whether a run may reboot the instance."""
    reboot_approval: bool = False
    """true: a person approves the reboot in Airflow first."""


class Oracle(Section):
    """The target."""

    connection: ConnectionId
    """The target."""
    insert_triggers: Literal["disable", "stop"] = "disable"
    """What to do with enabled BEFORE INSERT triggers: `disable` them, or `stop` with an error that names them."""


class EndpointSecret(Section):
    """A secret of Secrets Manager in place of address, login and password, and the role by which DMS reads it.

    https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
    """

    id: str = Field(min_length=1, max_length=512)
    """A secret of Secrets Manager with address, login and password, which DMS reads in place of the connection's
    own. Without the section the connection has them.
    """
    role: RoleArn
    """The role by which DMS reads it."""


class EngineSettings(TypedDict, total=False):
    """The sections of CreateEndpoint that belong to one engine: an endpoint has that of its own."""

    PostgreSQLSettings: PostgreSQLSettingsTypeDef
    OracleSettings: OracleSettingsTypeDef


class Endpoint(Section):
    """A DMS endpoint; its login and password are those of the Airflow connection, unless it has a secret.

    Which TLS an engine has, and that what is verified needs a certificate:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
    """

    identifier: DmsIdentifier
    """The endpoint's name."""
    engine: str
    """The engine's name in DMS."""
    connection: ConnectionId
    """The connection whose login and password DMS uses; its host and port, where set, win."""
    port: Port
    """Used where the connection has none."""
    database: str = Field(min_length=1)
    """Database name; of Oracle the SID or service name."""
    ssl_mode: Literal["none", "require", "verify-ca", "verify-full"] = "none"
    """How DMS reaches the database over TLS."""
    certificate: CertificateName | None = None
    """What `verify-ca` and `verify-full` trust: a file below `include/` that the run imports to DMS (`.pem`;
    Oracle's wallet `.sso`), or the ARN of a certificate that was imported ([TLS](tls.md)).
    """
    secret: EndpointSecret | None = None
    extra_connection_attributes: str = ""
    """As DMS takes them."""

    @model_validator(mode="after")
    def _verifies_by_a_certificate(self) -> Endpoint:
        if self.ssl_mode.startswith("verify") and self.certificate is None:
            raise ValueError(
                f"ssl_mode {self.ssl_mode!r} with certificate, a file below include/ that the run imports to DMS "
                "(.pem, or Oracle's wallet .sso), or the ARN of one that was imported"
            )
        if self.certificate and not self.ssl_mode.startswith("verify"):
            raise ValueError(f"certificate only with ssl_mode verify-ca or verify-full, not with {self.ssl_mode!r}")
        if self.certificate_file and not self.certificate_file.is_file():
            raise ValueError(f"certificate with a file that is there, and there is no {self.certificate_file}")
        return self

    @property
    def attributes(self) -> dict[str, str]:
        """The extra connection attributes, by their names in small letters."""
        return attributes(self.extra_connection_attributes)

    @property
    def certificate_file(self) -> Path | None:
        """The certificate's file; None where there is none, or it is named by its ARN."""
        if self.certificate is None or self.certificate.startswith("arn:"):
            return None
        return INCLUDE / self.certificate

    @property
    @abstractmethod
    def settings(self) -> EngineSettings:
        """The engine's section with what the file asks for; none where it leaves DMS its defaults."""


class Heartbeat(Section):
    """DMS writes to the source now and then, so that the slot of an idle database moves on.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html
    """

    every_min: Annotated[int, Field(ge=1, le=1440)] = 5
    """Minutes between two writes. With a heartbeat DMS writes to the source now and then, so that the slot moves on
    though nobody else does; without the section it does not.
    """
    artifacts_schema: str = Field(default="public", min_length=1)
    """The schema that DMS keeps the heartbeat's table in."""


class SourceEndpoint(Endpoint):
    """The PostgreSQL endpoint; its address is the connection's host, or without one the RDS instance's."""

    engine: Literal["postgres", "aurora-postgresql"] = "postgres"
    port: Port = 5432
    heartbeat: Heartbeat | None = None

    @property
    def settings(self) -> EngineSettings:
        """PostgreSQL's section."""
        own: PostgreSQLSettingsTypeDef = {}
        if self.heartbeat:
            own["HeartbeatEnable"] = True
            own["HeartbeatFrequency"] = self.heartbeat.every_min
            own["HeartbeatSchema"] = self.heartbeat.artifacts_schema
        if self.secret:
            own["SecretsManagerSecretId"] = self.secret.id
            own["SecretsManagerAccessRoleArn"] = self.secret.role
        return {"PostgreSQLSettings": own} if own else {}


class TargetEndpoint(Endpoint):
    """The Oracle endpoint; its address is the connection's host."""

    engine: Literal["oracle"] = "oracle"
    port: Port = 1521
    ssl_mode: Literal["none", "verify-ca"] = "none"

    @property
    def writes_empty_text_as_blank(self) -> bool:
        """Whether DMS writes one space for '', as it does unless it is told not to.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html#CHAP_Target.Oracle.ConnectionAttrib
        """
        return is_on(self.attributes.get("alwaysreplaceemptystring"), default=True)

    @property
    def settings(self) -> EngineSettings:
        """Oracle's section."""
        if self.secret is None:
            return {}
        login: OracleSettingsTypeDef = {
            "SecretsManagerSecretId": self.secret.id,
            "SecretsManagerAccessRoleArn": self.secret.role,
        }
        return {"OracleSettings": login}


class ReplicationTask(Section):
    """The DMS task."""

    identifier: DmsIdentifier
    """The replication task."""
    migration_type: Literal["cdc"] = "cdc"
    """Changes only."""
    target_table_preparation: Literal["DO_NOTHING"] = "DO_NOTHING"
    """Oracle's tables are left as they are."""
    limited_lob_max_kb: Annotated[int, Field(ge=1, le=102400)] = 32
    """Limited LOB mode: DMS cuts a longer value here."""
    batch_apply: bool = False
    """true: DMS applies changes in batches (`BatchApplyEnabled`), which lifts Oracle's limit of 32 KB a statement; it
    writes the net changes of one table after the other then, so a foreign key of the target may be in the way.
    """
    validation: bool = False
    """DMS's own validation."""
    cloudwatch_logs: bool = True
    """The task's log in CloudWatch."""
    log_context: bool = True
    """More context in that log."""
    start_on_create: bool = True
    """false: a person starts the task, and the run waits for that."""
    mapping: str
    """The table mapping, below the folder that holds the file's `pipelines/`, or else below `include/`."""

    def lob_limit_bytes(self, table: Projection) -> int | None:
        """Where DMS cuts a table's LOBs; None where it does not."""
        limit_kb = table.lob_limit_kb(self.limited_lob_max_kb)
        return None if limit_kb is None else limit_kb * 1024

    @property
    def settings(self) -> dict[str, dict[str, object]]:
        """The `ReplicationTaskSettings` that differ from DMS's defaults.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
        """
        return {
            "TargetMetadata": {
                "SupportLobs": True,
                "FullLobMode": False,
                "LimitedSizeLobMode": True,
                "LobMaxSize": self.limited_lob_max_kb,
                "BatchApplyEnabled": self.batch_apply,
            },
            "FullLoadSettings": {"TargetTablePrepMode": self.target_table_preparation},
            "Logging": {"EnableLogging": self.cloudwatch_logs, "EnableLogContext": self.log_context},
            # Keys sort otherwise in PostgreSQL than in Oracle; a validation that does not know it finds rows missing.
            "ValidationSettings": {
                "EnableValidation": self.validation,
                **({"HandleCollationDiff": True} if self.validation else {}),
            },
        }


class Assessment(Section):
    """What AWS's premigration assessment of the task needs: where its report goes, and the role that writes it.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTaskAssessmentRun.html
    """

    bucket: str = Field(min_length=3, max_length=63)
    """Where AWS writes the report of its own premigration assessment. With this section the trigger form, and
    `preflight --assess`, have the task assessed.
    """
    folder: str = "premigration"
    """The folder in that bucket."""
    role: RoleArn
    """The role that lets AWS write there."""


class Dms(Section):
    """Everything DMS needs to know."""

    replication_instance: DmsIdentifier
    """An existing DMS replication instance."""
    on_drift: OnDrift = "report"
    """Where AWS differs from this file: `report` fails with both values, `apply` lets the file win, `ignore` lets
    AWS win.
    """
    assessment: Assessment | None = None
    source_endpoint: SourceEndpoint
    target_endpoint: TargetEndpoint
    task: ReplicationTask


class Reconciliation(Section):
    """The comparison of whole tables after the canary."""

    enabled: bool = True
    """Compare every row of every selected table after the canary."""
    connection: ConnectionId | None = None
    """Another connection to read PostgreSQL by, for instance a read replica's."""
    parts_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """How many tasks compare at a time, one query a side each."""
    parts_per_table: Annotated[int, Field(ge=1, le=256)] = 16
    """A large table is shared by up to so many tasks."""
    part_rows: Annotated[int, Field(ge=1)] = 10_000_000
    """About how many rows each of them has at least."""
    row_limit: Annotated[int, Field(ge=1)] | None = None
    """Where a table's comparison ends early, and says so."""
    range_rows: Annotated[int, Field(ge=1)] = 1_000_000
    """About how many rows are read under one snapshot."""
    most_differences: Annotated[int, Field(ge=1, le=10_000)] = 1000
    """With more differences a table's comparison ends early, and says so."""
    statement_timeout_s: Seconds = 600
    """Of each query."""
    rows_per_s: Annotated[int, Field(ge=1)] | None = None
    """How fast at most."""
    lag_limit_mb: Annotated[int, Field(ge=1)] = 1024
    """WAL not yet confirmed by DMS at which reading pauses."""
    lag_timeout_s: Seconds = 120
    """How long reading pauses at most, and replication is waited for."""
    before_first_start: Literal["report", "stop", "skip"] = "report"
    """A change-only task never corrects what differed before: before its first start `report` compares, `stop` stops
    where rows differ, `skip` does neither.
    """
    rechecks: Annotated[int, Field(ge=0, le=10)] = 3
    """A row that differs may be on its way: how often it is looked at again."""
    recheck_after_s: Seconds = 2
    """The pause before the first such look; each one after it is twice as long."""

    @property
    def precedes_first_start(self) -> bool:
        """Whether tables are compared before the task's first start, too."""
        return self.enabled and self.before_first_start != "skip"


class Health(Section):
    """The limits that a run has to keep."""

    latency_limit_s: Seconds = 60
    """Of the canary, and of DMS's own latency metrics."""
    retained_wal_limit_mb: Annotated[int, Field(ge=1)] = 10_240
    """WAL that the slot keeps PostgreSQL from removing."""


class Waits(Section):
    """How long and how often the deferred waits look."""

    first_poll_s: Seconds = 1
    """The first pause of a wait; each one is a quarter longer than the one before."""
    longest_poll_s: Seconds = 5
    """The longest pause."""
    postgres_timeout_s: Seconds = 1800
    """When a wait for PostgreSQL or its instance gives up."""
    dms_timeout_s: Seconds = 1800
    """When a wait for DMS gives up."""
    canary_timeout_s: Seconds = 300
    """When the wait for the canary's change in Oracle gives up."""


class Retries(Section):
    """Airflow's retries of each task, with exponential backoff."""

    count: Annotated[int, Field(ge=0, le=20)] = 3
    """Airflow's retries of each task."""
    first_delay_s: Seconds = 10
    """The pause before the first retry; it grows exponentially."""
    longest_delay_s: Seconds = 300
    """The longest pause."""


class Evidence(Section):
    """Where the record of each run is kept."""

    base_path: str = Field(default="evidence", min_length=1)
    """A folder below AIRFLOW_HOME, or `s3://bucket/path`."""
    connection: ConnectionId | None = None
    """The Airflow connection of that object storage."""


class Person(Section):
    """A user of Airflow, as its auth manager knows her: the id decides, the name is shown."""

    id: str = Field(min_length=1)
    """The user's id."""
    name: str = Field(min_length=1)
    """The name that the question shows."""


class AnswerPolicy(Section):
    """Who may answer a question of a run, how long it waits, and what comes of it without an answer."""

    users: tuple[Person, ...] = ()
    """The Airflow users who may answer, as a list; none named: whoever may edit the DAG's runs."""
    timeout_s: Annotated[float, Field(gt=0, le=30 * 86400)] | None = None
    """How long a question waits; null: for as long as it takes."""
    on_timeout: Literal["fail", "reject"] = "fail"
    """Without an answer by then, what was asked for is not done: the run fails and can ask again (`fail`), or ends as
    after a No (`reject`).
    """

    @field_validator("users", mode="before")
    @classmethod
    def _users(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Approvals(AnswerPolicy):
    """The policy of every question, and what is different for one of them; a key that one has wins."""

    reboot: AnswerPolicy = AnswerPolicy()
    """What is different for the question before a reboot (`postgres.reboot_approval`)."""
    repair: AnswerPolicy = AnswerPolicy()
    """What is different for the question before rows that differ are repaired."""
    decommission: AnswerPolicy = AnswerPolicy()
    """What is different for the question before everything is taken down."""

    def of(self, question: Question) -> AnswerPolicy:
        """The policy of one question."""
        own: AnswerPolicy = getattr(self, question)
        common = {name: getattr(self, name) for name in AnswerPolicy.model_fields}
        return AnswerPolicy(**common | {name: getattr(own, name) for name in own.model_fields_set})


class Notices(Section):
    """Who is told of what, by one of Airflow's notifiers.

    :param notifier: the notifier's class, by its full name
    :param arguments: what it is made with; its templates have `notice`, see :mod:`reverse_sync.notices`
    """

    notifier: str
    """The full name of a notifier's class."""
    arguments: dict[str, Any] = Field(default_factory=dict)  # of whatever types the notifier takes
    """What it is made with; its templates have `notice`."""
    events: tuple[NoticeEvent, ...] = get_args(NoticeEvent)
    """What it tells of."""

    @field_validator("events", mode="before")
    @classmethod
    def _events(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _can_be_made(self) -> Notices:
        self.new_notifier()
        return self

    def new_notifier(self) -> BaseNotifier:
        """A notifier, which serves for one notice.

        :raises ValueError: where there is no such notifier, or it does not take these arguments.
        """
        from airflow.sdk import BaseNotifier

        try:
            kind = resolve_name(self.notifier)
        except (ImportError, AttributeError, ValueError) as error:
            raise ValueError(f"a notifier that can be imported, not {self.notifier!r} ({error})") from None
        if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
            raise ValueError(f"one of Airflow's notifiers (a BaseNotifier), which {self.notifier} is not")  # noqa: TRY004 - pydantic's way
        try:
            notifier: BaseNotifier = kind(**self.arguments)
        except TypeError as error:
            raise ValueError(f"arguments that {self.notifier} takes: {error}") from None
        return notifier


class Pipeline(Section):
    """A whole pipeline file."""

    name: Name
    """The DAG is called `<name>_reverse_sync`."""
    description: str = ""
    """As Airflow shows it."""
    owner: str = "data-platform"
    """As Airflow shows it."""
    tags: tuple[str, ...] = ("reverse-sync", "dms")
    """As Airflow shows them."""
    schedule: str | None = None
    """A cron expression or a preset such as `@daily`: every scheduled run is a health check."""
    deadline_s: Annotated[float, Field(gt=0, le=30 * 86400)] | None = None
    """A run that takes longer, from when it was queued on, is told of as `overdue`, and goes on; null: none is."""
    aws: Aws
    postgres: Postgres
    oracle: Oracle
    dms: Dms
    canaries: tuple[Canary, ...] = Field(default=(), alias="canary")
    """One section, or a list of them, one a table: the trigger form then chooses by table, and the first one is the
    default. A pipeline without a canary compares tables only, and its verdict is *not proved by a change*.
    """
    reconciliation: Reconciliation = Reconciliation()
    health: Health = Health()
    waits: Waits = Waits()
    retries: Retries = Retries()
    evidence: Evidence = Evidence()
    approvals: Approvals = Approvals()
    notices: tuple[Notices, ...] = ()
    """Who is told of what, as a list."""
    _path: Path = PrivateAttr(Path())

    @field_validator("tags", "notices", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("canaries", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(value)
        return () if value is None else (value,)

    @field_validator("canaries")
    @classmethod
    def _one_a_table(cls, value: tuple[Canary, ...]) -> tuple[Canary, ...]:
        tables = [canary.table for canary in value]
        if twice := sorted({table for table in tables if tables.count(table) > 1}):
            raise ValueError(
                f"one canary a table, but {', '.join(twice)} has several; a run chooses its canary by table"
            )
        return value

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("@") and len(value.split()) != 5:
            raise ValueError("a cron expression of five fields, a preset such as @daily, or null")
        return value

    @model_validator(mode="after")
    def _endpoints_differ(self) -> Pipeline:
        if self.dms.source_endpoint.identifier == self.dms.target_endpoint.identifier:
            raise ValueError(f"both endpoints are called {self.dms.source_endpoint.identifier!r}; DMS needs two names")
        return self

    @property
    def dag_id(self) -> str:
        """The DAG that this file becomes."""
        return f"{self.name}_reverse_sync"

    @property
    def decommission_dag_id(self) -> str:
        """The DAG that takes it all down again."""
        return f"{self.dag_id}_decommission"

    @property
    def file(self) -> str:
        """The name of the pipeline file that this was read from."""
        return self._path.name

    def read_from(self, path: Path) -> Pipeline:
        """The same pipeline, which knows its file."""
        made = self.model_copy()
        made._path = path
        return made

    def canary_of(self, table: str) -> Canary:
        """The canary of that table.

        :raises NeedsPersonError: where the file has none, or no longer.
        """
        for canary in self.canaries:
            if canary.table == table:
                return canary
        known = ", ".join(canary.table for canary in self.canaries) or "no canary at all"
        raise NeedsPersonError(
            f"This run's canary is {table}, but the pipeline file {self.file} has {known}: trigger a new run, or put "
            "that canary back."
        )

    def with_canary(self, table: str) -> Pipeline:
        """The same pipeline with that canary alone: an unused one does not keep a run from its own.

        :raises NeedsPersonError: as :meth:`canary_of`.
        """
        return self.model_copy(update={"canaries": (self.canary_of(table),)})

    @property
    def settings(self) -> dict[str, object]:
        """Each key with its value, given or not; what may hold a credential is left out."""
        hidden = {"extra_connection_attributes"}
        secret: IncEx = {
            "canaries": {"__all__": {"headers", "body"}},
            "dms": {"source_endpoint": hidden, "target_endpoint": hidden},
        }
        return dict(_flat(self.model_dump(mode="json", exclude=secret)))

    @property
    def api_addresses(self) -> list[IngressAddress]:
        """Where the addresses of the canaries' services are looked up, each once."""
        found = [canary.address for canary in self.canaries if isinstance(canary, HttpCanary) and canary.address]
        return list({str(address): address for address in found}.values())

    @property
    def mapping_path(self) -> Path:
        """The table mapping: below the folder that holds the file's `pipelines/`, or else below include/."""
        own, shipped = self._path.parent, INCLUDE / self.dms.task.mapping
        beside = (own.parent if own.name == "pipelines" else own) / self.dms.task.mapping
        return beside if self.file and (beside.is_file() or not shipped.is_file()) else shipped

    @cached_property
    def mapping_text(self) -> str:
        """The table-mapping document as DMS gets it.

        :raises PipelineError: where the file can't be read.
        """
        try:
            return self.mapping_path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise PipelineError(
                f"Pipeline {self.name}: dms.task.mapping is {self.dms.task.mapping!r}, but {self.mapping_path} "
                f"can't be read ({reason}). Put the table mapping there, or correct the key."
            ) from None

    @property
    def mapping_fingerprint(self) -> str:
        """SHA-256 of the mapping's file, in hexadecimal digits.

        :raises PipelineError: where it can't be read.
        """
        return hashlib.sha256(self.mapping_text.encode()).hexdigest()

    @cached_property
    def mapping(self) -> TableMapping:
        """The table mapping, understood.

        :raises PipelineError: where it is not JSON or breaks the DMS rule language.
        """
        try:
            return TableMapping.parse(self.mapping_text, source=self.dms.task.mapping)
        except MappingError as error:
            raise PipelineError(str(error)) from None


def _flat(section: dict[str, object], within: str = "") -> Iterator[tuple[str, object]]:
    """Each key with the names of its sections before it; of sections in a list, with their number."""
    for key, value in section.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{key}.")
        elif isinstance(value, list | tuple) and value and all(isinstance(one, dict) for one in value):
            yield from _flat({str(number): one for number, one in enumerate(value, 1)}, f"{within}{key}.")
        else:
            yield within + key, value

"""The pipeline file: everything a user edits, read and validated in one place.

Only this module reads `include/`. A pipeline file is YAML; its mapping is a DMS table-mapping document beside it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from reverse_sync.errors import PipelineError
from reverse_sync.table_mapping import MappingError, TableMapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

INCLUDE = Path(os.environ.get("REVERSE_SYNC_INCLUDE") or Path(__file__).resolve().parents[2] / "include")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ConnectionId = Annotated[str, StringConstraints(min_length=1, max_length=250)]
# https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html, EndpointIdentifier
DmsIdentifier = Annotated[str, StringConstraints(pattern=r"^[a-z](?:-?[a-z0-9])*$", max_length=255)]
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, DBInstanceIdentifier
DbInstanceIdentifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z](?:-?[A-Za-z0-9])*$", max_length=63)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86400)]
OnDrift = Literal["report", "apply", "ignore"]
RebootPolicy = Literal["when_needed", "always", "never"]
HttpMethod = Literal["PUT", "POST"]


class Section(BaseModel):
    """One part of the file: immutable, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Aws(Section):
    """How AWS is reached."""

    connection: ConnectionId = "aws_default"
    region: str = "ap-northeast-2"


class Postgres(Section):
    """The source: an RDS for PostgreSQL instance."""

    connection: ConnectionId = "flightspecials_postgres"
    db_instance: DbInstanceIdentifier
    reboot: RebootPolicy = "when_needed"
    reboot_approval: bool = False


class Oracle(Section):
    """The target."""

    connection: ConnectionId = "travelbuddy_oracle"
    insert_triggers: Literal["disable", "stop"] = "disable"


class Endpoint(Section):
    """A DMS endpoint; its login and password are those of the Airflow connection."""

    identifier: DmsIdentifier
    engine: str
    connection: ConnectionId
    port: Port
    database: str = Field(min_length=1)
    ssl_mode: Literal["none", "require", "verify-ca", "verify-full"] = "none"
    extra_connection_attributes: str = ""

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """The engine's settings that the file asks for; none where it leaves DMS its defaults."""
        return {}


class Heartbeat(Section):
    """DMS writes to the source now and then, so that the slot of an idle database moves on.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_PostgreSQLSettings.html
    """

    every_min: Annotated[int, Field(ge=1, le=1440)] = 5
    artifacts_schema: str = Field(default="public", min_length=1)


class SourceEndpoint(Endpoint):
    """The PostgreSQL endpoint; its address is the RDS instance's."""

    engine: Literal["postgres", "aurora-postgresql"] = "postgres"
    port: Port = 5432
    heartbeat: Heartbeat | None = None

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """The `PostgreSQLSettings` of a heartbeat."""
        if self.heartbeat is None:
            return {}
        return {
            "PostgreSQLSettings": {
                "HeartbeatEnable": True,
                "HeartbeatFrequency": self.heartbeat.every_min,
                "HeartbeatSchema": self.heartbeat.artifacts_schema,
            }
        }


class TargetEndpoint(Endpoint):
    """The Oracle endpoint; its address is the connection's host."""

    engine: Literal["oracle"] = "oracle"
    port: Port = 1521


class ReplicationTask(Section):
    """The DMS task."""

    identifier: DmsIdentifier
    migration_type: Literal["cdc"] = "cdc"
    target_table_preparation: Literal["DO_NOTHING"] = "DO_NOTHING"
    limited_lob_max_kb: Annotated[int, Field(ge=1, le=102400)] = 32
    validation: bool = False
    cloudwatch_logs: bool = True
    log_context: bool = True
    start_on_create: bool = True
    mapping: str

    @property
    def settings(self) -> dict[str, Any]:
        """The `ReplicationTaskSettings` that differ from DMS's defaults.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
        """
        return {
            "TargetMetadata": {
                "SupportLobs": True,
                "FullLobMode": False,
                "LimitedSizeLobMode": True,
                "LobMaxSize": self.limited_lob_max_kb,
            },
            "FullLoadSettings": {"TargetTablePrepMode": self.target_table_preparation},
            "Logging": {"EnableLogging": self.cloudwatch_logs, "EnableLogContext": self.log_context},
            "ValidationSettings": {"EnableValidation": self.validation},
        }


class Dms(Section):
    """Everything DMS needs to know."""

    replication_instance: DmsIdentifier
    on_drift: OnDrift = "report"
    source_endpoint: SourceEndpoint
    target_endpoint: TargetEndpoint
    task: ReplicationTask


class Canary(Section):
    """The one change that is made through the API and proved in Oracle."""

    connection: ConnectionId = "flightspecials_api"
    path: Annotated[str, StringConstraints(pattern=r"^/")] = "/travelbuddy/flightspecials/{id}/name"
    method: HttpMethod = "PUT"
    table: Annotated[str, StringConstraints(pattern=r"^[^.\s]+\.[^.\s]+$")] = "travelbuddy.flightspecial"
    id: Annotated[int, Field(ge=1)] = 1
    column: str = "header"
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "London to Busan"
    body: dict[str, str] = {"id": "{id}", "flightSpecialHeader": "{text}"}
    restore: bool = True

    @property
    def schema_and_table(self) -> tuple[str, str]:
        """The source table, split."""
        schema, table = self.table.split(".")
        return schema, table

    def fill_body(self, row_id: int, text: str) -> dict[str, Any]:
        """The request's JSON: `{id}` becomes the number, `{text}` the text."""
        values: dict[str, Any] = {"{id}": row_id, "{text}": text}
        return {key: values.get(value, value) for key, value in self.body.items()}


class Reconciliation(Section):
    """The comparison of whole tables after the canary."""

    enabled: bool = True
    row_limit: Annotated[int, Field(ge=1)] = 1_000_000
    chunk_rows: Annotated[int, Field(ge=1, le=100_000)] = 5000
    rechecks: Annotated[int, Field(ge=0, le=10)] = 3
    recheck_after_s: Seconds = 2


class Health(Section):
    """The limits that a run has to keep."""

    latency_limit_s: Seconds = 60
    retained_wal_limit_mb: Annotated[int, Field(ge=1)] = 10_240


class Waits(Section):
    """How long and how often the deferred waits look."""

    first_poll_s: Seconds = 1
    longest_poll_s: Seconds = 5
    postgres_timeout_s: Seconds = 1800
    dms_timeout_s: Seconds = 1800
    canary_timeout_s: Seconds = 300


class Retries(Section):
    """Airflow's retries of each task, with exponential backoff."""

    count: Annotated[int, Field(ge=0, le=20)] = 3
    first_delay_s: Seconds = 10
    longest_delay_s: Seconds = 300


class Evidence(Section):
    """Where the record of each run is kept."""

    base_path: str = Field(default="evidence", min_length=1)
    connection: ConnectionId | None = None


class Pipeline(Section):
    """A whole pipeline file."""

    name: Name
    description: str = ""
    owner: str = "data-platform"
    tags: tuple[str, ...] = ("reverse-sync", "dms")
    schedule: str | None = None
    aws: Aws = Aws()
    postgres: Postgres
    oracle: Oracle = Oracle()
    dms: Dms
    canary: Canary = Canary()
    reconciliation: Reconciliation = Reconciliation()
    health: Health = Health()
    waits: Waits = Waits()
    retries: Retries = Retries()
    evidence: Evidence = Evidence()

    @field_validator("tags", mode="before")
    @classmethod
    def _tags(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

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
    def mapping_path(self) -> Path:
        """The table-mapping file."""
        return INCLUDE / self.dms.task.mapping

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

    @cached_property
    def mapping(self) -> TableMapping:
        """The table mapping, understood.

        :raises PipelineError: where it is not JSON or breaks the DMS rule language.
        """
        try:
            return TableMapping.parse(self.mapping_text, source=self.dms.task.mapping)
        except MappingError as error:
            raise PipelineError(str(error)) from None


def load(path: Path) -> Pipeline:
    """Read one pipeline file and the mapping it names.

    :raises PipelineError: naming the file, the key, the value found and what is allowed there.
    """
    pipeline = read(path)
    try:
        pipeline.mapping  # noqa: B018 - a pipeline whose mapping is unusable is refused as a whole
    except PipelineError as error:
        raise PipelineError(f"{path.name}: {error}") from None
    return pipeline


def read(path: Path) -> Pipeline:
    """Read one pipeline file, whatever its mapping is worth.

    :raises PipelineError: naming the file, the key, the value found and what is allowed there.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise PipelineError(f"{path.name}: can't be read ({error}).") from None
    except yaml.YAMLError as error:
        raise PipelineError(f"{path.name}: not YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(document, dict):
        raise PipelineError(f"{path.name}: expected keys and values, found {_shown(document)}.")
    try:
        return Pipeline.model_validate(document)
    except ValidationError as error:
        lines = "\n".join(f"  {_explained(details)}" for details in error.errors())
        raise PipelineError(f"{path.name}: {error.error_count()} value(s) to correct:\n{lines}") from None


def pipeline_files() -> Iterator[Path]:
    """Every pipeline file, in a stable order."""
    yield from sorted((INCLUDE / "pipelines").glob("*.yaml"))


def usable_pipelines() -> Iterator[Pipeline]:
    """Every pipeline whose file can be used; the main DAG's file shows what is wrong with the others."""
    for file in pipeline_files():
        with suppress(PipelineError):
            yield load(file)


def runbook(pipeline: Pipeline) -> str:
    """The DAG's documentation in Airflow: what to do when something fails, with the pipeline's own names."""
    text = (INCLUDE / "runbook.md").read_text(encoding="utf-8")
    return Template(text).safe_substitute(
        pipeline=pipeline.name,
        instance=pipeline.postgres.db_instance,
        replication_instance=pipeline.dms.replication_instance,
        source=pipeline.dms.source_endpoint.identifier,
        target=pipeline.dms.target_endpoint.identifier,
        task=pipeline.dms.task.identifier,
        table=pipeline.canary.table,
    )


def _explained(details: ErrorDetails) -> str:
    key = ".".join(str(part) for part in details["loc"]) or "(the whole file)"
    if details["type"] == "extra_forbidden":
        return f"{key}: unknown key (value {_shown(details['input'])}). Remove it or correct its spelling."
    if details["type"] == "missing":
        return f"{key}: missing. {_allowed(details)}"
    return f"{key}: found {_shown(details['input'])}. {_allowed(details)}"


def _allowed(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Value error, ")
    return f"Allowed: {message[0].lower()}{message[1:]}."


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."

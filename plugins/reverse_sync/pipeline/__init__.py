"""The pipeline file: everything a user edits, read and validated in one place.

Only this package reads `include/`. A pipeline file is YAML; its mapping is a DMS table-mapping document beside it.
"""

from reverse_sync.pipeline.canary import (
    Canary,
    HttpCanary,
    HttpMethod,
    IngressAddress,
    RowId,
    SqlCanary,
    key_text,
    key_values,
)
from reverse_sync.pipeline.files import load, pipeline_files, pipelines, read, runbook, shared_names, usable_pipelines
from reverse_sync.pipeline.model import (
    INCLUDE,
    Assessment,
    Aws,
    Dms,
    Endpoint,
    EngineSettings,
    Evidence,
    Heartbeat,
    NoticeEvent,
    OnDrift,
    Pipeline,
    Question,
    RebootPolicy,
    Repair,
    ReplicationTask,
    Waits,
)

__all__ = [
    "INCLUDE",
    "Assessment",
    "Aws",
    "Canary",
    "Dms",
    "Endpoint",
    "EngineSettings",
    "Evidence",
    "Heartbeat",
    "HttpCanary",
    "HttpMethod",
    "IngressAddress",
    "NoticeEvent",
    "OnDrift",
    "Pipeline",
    "Question",
    "RebootPolicy",
    "Repair",
    "ReplicationTask",
    "RowId",
    "SqlCanary",
    "Waits",
    "key_text",
    "key_values",
    "load",
    "pipeline_files",
    "pipelines",
    "read",
    "runbook",
    "shared_names",
    "usable_pipelines",
]

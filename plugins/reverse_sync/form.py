"""The trigger form: what a person may choose for one run; the defaults are the pipeline file's."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from airflow.sdk import Param

from reverse_sync.pipeline import HttpCanary, HttpMethod, RebootPolicy, Repair

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

    from reverse_sync.pipeline import Canary, Pipeline, RowId

# The form shows the sections in the order of their first parameter; one that can lose data is never the first.
_RUN = "This run"
_CANARY = "The canary"
_CALL = "The canary's call, for who tests the API"
_RECOVERY = "Recovery: can lose data"
_REBOOTS = {
    "when_needed": "Only where a setting waits for it",
    "always": "Once in this run",
    "never": "Never: stop where it is needed",
}
_REPAIRS = {
    "none": "Nothing: name them",
    "oracle": "Write them in Oracle, once approved",
    "touch": "Have DMS send them again, once approved",
}


def decommission_form() -> dict[str, Param]:
    """What a person may choose for a decommission."""
    return {
        "keep_control_objects": Param(
            False,
            type="boolean",
            title="Keep the awsdms_ objects",
            description="DMS's own tables in Oracle and objects in PostgreSQL stay: its notes of rows that failed.",
            section=_RUN,
        ),
        "accept_differences": Param(
            False,
            type="boolean",
            title="Accept differences",
            description_md="Take it down though the reconciliation finds rows that differ, or can't compare every row. "
            "**What differs then differs for good**: nothing brings it to Oracle afterwards.",
            section=_RECOVERY,
        ),
        "slot_name": Param(
            None,
            type=["null", "string"],
            minLength=1,
            maxLength=63,
            title="Replication slot",
            description="Only where the run asks for it: the slot of this pipeline's task. It is dropped.",
            section=_RECOVERY,
        ),
    }


def trigger_form(pipeline: Pipeline) -> dict[str, Param]:
    """The parameters with their JSON schema; Airflow refuses a run whose values don't fit."""
    return {
        "reboot": Param(
            pipeline.postgres.reboot,
            type="string",
            enum=list(get_args(RebootPolicy)),
            values_display=_REBOOTS,
            title="Reboot PostgreSQL",
            description_md="A reboot **interrupts the service**; a run reboots once at most.",
            section=_RUN,
        ),
        **_assessment_form(pipeline),
        **(_canary_form(pipeline.canaries[0]) if len(pipeline.canaries) == 1 else _canaries_form(pipeline)),
        "accept_mapping_change": Param(
            False,
            type="boolean",
            title="Accept another table mapping",
            description="Only with dms.on_drift 'apply': a task that has run may get the mapping of the pipeline file. "
            "What is in Oracle already is not loaded again.",
            section=_RECOVERY,
        ),
        "recover_lost_slot": Param(
            False,
            type="boolean",
            title="Begin again where the slot is lost",
            description_md="Changes made since the task's last checkpoint are **missing in Oracle for good**: load "
            "those rows yourself, as the reconciliation names them.",
            section=_RECOVERY,
        ),
        **_repair_form(pipeline),
    }


def has_calls(pipeline: Pipeline) -> bool:
    """Whether some canary is a call of an API, whose method may be chosen."""
    return any(isinstance(canary, HttpCanary) for canary in pipeline.canaries)


def _canary_form(canary: Canary) -> dict[str, Param]:
    form = {
        "canary_id": Param(
            canary.id,
            title="Canary row",
            section=_CANARY,
            description=f"The primary key of the row of {canary.table} that is changed and proved in Oracle.",
            **_key_schema(canary.id),
        ),
        "canary_text": Param(
            canary.text,
            type="string",
            minLength=1,
            maxLength=200,
            title="Canary text",
            section=_CANARY,
            description=f"What is written to {canary.column}; a suffix makes it unique to the run.",
        ),
        "canary_restore": _restore(default=canary.restore),
    }
    if isinstance(canary, HttpCanary):
        form["canary_method"] = Param(
            canary.method,
            type="string",
            enum=list(get_args(HttpMethod)),
            title="HTTP method",
            section=_CALL,
            description=f"How {canary.path} is called.",
        )
    return form


def _assessment_form(pipeline: Pipeline) -> dict[str, Param]:
    if not pipeline.dms.assessment:
        return {}
    return {
        "assess": Param(
            False,
            type="boolean",
            title="AWS's own assessment",
            description="Have AWS assess the task, which has to be at rest, before the preflight; what does not pass "
            "is among its findings.",
            section=_RUN,
        )
    }


def _repair_form(pipeline: Pipeline) -> dict[str, Param]:
    if not pipeline.reconciliation.enabled:
        return {}
    return {
        "repair": Param(
            "none",
            type="string",
            enum=list(get_args(Repair)),
            values_display=_REPAIRS,
            title="Repair rows that differ",
            description="Once a person has approved the rows that the reconciliation names. To have them sent again, "
            "PostgreSQL updates them to their own values; that corrects no row that one side lacks.",
            section=_RECOVERY,
        )
    }


def _canaries_form(pipeline: Pipeline) -> dict[str, Param]:
    """What may be chosen where there are several: the first one proves a run for which nobody chooses."""
    tables = [canary.table for canary in pipeline.canaries]
    if not tables:
        return {}
    form = {
        "canary": Param(
            tables[0],
            type="string",
            enum=tables,
            title="Canary",
            section=_CANARY,
            description="The table whose row is changed and proved in Oracle. The reconciliation compares all tables.",
        ),
        "canary_id": Param(
            None,
            type=["null", "integer", "string", "object"],
            title="Canary row",
            section=_CANARY,
            description="The row's primary key; empty for the pipeline file's own.",
        ),
        "canary_text": Param(
            None,
            type=["null", "string"],
            maxLength=200,
            title="Canary text",
            section=_CANARY,
            description="What is written, with a suffix that makes it unique to the run; empty for the pipeline "
            "file's own.",
        ),
        "canary_restore": _restore(default=all(canary.restore for canary in pipeline.canaries)),
    }
    if has_calls(pipeline):
        form["canary_method"] = Param(
            None,
            type=["null", "string"],
            enum=[None, *get_args(HttpMethod)],
            title="HTTP method",
            section=_CALL,
            description="How the API is called; empty for the pipeline file's own.",
        )
    return form


def _restore(*, default: bool) -> Param:
    return Param(
        default,
        type="boolean",
        title="Restore the canary",
        description="Put the old text back afterwards, also where the verification fails.",
        section=_CANARY,
    )


def _key_schema(row_id: RowId) -> JsonSchemaValue:
    """What may be typed into the form: a number, a text, or a JSON object with the key's columns."""
    if isinstance(row_id, dict):
        columns = {column: {"type": _json_type(value)} for column, value in row_id.items()}
        return {"type": "object", "properties": columns, "required": list(row_id), "additionalProperties": False}
    return {"type": _json_type(row_id), **({"minLength": 1} if isinstance(row_id, str) else {})}


def _json_type(value: int | str) -> str:
    return "string" if isinstance(value, str) else "integer"

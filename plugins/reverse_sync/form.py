"""The trigger form: what a person may choose for one run; the defaults are the pipeline file's."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from airflow.sdk import Param

from reverse_sync.pipeline import HttpMethod, RebootPolicy

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline


def decommission_form() -> dict[str, Param]:
    """What a person may choose for a decommission."""
    return {
        "accept_differences": Param(
            False,
            type="boolean",
            title="Accept differences",
            description="Take it down though the reconciliation finds rows that differ, or can't compare every row.",
        ),
        "keep_control_objects": Param(
            False,
            type="boolean",
            title="Keep the awsdms_ objects",
            description="DMS's own tables in Oracle and objects in PostgreSQL stay: its notes of rows that failed.",
        ),
        "slot_name": Param(
            "",
            type="string",
            maxLength=63,
            title="Replication slot",
            description="Only where the run asks for it: the slot of this pipeline's task.",
        ),
    }


def trigger_form(pipeline: Pipeline) -> dict[str, Param]:
    """The parameters with their JSON schema; Airflow refuses a run whose values don't fit."""
    canary = pipeline.canary
    return {
        "reboot": Param(
            pipeline.postgres.reboot,
            type="string",
            enum=list(get_args(RebootPolicy)),
            title="Reboot PostgreSQL",
            description="when_needed: only where a setting waits for it. always: once in this run. "
            "never: stop where it is needed.",
        ),
        "accept_mapping_change": Param(
            False,
            type="boolean",
            title="Accept another table mapping",
            description="Only with dms.on_drift 'apply': a task that has run may get the mapping of the pipeline file. "
            "What is in Oracle already is not loaded again.",
        ),
        "recover_lost_slot": Param(
            False,
            type="boolean",
            title="Begin anew where the slot is lost",
            description="Changes made since the task's last checkpoint are missing in Oracle for good: load those rows "
            "yourself, as the reconciliation names them.",
        ),
        "canary_id": Param(
            canary.id,
            type="integer",
            minimum=1,
            title="Canary row",
            description=f"The id of the row of {canary.table} that is changed through the API and proved in Oracle.",
        ),
        "canary_text": Param(
            canary.text,
            type="string",
            minLength=1,
            maxLength=200,
            title="Canary text",
            description=f"What is written to {canary.column}; a suffix makes it unique to the run.",
        ),
        "canary_method": Param(
            canary.method,
            type="string",
            enum=list(get_args(HttpMethod)),
            title="HTTP method",
            description=f"How {canary.path} is called.",
        ),
        "canary_restore": Param(
            canary.restore,
            type="boolean",
            title="Restore the canary",
            description="Put the old text back afterwards, also where the verification fails.",
        ),
    }

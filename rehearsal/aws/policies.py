"""What AWS does not document about DMS: each choice named here, with its reason and its other values.

`PUT /rehearsal/policies` changes one for tasks that are started from then on, so that what stands on a guess can be
rehearsed both ways. Two policies of the mapping language itself (which of several rules on one object applies, and that
a wildcard and a literal rule meet on one object) are in `reverse_sync.table_mapping.policy`.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Policy(NamedTuple):
    """The values that a policy can have, the default first, and why that one."""

    values: tuple[str, ...]
    reason: str


POLICIES = {
    "missing_target_column": Policy(
        ("table_error", "data_error"),
        "An Oracle column that the projection names and the table does not have fails every row (ORA-00904), so it is"
        " an error of the table's metadata (TableErrorPolicy, SUSPEND_TABLE by default), not of a record.",
    ),
    "slot_on_task_deletion": Policy(
        ("kept", "dropped"),
        "The guide only says that slots remain when a task no longer runs and are to be dropped by hand"
        " (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html). Kept is the case that"
        " fills a disk, so it is the one to rehearse.",
    ),
    "primary_key_update": Policy(
        ("ignored", "applied"),
        "Documented: the target takes it for an update that matched no row and writes no exception"
        " (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html). `applied` updates the row"
        " by its old key, as some users report.",
    ),
    "suspended_table_on_resume": Policy(
        ("stays", "retried"),
        "Not documented. The documents of the engine that DMS is built on have tables `still suspended when the task is"
        " restarted` (Qlik Replicate, Suspended Tables), and a resume that took a table up behind the changes that it"
        " missed would hide their loss. A reload is refused, because it is documented for tasks with a full load only"
        " (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.ReloadTables.html); so start-replication, which"
        " starts from the beginning, is what brings the table back.",
    ),
    "recovery_checkpoint": Policy(
        ("always", "as_task_setting"),
        "With TaskRecoveryTableEnabled DMS keeps its position in awsdms_txn_state on the target. What it does without"
        " (the default) is not documented; the stand-in always keeps its position there, unless this says otherwise:"
        " then a resume begins at what the slot last confirmed, and changes may be applied twice.",
    ),
    "table_state_of_a_cdc_task": Policy(
        ("Table completed", "Before load"),
        "Which TableState a table has that was never loaded is not documented. Users see it as completed.",
    ),
}


class Policies:
    """The values that are in force."""

    def __init__(self) -> None:
        self._values = {name: policy.values[0] for name, policy in POLICIES.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def as_dict(self) -> dict[str, str]:
        """Every policy's value."""
        return dict(self._values)

    def update(self, values: dict[str, Any]) -> dict[str, str]:
        """Change some, all or none; returns all. Raises ValueError for a strange name or value."""
        for name, value in values.items():
            if name not in POLICIES:
                raise ValueError(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
            if value not in POLICIES[name].values:
                raise ValueError(f"policy {name} is {value!r}; it can be {' or '.join(POLICIES[name].values)}")
        self._values.update(values)
        return self.as_dict()

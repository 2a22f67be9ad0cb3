"""Can every task, and the page, read what the others recorded?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover


@check(Group.EVIDENCE, links.AIRFLOW_EXECUTORS)
def records_on_one_disk(cutover: Cutover) -> Iterator[Finding]:
    """The records of the runs lie on a worker's own disk, though Airflow's executor has workers on other machines."""
    from airflow.configuration import conf

    path = cutover.pipeline.evidence.base_path
    elsewhere = [name for name in _executors(conf.get("core", "executor")) if name != "LocalExecutor"]
    if not elsewhere or ("://" in path and not path.startswith("file://")):
        return
    # A whole path may well be a disk that all machines mount; one below AIRFLOW_HOME hardly ever is.
    yield (note if "://" in path else warning)(
        f"evidence.base_path is {path}, a folder of the machine that runs the task, and Airflow runs tasks by "
        f"{', '.join(elsewhere)}",
        "a later run, or the page, may not find the records, and a worker's disk may go away with it",
        "set evidence.base_path to an object storage address, such as s3://bucket/path; nothing is to be done where "
        "all workers and the API server mount that folder",
    )


def _executors(setting: str) -> list[str]:
    """The class names of `[core] executor`, which may list several, with a team before `=` or an alias before `:`.

    https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/executor/index.html
    """
    names = [name.strip() for part in setting.split(";") for name in part.rpartition("=")[2].split(",")]
    return [name.split(":")[-1].rpartition(".")[2] for name in names if name]

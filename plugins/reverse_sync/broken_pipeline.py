"""A pipeline file that can't be used shows as its own import error, and the other pipelines' DAGs live on.

Airflow takes every DAG of a file with an import error for stale. So a broken pipeline file must not raise in the DAG
file: it becomes a DAG that Airflow refuses, under the pipeline file's own name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import RefusedDag

if TYPE_CHECKING:
    from pathlib import Path

    from airflow.sdk import DAG

    from reverse_sync.errors import PipelineError


def broken_pipeline(path: Path, error: PipelineError) -> DAG:
    """The stand-in for one broken pipeline file."""
    with RefusedDag(dag_id=re.sub(r"[^\w.-]", "_", path.stem) + "_broken", schedule=None) as dag:
        dag.reason = error
        dag.file = "/".join(path.parts[-3:])
    return dag

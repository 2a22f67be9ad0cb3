"""A pipeline file that can't be used shows as its own import error, and the other pipelines' DAGs live on.

Airflow keeps import errors by file, and takes every DAG of a file with an error for stale. So a broken pipeline file
must not raise in the DAG file: it becomes a DAG that can't be serialized, under the pipeline file's own name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_sync.errors import PipelineError


class UnusablePipeline(DAG):
    """Stands for a pipeline file until it is corrected."""

    error: PipelineError
    file: str

    @property
    def relative_fileloc(self) -> str:
        """The name under which Airflow keeps the import error."""
        return self.file

    @relative_fileloc.setter
    def relative_fileloc(self, value: str | None) -> None:
        """Airflow sets the DAG file's name here; the error is not that file's."""

    def get_serialized_fields(self) -> Any:  # type: ignore[override]
        """The one thing that Airflow asks before it keeps a DAG.

        :raises PipelineError: always.
        """
        raise self.error from None


def unusable_pipeline(path: Path, error: PipelineError) -> DAG:
    """The stand-in for one broken pipeline file."""
    with UnusablePipeline(dag_id=re.sub(r"[^\w.-]", "_", path.stem) + "_unusable", schedule=None) as dag:
        dag.error = error
        dag.file = "/".join(path.parts[-3:])
    return dag

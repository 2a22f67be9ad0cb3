"""Reverse Sync: PostgreSQL changes flow back to a legacy Oracle through AWS DMS, and are proved there."""

import re
from importlib.metadata import PackageNotFoundError, version

OLDEST_AIRFLOW = (3, 3)


def require_airflow() -> None:
    """Say at the first import that Airflow is too old, not by whichever name it lacks.

    :raises ImportError: which Airflow shows as the import error of the DAG file.
    """
    found = _airflow_version()
    if tuple(map(int, re.findall(r"\d+", found)[:2])) < OLDEST_AIRFLOW:
        raise ImportError(
            f"Reverse Sync needs Airflow {'.'.join(map(str, OLDEST_AIRFLOW))} or newer, but this is Airflow {found}, "
            "whose SDK has no ExceptionRetryPolicy: what only a person can correct would be retried. Upgrade Airflow, "
            "or choose version 3.3.1 of Amazon MWAA."
        )


def _airflow_version() -> str:
    try:
        return version("apache-airflow-core")
    except PackageNotFoundError:  # as Airflow 2 has it
        return version("apache-airflow")


require_airflow()

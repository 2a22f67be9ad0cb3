"""Who may see what. A mounted app inherits no authentication from Airflow, so every route asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag, requires_access_view
from fastapi import Depends

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

# The shell, its style and its script: whoever may open plugins' pages.
shell = Depends(requires_access_view(AccessView.PLUGINS))
# What a DAG's runs found: whoever may see the runs of the DAG in the path.
runs_of_dag = Depends(requires_access_dag("GET", DagAccessEntity.RUN))


def readable_dags(user: BaseUser) -> set[str]:
    """The DAGs that the caller may see."""
    return set(get_auth_manager().get_authorized_dag_ids(user=user, method="GET"))


def may_see_import_errors(user: BaseUser) -> bool:
    """Whether Airflow would show the caller what is wrong with DAG files."""
    return bool(get_auth_manager().is_authorized_view(access_view=AccessView.IMPORT_ERRORS, user=user))

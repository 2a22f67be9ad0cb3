"""What the product takes of Airflow's inside is still where it takes it."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.metadata import version
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

from reverse_sync.airflow_seams import RefusedDag, without_secrets
from tests.support.parts import ROOT

MOVED = (
    f"Airflow {version('apache-airflow')} moved {{}}, which the product stands on: find its new place and change"
    " plugins/reverse_sync/{}"
)
PRODUCT = ROOT / "plugins" / "reverse_sync"


@pytest.mark.parametrize("method", ["get_task_states", "get_task_breadcrumbs", "get_dr_count"])
def test_a_task_can_ask_about_its_run_and_other_dags(method: str) -> None:
    assert hasattr(RuntimeTaskInstance, method), MOVED.format(f"RuntimeTaskInstance.{method}", "airflow_seams.py")


def test_a_dag_still_has_what_a_refused_one_replaces() -> None:
    dag = DAG(dag_id="any", schedule=None)
    for name in ("relative_fileloc", "get_serialized_fields"):
        assert hasattr(dag, name), MOVED.format(f"DAG.{name}", "airflow_seams.py")


def test_airflow_asks_for_the_fields_before_it_keeps_a_dag() -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    with RefusedDag(dag_id="refused", schedule=None) as dag:
        dag.reason = ValueError("the reason")
        dag.file = "include/pipelines/x.yaml"
    assert dag.relative_fileloc == "include/pipelines/x.yaml"
    with pytest.raises(Exception, match="the reason"):
        DagSerialization.to_dict(dag)


def test_what_airflow_knows_to_be_secret_is_masked() -> None:
    from airflow.sdk.log import mask_secret

    mask_secret("an-uncommon-password")
    assert without_secrets("login with an-uncommon-password failed") == "login with *** failed"


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("airflow.models.taskinstance", ["TaskInstance", "clear_task_instances"]),
        ("airflow.models.xcom", ["XComModel"]),
        ("airflow.models.log", ["Log"]),
        ("airflow.models.dagrun", ["DagRun", "DagRunNote"]),
        ("airflow.utils.state", ["DagRunState", "State", "TaskInstanceState"]),
    ],
)
def test_the_metadata_models_are_there(module: str, names: list[str]) -> None:
    found: Any = import_module(module)
    for name in names:
        assert hasattr(found, name), MOVED.format(f"{module}.{name}", "run_end/")


def test_nobody_else_reaches_into_airflow() -> None:
    """Names that begin with an underscore, and the metadata models, are met in their seams only."""
    seams = {PRODUCT / "airflow_seams.py", PRODUCT / "page" / "runs.py", *(PRODUCT / "run_end").glob("*.py")}
    for file in set(PRODUCT.rglob("*.py")) - seams:
        text = file.read_text(encoding="utf-8")
        for private in ("airflow.sdk._", "airflow._", "airflow.models", "airflow.utils", "airflow.serialization"):
            assert private not in text, f"{file.relative_to(ROOT)} reaches into {private}"


def test_the_hook_that_is_looked_into_is_looked_into_in_one_module() -> None:
    assert "get_conn" in inspect.getsource(import_module("reverse_sync.oracle.hook_seam"))

"""The DAG as Airflow reads it: wiring, defaults, form, and what a broken pipeline file does to the others."""

import ast
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from tests.support.parts import ROOT

DAGS = ROOT / "dags"


def bag(monkeypatch: pytest.MonkeyPatch, include: Path = ROOT / "include") -> dict[str, DAG]:
    monkeypatch.setattr("reverse_sync.pipeline.INCLUDE", include)
    found = DagBag(str(DAGS))
    assert found.import_errors == {}
    return dict(found.dags)


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch) -> DAG:
    return bag(monkeypatch)["flightspecials_reverse_sync"]


def upstream(dag: DAG, task_id: str) -> set[str]:
    return {task.task_id for task in dag.get_task(task_id).get_flat_relatives(upstream=True)}


def test_the_runbook_of_the_night_has_every_task(dag: DAG) -> None:
    night = (ROOT / "docs" / "cutover-night.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in night.splitlines() if line.startswith("| `")]
    patterns = [pattern for row in rows for pattern in re.findall(r"`([^`]+)`", row)]
    assert [task for task in dag.task_ids if not any(fnmatch(task, pattern) for pattern in patterns)] == []
    known = [*dag.task_ids, "postgres.approve_reboot"]
    assert [pattern for pattern in patterns if not any(fnmatch(task, pattern) for task in known)] == []


def test_a_run_is_alone_and_by_hand(dag: DAG) -> None:
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.timetable.can_be_scheduled is False
    assert dag.tags == {"reverse-sync", "dms", "flightspecials"}


def test_every_task_has_an_owner_retries_and_a_bound(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.owner == "data-platform"
        assert task.retries == 3
        assert task.retry_exponential_backoff
        assert task.execution_timeout is not None


def test_the_documentation_is_the_runbook(dag: DAG) -> None:
    assert dag.doc_md is not None
    assert "When something fails" in dag.doc_md


def test_the_order_of_the_seed_where_it_is_right(dag: DAG) -> None:
    assert {"postgres.show_shared_preload_libraries", "postgres.show_wal_level"} <= upstream(dag, "postgres.reboot")
    assert {"postgres.reboot", "postgres.wait_available", "postgres.wait_settings"} <= upstream(
        dag, "postgres.create_extension"
    )
    assert {"dms.replication_instance", "dms.ensure_source_endpoint", "postgres.create_extension"} <= upstream(
        dag, "dms.test_source_endpoint"
    )
    assert {"dms.ensure_source_endpoint", "dms.ensure_target_endpoint"} <= upstream(dag, "dms.ensure_task")
    assert {"dms.test_source_endpoint", "dms.test_target_endpoint"} <= upstream(dag, "dms.start_or_resume")
    assert {"dms.wait_ready", "oracle.insert_triggers"} <= upstream(dag, "dms.start_or_resume")
    assert {"dms.wait_running", "dms.wait_tables"} <= upstream(dag, "verify.change_row")
    assert {"verify.wait_for_oracle"} <= upstream(dag, "verify.compare_row")


def test_nothing_is_changed_before_the_preflight(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.task_id == "preflight.check" or "preflight.check" in upstream(dag, task.task_id)


def test_what_need_not_wait_for_the_reboot_does_not(dag: DAG) -> None:
    for task_id in ("dms.wait_ready", "dms.test_target_endpoint", "oracle.insert_triggers"):
        assert "postgres.reboot" not in upstream(dag, task_id)


def test_the_canary_is_restored_and_the_evidence_written_in_every_case(dag: DAG) -> None:
    restore, evidence = dag.get_task("verify.restore_canary"), dag.get_task("evidence")
    assert restore.is_teardown
    assert evidence.trigger_rule == "all_done"
    assert [task.task_id for task in dag.leaves] == ["evidence"]
    assert dag.get_task("verify.read_canary").is_setup
    assert upstream(dag, "evidence") == {task.task_id for task in dag.tasks} - {"evidence"}


def test_the_form_refuses_what_does_not_fit(dag: DAG) -> None:
    schemas = {name: dag.params.get_param(name).schema for name in dag.params}
    assert schemas["reboot"]["enum"] == ["when_needed", "always", "never"]
    assert schemas["canary_id"] | {"title": "", "description": ""} == {
        "type": "integer",
        "minimum": 1,
        "title": "",
        "description": "",
    }
    assert (schemas["canary_text"]["minLength"], schemas["canary_text"]["maxLength"]) == (1, 200)
    assert schemas["canary_method"]["enum"] == ["PUT", "POST"]
    assert schemas["canary_restore"]["type"] == "boolean"


def test_the_dag_survives_serialization_without_a_secret(dag: DAG) -> None:
    text = str(DagSerialization.to_dict(dag))
    assert "flightspecials-test-postgres-db" in text
    assert "dmsuser123" not in text


@pytest.fixture
def include(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "include", tmp_path / "include"))


def second(include: Path, **replaced: str) -> None:
    text = (include / "pipelines" / "flightspecials.yaml").read_text(encoding="utf-8")
    for old, new in {"name: flightspecials": "name: hotelspecials", **replaced}.items():
        assert old in text
        text = text.replace(old, new)
    (include / "pipelines" / "hotelspecials.yaml").write_text(text, encoding="utf-8")


def test_a_second_file_makes_a_second_dag(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    second(include)
    assert set(bag(monkeypatch, include)) == {
        f"{name}_reverse_sync{kind}" for name in ("flightspecials", "hotelspecials") for kind in ("", "_decommission")
    }


def test_a_schedule_comes_from_the_file(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    second(include, **{"schedule: null ": 'schedule: "0 3 * * *" '})
    scheduled: Any = bag(monkeypatch, include)["hotelspecials_reverse_sync"]
    assert scheduled.timetable.can_be_scheduled


def test_a_person_approves_the_reboot_where_the_file_says_so(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    second(include, **{"reboot_approval: false": "reboot_approval: true"})
    dags = bag(monkeypatch, include)
    assert "postgres.approve_reboot" in upstream(dags["hotelspecials_reverse_sync"], "postgres.reboot")
    assert not dags["flightspecials_reverse_sync"].has_task("postgres.approve_reboot")


def test_a_broken_file_is_an_import_error_of_its_own(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    second(include, **{"replication_instance: ": "replication_instanse: "})
    dags = bag(monkeypatch, include)
    DagSerialization.to_dict(dags["flightspecials_reverse_sync"])
    broken = dags["hotelspecials_unusable"]
    assert broken.relative_fileloc == "include/pipelines/hotelspecials.yaml"
    with pytest.raises(Exception, match=r"hotelspecials\.yaml: 2 value.*\n.*replication_instance: missing"):
        DagSerialization.to_dict(broken)


LOGIC = (
    *(ast.While, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Compare, ast.BoolOp),
    *(ast.AsyncFunctionDef, ast.ClassDef, ast.Raise, ast.Match),
)


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda file: file.name)
def test_dag_files_only_wire(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    assert [ast.unparse(node) for node in nodes if isinstance(node, LOGIC)] == []
    arithmetic = [node for node in nodes if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.RShift)]
    assert [ast.unparse(node) for node in arithmetic] == []
    assert all(node in tree.body for node in nodes if isinstance(node, ast.For | ast.FunctionDef))


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda file: file.name)
def test_dag_files_know_airflow_and_the_product_only(file: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= {"__future__", "airflow", "datetime", "reverse_sync", "typing"}


@pytest.fixture
def decommission(monkeypatch: pytest.MonkeyPatch) -> DAG:
    return bag(monkeypatch)["flightspecials_reverse_sync_decommission"]


def test_nothing_is_taken_down_before_a_person_approves_and_the_tables_are_the_same(decommission: DAG) -> None:
    for group in ("dms", "postgres", "oracle"):
        for task in decommission.tasks:
            if task.task_id.startswith(f"{group}."):
                assert {"approve", "verify.reconcile", "preflight.alone"} <= upstream(decommission, task.task_id)


def test_a_decommission_is_alone_by_hand_and_recorded(decommission: DAG) -> None:
    assert (decommission.max_active_runs, decommission.timetable.can_be_scheduled) == (1, False)
    assert [task.task_id for task in decommission.leaves] == ["evidence"]
    assert "dms.delete_task" in upstream(decommission, "postgres.clean")


def test_every_table_is_reconciled_unless_the_file_says_no(
    monkeypatch: pytest.MonkeyPatch, include: Path, dag: DAG
) -> None:
    assert dag.get_task("verify.reconcile").task_id in upstream(dag, "evidence")
    second(include, **{"  enabled: true": "  enabled: false"})
    assert not bag(monkeypatch, include)["hotelspecials_reverse_sync"].has_task("verify.reconcile")

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
from airflow.sdk.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization

from reverse_sync import steps
from reverse_sync.steps import Step
from tests.support.parts import ROOT

DAGS = ROOT / "dags"


def bag(monkeypatch: pytest.MonkeyPatch, include: Path = ROOT / "include") -> dict[str, DAG]:
    monkeypatch.setattr("reverse_sync.pipeline.model.INCLUDE", include)
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
    known = [*dag.task_ids, "postgres.approve_reboot", "preflight.api_address"]
    assert [pattern for pattern in patterns if not any(fnmatch(task, pattern) for task in known)] == []


def test_each_task_of_both_dags_is_a_step_whose_name_the_graph_shows(
    monkeypatch: pytest.MonkeyPatch, include: Path
) -> None:
    second(include, **{"reboot_approval: false": "reboot_approval: true"})
    shown = {task.task_id: task.task_display_name for dag in bag(monkeypatch, include).values() for task in dag.tasks}
    titles = {step.task_id: step.title for step in vars(steps).values() if isinstance(step, Step)}
    assert len(shown) > 40
    assert shown == {task_id: titles[task_id] for task_id in shown}
    assert titles.keys() - shown.keys() == {
        *("preflight.api_address", "preflight.assess"),  # as the file asks for them
        "verify.statistics_before",  # of older records
    }
    assert max(map(len, titles.values())) <= 30
    in_one_dag = [task.task_display_name for task in bag(monkeypatch)["flightspecials_reverse_sync"].tasks]
    assert len(set(in_one_dag)) == len(in_one_dag)


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
        assert task.execution_timeout is not None or task.task_id == "verify.approve_repair", task.task_id


def test_the_documentation_is_the_runbook(dag: DAG) -> None:
    assert dag.doc_md is not None
    assert "When something fails" in dag.doc_md


def test_the_order_of_the_seed_where_it_is_right(dag: DAG) -> None:
    assert "postgres.decide_reboot" in upstream(dag, "postgres.reboot")
    assert {"postgres.reboot", "postgres.wait_settings"} <= upstream(dag, "postgres.create_extension")
    assert {"dms.replication_instance", "dms.ensure_source_endpoint", "postgres.wait_settings"} <= upstream(
        dag, "dms.test_source_endpoint"
    )
    assert {"dms.ensure_source_endpoint", "dms.ensure_target_endpoint"} <= upstream(dag, "dms.ensure_task")
    assert {"dms.test_source_endpoint", "dms.test_target_endpoint"} <= upstream(dag, "dms.start_or_resume")
    assert {"dms.ensure_task", "oracle.insert_triggers", "postgres.create_extension"} <= upstream(
        dag, "dms.start_or_resume"
    )
    assert {"dms.wait_tables", "verify.read_canary"} <= upstream(dag, "verify.change_row")
    for task_id in ("verify.compare_row", "verify.statistics_after", "verify.compare_parts"):
        assert "verify.wait_for_oracle" in upstream(dag, task_id)
        assert task_id in upstream(dag, "verify.restore_canary")
    assert "verify.compare_parts" in upstream(dag, "verify.reconcile")
    assert "dms.compare_parts" in upstream(dag, "dms.start_or_resume")


def test_nothing_is_changed_before_the_preflight(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.task_id == "preflight.check" or "preflight.check" in upstream(dag, task.task_id)


LOOKS_ONLY = {
    "preflight.other_dag_idle",
    "preflight.select_tables",
    "preflight.cut_tables",
    "postgres.decide_reboot",
    "dms.replication_instance",
}


def test_nothing_is_changed_while_the_decommission_runs_or_where_no_table_is_selected(dag: DAG) -> None:
    for task in dag.tasks:
        if task.task_id not in {"preflight.check", "postgres.wait_settings", *LOOKS_ONLY}:
            assert {"preflight.other_dag_idle", "preflight.select_tables"} <= upstream(dag, task.task_id), task.task_id


REPAIR = {"verify.decide_repair", "verify.approve_repair", "verify.repair"}


def longest_path(dag: DAG, *, without: set[str]) -> list[str]:
    found: dict[str, list[str]] = {}
    for task in dag.topological_sort():
        before = [found[one] for one in task.upstream_task_ids]
        own = [] if task.task_id in without else [task.task_id]
        found[task.task_id] = [*max(before, key=len, default=[]), *own]
    return max(found.values(), key=len)


def test_no_step_makes_the_run_longer_than_it_has_to_be(dag: DAG) -> None:
    """Between two tasks there is the scheduler's time: look at the path before a task is put on it.

    A run that asks for no repair skips it beside the path.
    """
    path = longest_path(dag, without=REPAIR)
    assert len(path) == 12, path


def test_what_differs_before_the_first_start_keeps_the_task_from_starting_where_the_file_says_so(
    monkeypatch: pytest.MonkeyPatch, include: Path, dag: DAG
) -> None:
    second(include, **{"before_first_start: report": "before_first_start: stop"})
    stops = bag(monkeypatch, include)["hotelspecials_reverse_sync"]
    assert "dms.compare_before_first_start" in upstream(stops, "dms.start_or_resume")
    assert "dms.compare_before_first_start" not in upstream(dag, "dms.start_or_resume")


def test_what_need_not_wait_for_the_reboot_does_not(dag: DAG) -> None:
    for task_id in ("dms.ensure_task", "dms.test_target_endpoint", "oracle.insert_triggers"):
        assert "postgres.reboot" not in upstream(dag, task_id)


def test_the_canary_is_restored_and_the_evidence_written_in_every_case(dag: DAG) -> None:
    assert dag.get_task("verify.restore_canary").is_teardown
    assert [task.task_id for task in dag.leaves] == ["evidence"]
    assert dag.get_task("verify.read_canary").is_setup
    assert upstream(dag, "evidence") == {task.task_id for task in dag.tasks} - {"evidence"}


def test_a_person_who_marks_a_run_can_skip_neither_its_evidence_nor_its_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Airflow leaves teardowns alone when a run is marked; a setup before one could let it be skipped."""
    for dag in bag(monkeypatch).values():
        evidence = dag.get_task("evidence")
        assert (evidence.is_teardown, evidence.on_failure_fail_dagrun) == (True, True)
        assert not any(task.is_setup for task in evidence.upstream_list)
        assert len(dag.roots) == 1
        assert dag.dagrun_timeout is None, "it would skip the evidence too"


def test_the_form_refuses_what_does_not_fit(dag: DAG) -> None:
    schemas = {name: dag.params.get_param(name).schema for name in dag.params}
    assert schemas["reboot"]["enum"] == ["when_needed", "always", "never"]
    assert schemas["canary_id"] | {"title": "", "description": "", "section": ""} == {
        "type": "integer",
        "title": "",
        "description": "",
        "section": "",
    }
    assert (schemas["canary_text"]["minLength"], schemas["canary_text"]["maxLength"]) == (1, 200)
    assert schemas["canary_method"]["enum"] == ["PUT", "POST", "PATCH"]
    assert schemas["canary_restore"]["type"] == "boolean"
    assert schemas["repair"]["enum"] == ["none", "oracle", "touch"]
    assert dag.params["repair"] == "none"


@pytest.mark.parametrize("dag_id", ["flightspecials_reverse_sync", "flightspecials_reverse_sync_decommission"])
def test_the_form_asks_first_for_what_can_lose_nothing(monkeypatch: pytest.MonkeyPatch, dag_id: str) -> None:
    params = bag(monkeypatch)[dag_id].params
    schemas = [params.get_param(name).schema for name in params]
    sections = list(dict.fromkeys(schema["section"] for schema in schemas))
    assert (sections[0], sections[-1]) == ("This run", "Recovery: can lose data")
    assert [schema["section"] for schema in schemas] == sorted(
        (schema["section"] for schema in schemas), key=sections.index
    ), "each section is in one piece"
    for schema in schemas:
        assert set(schema.get("values_display", {})) <= set(schema.get("enum", ()))


def test_nothing_is_repaired_before_a_person_approves(dag: DAG) -> None:
    assert {"verify.approve_repair", "verify.reconcile"} <= upstream(dag, "verify.repair")
    assert {"verify.reconcile", "verify.repair"} <= dag.get_task("evidence").upstream_task_ids, "one may be skipped"
    assert "verify.repair" not in upstream(dag, "verify.restore_canary"), "the canary does not wait for a person"


def test_every_form_can_be_sent_as_it_opens(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    """Airflow's form does not send a value that is required and empty, and disables its button without a word.

    The rule is `isRequired` and `recheckSection` of the UI's FlexibleForm: a type that does not allow null wants a
    value that is neither null nor an empty text.
    """
    second(include)
    for dag in bag(monkeypatch, include).values():
        for name, param in ((name, dag.params.get_param(name)) for name in dag.params):
            allowed = param.schema["type"] if isinstance(param.schema["type"], list) else [param.schema["type"]]
            value = param.resolve()
            assert value not in (None, "") or (value is None and "null" in allowed), f"{dag.dag_id}: {name}"
            assert param.schema["title"], f"{dag.dag_id}: {name}"


def test_a_slot_is_named_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    slot_name = bag(monkeypatch)["flightspecials_reverse_sync_decommission"].params.get_param("slot_name")
    assert slot_name.resolve("abc_1") == "abc_1"
    with pytest.raises(ParamValidationError, match="should be non-empty"):
        slot_name.resolve("")


def test_the_dag_survives_serialization_without_a_secret(dag: DAG) -> None:
    text = str(DagSerialization.to_dict(dag))
    assert "flightspecials-test-postgres-db" in text
    assert "dmsuser123" not in text


@pytest.fixture
def include(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "include", tmp_path / "include"))


def second(include: Path, **replaced: str) -> None:
    text = (include / "pipelines" / "flightspecials.yaml").read_text(encoding="utf-8")
    own = {
        "name: flightspecials": "name: hotelspecials",
        "identifier: flightspecials": "identifier: hotelspecials",
        "identifier: travelbuddy": "identifier: hotelspecials",
    }
    for old, new in {**own, **replaced}.items():
        assert old in text
        text = text.replace(old, new)
    (include / "pipelines" / "hotelspecials.yaml").write_text(text, encoding="utf-8")


def canary_section(include: Path) -> str:
    text = (include / "pipelines" / "flightspecials.yaml").read_text(encoding="utf-8")
    return text[text.index("canary:") : text.index("reconciliation:")]


def test_a_pipeline_without_a_canary_compares_tables_and_changes_no_row(
    monkeypatch: pytest.MonkeyPatch, include: Path
) -> None:
    second(include, **{canary_section(include): ""})
    dags = bag(monkeypatch, include)
    dag = dags["hotelspecials_reverse_sync"]
    assert {task for task in dag.task_ids if task.startswith("verify.")} == {
        "verify.compare_parts",
        "verify.reconcile",
        "verify.decide_repair",
        "verify.approve_repair",
        "verify.repair",
        "verify.statistics_after",
    }
    assert [name for name in dag.params if name.startswith("canary")] == []
    assert {"dms.wait_tables", "verify.reconcile", "health.check"} <= upstream(dag, "evidence")
    assert [task.task_id for task in dag.leaves] == ["evidence"]
    down = dags["hotelspecials_reverse_sync_decommission"]
    assert "approve" in upstream(down, "verify.reconcile")
    assert "verify.reconcile" in upstream(down, "dms.stop_task")
    assert [task.task_id for task in down.leaves] == ["evidence"]


def test_of_several_canaries_a_run_chooses_one(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    sql = "  - {kind: sql, table: shop.%s, id: %s, column: note, text: t, restore: true}\n"
    several = "canary:\n" + sql % ("line", "{order_no: 7, sku: A}") + sql % ("parcel", "A-1") + "\n"
    second(include, **{canary_section(include): several})
    dag = bag(monkeypatch, include)["hotelspecials_reverse_sync"]
    params = {name: dag.params.get_param(name) for name in dag.params if name.startswith("canary")}
    assert {name: param.resolve() for name, param in params.items()} == {
        "canary": "shop.line",
        "canary_id": None,
        "canary_text": None,
        "canary_restore": True,
    }
    assert params["canary"].resolve("shop.parcel") == "shop.parcel"
    with pytest.raises(ParamValidationError):
        params["canary"].resolve("shop.order")
    assert params["canary_id"].resolve({"order_no": 8, "sku": "B"}) == {"order_no": 8, "sku": "B"}
    for task in ("read_canary", "change_row", "wait_for_oracle", "compare_row", "restore_canary"):
        assert vars(dag.get_task(f"verify.{task}"))["table"] == "{{ params.canary }}"
    assert vars(dag.get_task("preflight.check"))["table"] == "{{ params.canary }}"


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


def test_the_address_of_an_ingress_is_waited_for_before_anything_is_checked(
    monkeypatch: pytest.MonkeyPatch, include: Path
) -> None:
    address = "\n  address: {kind: ingress, name: hotel, namespace: hotels, eks_cluster: prod}"
    second(include, **{"canary:": f"canary:{address}"})
    dags = bag(monkeypatch, include)
    hotels = dags["hotelspecials_reverse_sync"]
    assert upstream(hotels, "preflight.check") == {"preflight.api_address"}
    DagSerialization.to_dict(hotels)
    assert not dags["flightspecials_reverse_sync"].has_task("preflight.api_address")


def test_a_broken_file_is_an_import_error_of_its_own(monkeypatch: pytest.MonkeyPatch, include: Path) -> None:
    second(include, **{"replication_instance: ": "replication_instanse: "})
    dags = bag(monkeypatch, include)
    DagSerialization.to_dict(dags["flightspecials_reverse_sync"])
    broken = dags["hotelspecials_broken"]
    assert broken.relative_fileloc == "include/pipelines/hotelspecials.yaml"
    with pytest.raises(Exception, match=r"hotelspecials\.yaml: 2 value.*\n.*replication_instance: missing"):
        DagSerialization.to_dict(broken)


LOGIC = (
    *(ast.While, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Compare, ast.BoolOp),
    *(ast.AsyncFunctionDef, ast.ClassDef, ast.Raise, ast.Match),
)


def test_so_many_parts_of_tables_are_compared_at_once_as_the_file_says(
    monkeypatch: pytest.MonkeyPatch, include: Path
) -> None:
    second(include, **{"parts_at_once: 4": "parts_at_once: 3"})
    bounds = {
        f"{name}/{task.task_id}": task.max_active_tis_per_dagrun
        for name, dag in bag(monkeypatch, include).items()
        for task in dag.tasks
        if task.task_id.endswith("compare_parts")
    }
    assert {*bounds.values()} == {4, 3}
    assert all((bound == 3) == name.startswith("hotelspecials") for name, bound in bounds.items()), bounds


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
                assert {"approve", "verify.reconcile", "preflight.other_dag_idle"} <= upstream(
                    decommission, task.task_id
                )


def test_a_decommission_is_alone_by_hand_and_recorded(decommission: DAG) -> None:
    assert (decommission.max_active_runs, decommission.timetable.can_be_scheduled) == (1, False)
    assert [task.task_id for task in decommission.leaves] == ["evidence"]
    assert "dms.delete_task" in upstream(decommission, "postgres.clean")
    assert {"dms.stop_task", "dms.drained"} <= upstream(decommission, "dms.delete_task")
    assert decommission.task_group.topological_sort(), "no group waits for itself"


def test_every_table_is_reconciled_unless_the_file_says_no(
    monkeypatch: pytest.MonkeyPatch, include: Path, dag: DAG
) -> None:
    assert dag.get_task("verify.reconcile").task_id in upstream(dag, "evidence")
    second(include, **{"  enabled: true": "  enabled: false"})
    assert not bag(monkeypatch, include)["hotelspecials_reverse_sync"].has_task("verify.reconcile")

"""Lineage: which column of Oracle comes of which of PostgreSQL, as the mapping has it, and as OpenLineage takes it."""

from __future__ import annotations

from typing import Any

import pytest

from reverse_sync.evidence.lineage import columns_of, source_place, target_place
from reverse_sync.evidence.operator import EvidenceOperator
from reverse_sync.evidence.verdict import NOTHING_LEFT
from reverse_sync.pipeline import load
from tests.support.page import recorded
from tests.support.records import SHIPPED

PIPELINE = load(SHIPPED)


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES", "postgres://u:p-secret@pg.example:5433/dso")
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", "oracle://u:p-secret@ora.example/?service_name=XE")


def tables() -> list[Any]:
    found: list[Any] = next(one["result"]["tables"] for one in recorded()["steps"] if one["task"] == "preflight.check")
    return found


def test_each_column_of_oracle_comes_of_what_its_rules_and_expression_name() -> None:
    [table] = tables()
    columns = columns_of(table)
    assert columns["ORIGINCODE"] == ["origin_code"]
    assert columns["EXPIRYDATE"] == ["expiry_date"]  # added by an expression of it
    assert len(columns) == 9
    untouched: dict[str, Any] = {"source": None, "target": "NOTE", "state": "never written", "rules": []}
    constant: dict[str, Any] = {
        "source": None,
        "target": "ORIGIN_SYSTEM",
        "state": "added",
        "rules": [],
        "expression": "'$none'",
    }
    assert columns_of(table | {"columns": [untouched, constant]}) == {"ORIGIN_SYSTEM": []}


def test_datasets_are_named_by_their_databases_without_a_login() -> None:
    assert source_place(PIPELINE) == ("postgres://pg.example:5433", "dso")
    assert target_place(PIPELINE) == ("oracle://ora.example:1521", "XE")


def test_the_evidence_gives_openlineage_what_it_takes() -> None:
    extractors = pytest.importorskip("airflow.providers.openlineage.extractors.base")
    evidence = EvidenceOperator(task_id="evidence", pipeline=PIPELINE)
    evidence._record = recorded()  # type: ignore[assignment]
    found = extractors.DefaultExtractor(evidence).extract_on_complete(None)
    [source], [target] = found.inputs, found.outputs
    assert (source.namespace, source.name) == ("postgres://pg.example:5433", "dso.travelbuddy.flightspecial")
    assert (target.namespace, target.name) == ("oracle://ora.example:1521", "XE.TRAVELBUDDY.FLIGHTSPECIAL")
    assert {"id": "bigint NOT NULL"}.items() <= {one.name: one.type for one in source.facets["schema"].fields}.items()
    [became] = target.facets["columnLineage"].fields["EXPIRYDATE"].inputFields
    assert (became.namespace, became.name, became.field) == (source.namespace, source.name, "expiry_date")
    assert "secret" not in str(found)


def test_a_run_without_a_record_and_a_decommission_have_no_lineage() -> None:
    evidence = EvidenceOperator(task_id="evidence", pipeline=PIPELINE)
    assert evidence.get_openlineage_facets_on_complete(None) is None
    down = EvidenceOperator(task_id="evidence", pipeline=PIPELINE, proof=NOTHING_LEFT)
    down._record = recorded()  # type: ignore[assignment]
    assert down.get_openlineage_facets_on_complete(None) is None

"""Where the records lie, against the machines on which Airflow runs tasks."""

from __future__ import annotations

import pytest

from tests.support.cutovers import changed, find

WHY = "a folder of the machine that runs the task, and Airflow runs tasks by"


@pytest.mark.parametrize(
    ("executor", "base_path", "severity", "named"),
    [
        ("CeleryExecutor", "evidence", "warning", "CeleryExecutor"),
        ("LocalExecutor, KubernetesExecutor", "evidence", "warning", "KubernetesExecutor"),
        ("LocalExecutor;night=CeleryExecutor", "evidence", "warning", "CeleryExecutor"),
        ("far:airflow.providers.edge3.executors.EdgeExecutor", "evidence", "warning", "EdgeExecutor"),
        ("CeleryExecutor", "file:///mnt/shared/evidence", "note", "CeleryExecutor"),
    ],
)
def test_records_on_a_worker_s_own_disk(
    executor: str, base_path: str, severity: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    [found] = find(pipeline=changed("evidence", base_path=base_path))
    assert (found.code, str(found.severity)) == ("records-on-one-disk", severity)
    assert found.what == f"evidence.base_path is {base_path}, {WHY} {named}"
    assert found.do.startswith("set evidence.base_path to an object storage address")


@pytest.mark.parametrize(
    ("executor", "base_path"),
    [
        ("CeleryExecutor", "s3://bucket/reverse-sync"),
        ("LocalExecutor", "evidence"),
        ("here:airflow.executors.local_executor.LocalExecutor", "evidence"),
    ],
)
def test_records_that_every_machine_can_read(executor: str, base_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    assert find(pipeline=changed("evidence", base_path=base_path)) == []

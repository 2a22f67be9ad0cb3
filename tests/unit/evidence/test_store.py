"""Where the records are kept: whole or not at all, one a run, and none lost to a later one."""

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath

from reverse_sync.evidence.store import write
from reverse_sync.pipeline import Evidence

RECORD: Any = {
    "dag_id": "flightspecials_reverse_sync",
    "run_id": "manual__2026-11-22T03:00:00+00:00",
    "times_cleared": 0,
    "text": "부산행",
}


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(base_path=f"file://{tmp_path}/records")


def files(tmp_path: Path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


def test_a_record_is_one_readable_document(tmp_path: Path, evidence: Evidence) -> None:
    address = write(evidence, RECORD)
    assert files(tmp_path) == ["records/flightspecials_reverse_sync/manual__2026-11-22T03-00-00-00-00.json"]
    assert address.endswith(files(tmp_path)[0])
    text = (tmp_path / files(tmp_path)[0]).read_text(encoding="utf-8")
    assert json.loads(text) == RECORD
    assert "부산행" in text


def test_a_cleared_run_leaves_the_earlier_record(tmp_path: Path, evidence: Evidence) -> None:
    write(evidence, RECORD)
    write(evidence, RECORD | {"times_cleared": 1})
    assert [name.rsplit("-00-00", 1)[1] for name in files(tmp_path)] == [".cleared-1.json", ".json"]


def test_a_retried_task_replaces_its_record(tmp_path: Path, evidence: Evidence) -> None:
    write(evidence, RECORD)
    write(evidence, RECORD | {"text": "again"})
    assert [json.loads((tmp_path / name).read_text())["text"] for name in files(tmp_path)] == ["again"]


def test_a_record_that_cannot_be_written_whole_is_not_there(
    tmp_path: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ObjectStoragePath.open

    def full(path: ObjectStoragePath, *arguments: Any, **options: Any) -> Any:
        file = opened(path, *arguments, **options)  # type: ignore[no-untyped-call]
        wrote = file.write

        def write_half(text: str) -> int:
            wrote(text[: len(text) // 2])
            file.flush()
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(file, "write", write_half, raising=False)
        return file

    monkeypatch.setattr(ObjectStoragePath, "open", full)
    with pytest.raises(OSError, match="No space left"):
        write(evidence, RECORD)
    assert [name for name in files(tmp_path) if name.endswith(".json")] == []

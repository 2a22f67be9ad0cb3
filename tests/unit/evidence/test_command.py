"""`python -m reverse_sync.evidence`: exit codes and answers, and what leaves the project by it."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft202012Validator

from reverse_sync.evidence.__main__ import main
from reverse_sync.evidence.chain import append
from reverse_sync.evidence.export import history_as_csv
from reverse_sync.evidence.schema import schema
from reverse_sync.pipeline import read
from tests.support.page import recorded
from tests.support.parts import ROOT
from tests.support.records import SHIPPED, run_record
from tests.unit.evidence.test_record import RECONCILED, ROW, record

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_sync.evidence.shapes import Record

RECORDS = "records/flightspecials_reverse_sync"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A pipeline file with two records."""
    document = yaml.safe_load(SHIPPED.read_text())
    document["evidence"]["base_path"] = f"file://{tmp_path}/records"
    path = tmp_path / "flightspecials.yaml"
    path.write_text(yaml.safe_dump(document))
    for run in ("manual__1", "manual__2"):
        append(read(path), run_record(run))
    return path


def test_a_whole_chain_says_its_end(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(file)]) == 0
    head = json.loads((tmp_path / RECORDS / "manual__2.json").read_text())["chain"]["sha256"]
    assert capsys.readouterr().out.splitlines() == [
        f"2 record(s); the last is 2, SHA-256 {head}",
        "The chain of flightspecials is whole.",
    ]
    assert main(["verify", str(file), "--head", head]) == 0
    assert main(["verify", str(file), "--head", "0" * 64]) == 1


def test_a_broken_chain_says_where_and_exits_with_1(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / RECORDS / "manual__1.json").unlink()
    assert main(["verify", str(file)]) == 1
    assert capsys.readouterr().out.startswith("record 1: flightspecials_reverse_sync/manual__1.json is not there")


def test_what_is_no_pipeline_file_or_no_record_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = tmp_path / "nothing"
    assert [main([command, str(nothing)]) for command in ("verify", "history", "show", "export")] == [2, 2, 2, 2]
    assert main([str(nothing)]) == 2
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == f"{nothing} can't be read: No such file or directory."
    assert "Traceback" not in said


def test_a_run_is_exported_as_one_page_that_loads_nothing_and_runs_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record_file = str(tmp_path / RECORDS / "manual__2.json")
    assert main(["export", record_file]) == 0
    page = capsys.readouterr().out
    assert "&lt;b&gt;부산행&lt;/b&gt;" in page
    assert not [tag for tag in ("<b>", "<script", "src=", "href=", "http://", "@import", "url(") if tag in page]
    assert main(["export", record_file, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / RECORDS / "manual__2.json").read_text())


def test_a_history_is_a_table_of_all_runs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(read(file), run_record("manual__3", triggered_by='=HYPERLINK("http://x")'))
    assert main(["history", str(file)]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["run_id"] for row in rows] == ["manual__1", "manual__2", "manual__3"]
    assert (rows[0]["canary_latency_s"], rows[0]["rows_compared"], rows[0]["rows_differing"]) == ("0.04", "15", "1")
    assert rows[2]["triggered_by"] == '\'=HYPERLINK("http://x")'


def test_a_history_reads_no_record(file: Path, tmp_path: Path) -> None:
    before = history_as_csv(read(file))
    for record_file in (tmp_path / RECORDS).iterdir():
        record_file.unlink()
    assert history_as_csv(read(file)) == before


def test_old_records_are_retired(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(read(file), run_record("manual__0", written_at="2020-01-01T00:00:00+00:00"))
    arguments = ["retire", str(file), "--older-than-days", "400", "--by", "김민지", "--why", "kept for a year"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "flightspecials_reverse_sync/manual__0.json",
        "1 record(s) removed",
    ]
    assert main(["verify", str(file)]) == 0
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 record(s) removed"


def test_the_published_schema_is_the_shape_and_fits_what_runs_write(file: Path, tmp_path: Path) -> None:
    published = json.loads((ROOT / "docs" / "evidence-schema.json").read_text())
    assert published == schema()
    validator = Draft202012Validator(published)
    real: Record = record(verify__compare_row={"return_value": ROW}, verify__reconcile=RECONCILED)
    append(read(file), real)
    written = [json.loads(one.read_text()) for one in (tmp_path / RECORDS).iterdir()]
    assert len(written) == 3
    for one in written:
        validator.validate(one)
        assert not validator.is_valid({key: value for key, value in one.items() if key != "verdict"})
        assert not validator.is_valid(one | {"times_cleared": "never"})


def test_the_published_schema_knows_what_each_task_returns() -> None:
    validator = Draft202012Validator(schema())
    real = recorded()
    validator.validate(real)
    for step in real["steps"]:
        if step["state"] != "success":
            continue
        others = [one for one in real["steps"] if one is not step]
        assert not validator.is_valid(real | {"steps": [*others, step | {"result": 7}]}), step["task"]
        if isinstance(step["result"], dict):
            assert not validator.is_valid(real | {"steps": [*others, step | {"result": {}}]}), step["task"]

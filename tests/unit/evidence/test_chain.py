"""The chain of a pipeline's records: whatever is removed, edited or reordered is named."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.errors import ReverseSyncError
from reverse_sync.evidence import links, store
from reverse_sync.evidence.chain import append
from reverse_sync.evidence.export import history_as_csv
from reverse_sync.evidence.linking import content_hash
from reverse_sync.evidence.rebuilding import rebuild
from reverse_sync.evidence.retention import retire
from reverse_sync.evidence.verification import verify
from reverse_sync.pipeline import Evidence
from tests.support.records import pipeline_with, run_record

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline

LONG_AGO = "2020-01-01T00:00:00+00:00"
RECORDS = "flightspecials_reverse_sync"
LINKS = "chains/flightspecials"


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return pipeline_with(Evidence(base_path=f"file://{tmp_path}"))


@pytest.fixture
def three(pipeline: Pipeline) -> Pipeline:
    """A chain of three records."""
    for number in (1, 2, 3):
        append(pipeline, run_record(f"manual__{number}"))
    return pipeline


def edit(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_chain_that_nobody_touched_is_whole(three: Pipeline) -> None:
    found = verify(three)
    assert (found.problems, found.notices, found.records) == ([], [], 3)
    assert found.head is not None
    record = store.read(three.evidence, RECORDS, "manual__3", 0)
    assert record is not None
    assert (record["chain"]["sequence"], record["chain"]["sha256"]) == found.head
    before = store.read(three.evidence, RECORDS, "manual__2", 0)
    assert before is not None
    assert record["chain"]["previous_sha256"] == before["chain"]["sha256"]


def test_no_chain_is_not_broken(pipeline: Pipeline) -> None:
    assert verify(pipeline) == ([], [], 0, None)


def test_a_record_that_was_edited_is_named(three: Pipeline, tmp_path: Path) -> None:
    edit(tmp_path / RECORDS / "manual__2.json", triggered_by="nobody")
    [problem] = verify(three).problems
    assert problem.startswith(f"record 2: {RECORDS}/manual__2.json was edited; its content has ")


def test_a_record_that_was_removed_is_named(three: Pipeline, tmp_path: Path) -> None:
    (tmp_path / RECORDS / "manual__2.json").unlink()
    assert verify(three).problems == [
        f"record 2: {RECORDS}/manual__2.json is not there; it was removed, or lost with its storage"
    ]


def test_a_record_that_was_removed_with_its_link_is_named(three: Pipeline, tmp_path: Path) -> None:
    (tmp_path / RECORDS / "manual__2.json").unlink()
    (tmp_path / LINKS / "0000000002.json").unlink()
    assert verify(three).problems == ["record 2: its link is missing; it was removed, or lost with its storage"]


def test_records_that_were_exchanged_are_named(three: Pipeline, tmp_path: Path) -> None:
    one, two = tmp_path / RECORDS / "manual__1.json", tmp_path / RECORDS / "manual__2.json"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert [problem.split(";")[0] for problem in verify(three).problems] == [
        f"record 1: {RECORDS}/manual__1.json says that it is record 2",
        f"record 2: {RECORDS}/manual__2.json says that it is record 1",
    ]


def test_links_that_were_exchanged_are_named(three: Pipeline, tmp_path: Path) -> None:
    one, two = tmp_path / LINKS / "0000000001.json", tmp_path / LINKS / "0000000002.json"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    problems = verify(three).problems
    assert "record 1: its link says that it is record 2; the order was changed" in problems
    assert "record 2: its link says that it is record 1; the order was changed" in problems


def test_a_record_that_was_written_again_from_scratch_breaks_the_one_after_it(three: Pipeline, tmp_path: Path) -> None:
    """Who edits a record and its hashes has to edit all that follow."""
    (tmp_path / LINKS / "0000000003.json").unlink()
    (tmp_path / LINKS / "0000000002.json").unlink()
    append(three, run_record("manual__2", triggered_by="nobody"))
    append(three, run_record("manual__4"))
    head = json.loads((tmp_path / RECORDS / "manual__3.json").read_text())["chain"]["sha256"]
    found = verify(three, head)
    assert found.problems == [
        f"no record has the SHA-256 {head}: the end of the chain was removed, or all of it made again"
    ]
    assert found.notices == [
        f"{RECORDS}/manual__3.json says that it is record 3, but no link names it: it is outside the chain"
    ]


def test_a_summary_that_was_edited_is_named(three: Pipeline, tmp_path: Path) -> None:
    file = tmp_path / LINKS / "0000000001.json"
    edit(file, run=json.loads(file.read_text())["run"] | {"succeeded": False})
    [problem] = verify(three).problems
    assert problem.startswith("record 1: its link was edited; its summary is not what")


@pytest.mark.parametrize("times_cleared", [0, 1])
def test_each_record_of_a_run_stays_whether_it_was_cleared_or_its_evidence_ran_again(
    pipeline: Pipeline, tmp_path: Path, times_cleared: int
) -> None:
    append(pipeline, run_record())
    append(pipeline, run_record(times_cleared=times_cleared, triggered_by="again"))
    newest = store.read(pipeline.evidence, RECORDS, "manual__1", times_cleared)
    assert newest is not None
    assert newest["triggered_by"] == "again"
    assert len(list((tmp_path / RECORDS).iterdir())) == 2
    assert verify(pipeline)[:3] == ([], [], 2)


def test_no_record_is_lost_where_the_other_dag_writes_in_between(
    three: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one makes its link after this one has looked for the end of the chain."""
    others = [run_record("manual__a", dag_id=three.decommission_dag_id), run_record("manual__b")]
    alone = store.write

    def disturbed(evidence: Evidence, record: Any) -> str:
        address = alone(evidence, record)
        if others:
            append(three, others.pop())
        return address

    monkeypatch.setattr(store, "write", disturbed)
    _, place = append(three, run_record("manual__4"))
    assert (place["sequence"], others) == (6, [])
    assert verify(three)[:3] == ([], [], 6)


def test_a_link_whose_answer_got_lost_is_not_made_twice(three: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered_too_late(pipeline: Pipeline, link: Any) -> bool:
        links.make_link(pipeline, link)
        return links.make_link(pipeline, link)

    monkeypatch.setattr("reverse_sync.evidence.chain.make_link", answered_too_late)
    append(three, run_record("manual__4"))
    assert verify(three)[:3] == ([], [], 4)


def test_earlier_runs_are_found_far_back_without_a_request_each(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(pipeline, run_record("manual__other", dag_id=pipeline.decommission_dag_id))
    for number in range(2, 101):
        link: Any = json.loads(json.dumps(links.read_link(pipeline, 1))) | {"sequence": number}
        link["run"] |= {"dag_id": RECORDS, "run_id": f"manual__{number}"}
        links.make_link(pipeline, link)
    runs = [run["run_id"] for run in links.earlier_runs(pipeline, RECORDS, 101)]
    assert runs == [f"manual__{number}" for number in range(100, 1, -1)]
    assert next(links.earlier_runs(pipeline, pipeline.decommission_dag_id, 101))["run_id"] == "manual__other"
    assert list(links.earlier_runs(pipeline, RECORDS, 1)) == []


def test_of_many_who_make_the_same_link_one_has_it(pipeline: Pipeline, tmp_path: Path) -> None:
    def make(number: int) -> bool:
        return links.make_link(pipeline, {"sequence": 1, "previous_sha256": None, "sha256": f"{number}", "file": ""})

    with ThreadPoolExecutor(8) as writers:
        made = list(writers.map(make, range(40)))
    assert made.count(True) == 1
    assert links.last_link(pipeline) == (
        1,
        {"sequence": 1, "previous_sha256": None, "sha256": f"{made.index(True)}", "file": ""},
    )
    assert [file.name for file in (tmp_path / LINKS).iterdir()] == ["0000000001.json"]


def test_a_half_written_record_is_named_and_the_chain_goes_on(three: Pipeline, tmp_path: Path) -> None:
    torn = tmp_path / RECORDS / "manual__4.json"
    torn.write_text('{"format": 2, "pipe')
    named = f"{RECORDS}/manual__4.json is half-written, and no part of the chain"
    assert (verify(three).problems, verify(three).notices) == ([], [named])
    append(three, run_record("manual__4"))
    found = verify(three)
    assert (found.problems, found.records) == ([], 4)
    assert found.notices == [f"{RECORDS}/manual__4.half-written.json is half-written, and no part of the chain"]


def test_a_task_that_was_killed_before_it_made_the_link_is_done_again(
    three: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("reverse_sync.evidence.chain.make_link", killed)
        with pytest.raises(KeyboardInterrupt):
            append(three, run_record("manual__4"))
    [problem] = verify(three).problems
    assert problem.startswith(f"record 4: {RECORDS}/manual__4.json is there, but its link is missing; ")
    append(three, run_record("manual__4"))
    assert verify(three)[:3] == ([], [], 4)


def test_a_link_that_is_half_written_is_made_again_by_the_next_record_or_named(three: Pipeline, tmp_path: Path) -> None:
    (tmp_path / LINKS / "0000000003.json").write_text("")
    append(three, run_record("manual__4"))
    assert verify(three)[:3] == ([], [], 4)
    for file in (tmp_path / RECORDS / "manual__4.json", tmp_path / LINKS / "0000000004.json"):
        file.write_text("")
    append(three, run_record("manual__5"))
    assert [problem.split(";")[0] for problem in verify(three).problems] == ["record 4: its link can't be read"]


def lose(pipeline: Pipeline, folder: Path, *names: str) -> None:
    for name in names:
        (folder / LINKS / f"{name}.json").unlink()
    assert len(verify(pipeline).problems) >= len(names)


def test_links_that_were_lost_are_made_again_as_they_were(three: Pipeline, tmp_path: Path) -> None:
    append(three, run_record("manual__2", written_at=LONG_AGO))
    retire(three, datetime(2021, 1, 1, tzinfo=UTC), "김민지", "kept for five years")
    append(three, run_record("manual__3"))
    before = {file.name: file.read_bytes() for file in (tmp_path / LINKS).iterdir()}
    lose(three, tmp_path, "0000000001", "0000000003", "0000000005", "0000000006")
    (tmp_path / LINKS / "0000000002.json").write_text('{"sequence": 2, "prev')
    assert rebuild(three) == ([1, 2, 3, 5, 6], [])
    assert {file.name: file.read_bytes() for file in (tmp_path / LINKS).iterdir()} == before
    assert verify(three).problems == []
    assert rebuild(three) == ([], [])


def test_all_links_may_be_lost(three: Pipeline, tmp_path: Path) -> None:
    lose(three, tmp_path, "0000000001", "0000000002", "0000000003")
    assert rebuild(three) == ([1, 2, 3], [])
    assert verify(three)[:3] == ([], [], 3)


def test_no_link_is_made_again_for_a_record_that_was_edited_or_removed(three: Pipeline, tmp_path: Path) -> None:
    lose(three, tmp_path, "0000000001", "0000000002")
    edit(tmp_path / RECORDS / "manual__1.json", triggered_by="nobody")
    forged = json.loads((tmp_path / RECORDS / "manual__2.json").read_text()) | {"triggered_by": "nobody"}
    forged["chain"]["sha256"] = content_hash(forged)
    edit(tmp_path / RECORDS / "manual__2.json", **forged)
    found = rebuild(three)
    assert found == (
        [],
        [f"record {number}: no record(s) fit, so its link is not made again" for number in (1, 2)],
    )
    assert [problem.split(";")[0] for problem in verify(three).problems] == [
        f"record {number}: its link is missing" for number in (1, 2)
    ]


@pytest.mark.parametrize("hostile", ["[]", "7", '{"chain": 7}', '{"chain": {"sequence": "1", "sha256": []}}', "{}"])
def test_files_that_are_no_records_stop_neither_the_verification_nor_the_rebuilding(
    three: Pipeline, tmp_path: Path, hostile: str
) -> None:
    (tmp_path / RECORDS / "odd.json").write_text(hostile)
    (tmp_path / LINKS / "odd.json").write_text(hostile)
    lose(three, tmp_path, "0000000003")
    assert rebuild(three) == ([3], [])
    assert verify(three).problems == []


def test_a_link_that_says_what_no_link_does_is_one_that_cannot_be_read(three: Pipeline, tmp_path: Path) -> None:
    link = json.loads((tmp_path / LINKS / "0000000003.json").read_text())
    edit(tmp_path / LINKS / "0000000003.json", run=link["run"] | {"latency_s": "none"})
    assert verify(three).problems[0] == "record 3: its link can't be read; it was edited, or is half-written"
    append(three, run_record("manual__4"))
    assert verify(three).problems == []
    assert history_as_csv(three).count("manual__") == 4


def test_records_of_format_1_are_left_beside_the_chain(three: Pipeline) -> None:
    store.write(three.evidence, run_record("manual__0", format=1))
    found = verify(three)
    assert found.problems == []
    assert found.notices == ["1 record(s) of format 1 are in no chain: nothing tells whether they were edited"]


def test_records_that_a_retirement_removed_leave_a_chain_that_is_whole(pipeline: Pipeline, tmp_path: Path) -> None:
    append(pipeline, run_record("manual__1", written_at=LONG_AGO))
    append(pipeline, run_record("manual__1", written_at=LONG_AGO))  # its evidence ran again
    append(pipeline, run_record("manual__3"))
    removed = retire(pipeline, datetime(2021, 1, 1, tzinfo=UTC), "김민지", "kept for five years")
    assert removed == [f"{RECORDS}/manual__1.earlier-1.json", f"{RECORDS}/manual__1.json"]
    assert [file.name for file in (tmp_path / RECORDS).iterdir()] == ["manual__3.json"]
    retirement = json.loads((tmp_path / LINKS / "retirement-0000000004.json").read_text())
    assert (retirement["by"], retirement["removed"]["sequences"]) == ("김민지", [1, 2])
    found = verify(pipeline)
    assert (found.problems, found.records) == ([], 4)
    assert found.notices == ["2 record(s) were removed by a retirement that is in the chain"]
    append(pipeline, run_record("manual__5"))
    file = tmp_path / LINKS / "0000000001.json"
    edit(file, run=json.loads(file.read_text())["run"] | {"succeeded": False})
    assert verify(pipeline).problems == [
        "record 4: a link of the records that this retirement removed was edited or removed"
    ]


def test_a_retirement_that_was_edited_excuses_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    append(pipeline, run_record("manual__1", written_at=LONG_AGO))
    append(pipeline, run_record("manual__2"))
    retire(pipeline, datetime(2021, 1, 1, tzinfo=UTC), "김민지", "kept for five years")
    edit(tmp_path / LINKS / "retirement-0000000003.json", by="nobody")
    assert [problem.split(";")[0] for problem in verify(pipeline).problems] == [
        f"record 1: {RECORDS}/manual__1.json is not there",
        f"record 3: {LINKS}/retirement-0000000003.json was edited",
    ]


def test_nothing_is_removed_from_a_chain_that_is_not_whole(three: Pipeline, tmp_path: Path) -> None:
    edit(tmp_path / RECORDS / "manual__2.json", triggered_by="nobody")
    with pytest.raises(ReverseSyncError, match="is not whole, so nothing is removed: record 2"):
        retire(three, datetime.now(UTC), "김민지", "kept for five years")
    assert links.last_link(three)[0] == 3
    assert len(list((tmp_path / RECORDS).iterdir())) == 3

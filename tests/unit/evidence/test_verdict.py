"""What a run comes to, in words: a reader must not think more, or less, of it than was proved."""

from typing import Any

import pytest

from reverse_sync.evidence.verdict import NOTHING_LEFT, WITHOUT_CHANGE, verdict
from reverse_sync.verify.canary import unique_text

AT = "2026-11-22T03:00:09+00:00"
PROVED: Any = {"task": "verify.compare_row", "state": "success", "result": {"outcome": "found"}}
RECONCILED: Any = {"task": "verify.reconcile", "state": "success", "result": {"outcome": "found", "complete": True}}


def mark(state: str, by: str = "admin") -> Any:
    return {"state": state, "by": by, "at": AT, "times_cleared": 0}


def step(task: str, state: str = "success", result: Any = None, **more: Any) -> Any:
    return {"task": task, "state": state, "result": result, **more}


def test_a_row_that_was_proved_in_a_run_that_failed_later() -> None:
    said = verdict([PROVED, RECONCILED, step("verify.restore_canary", "failed")])
    assert (said["proved"], said["succeeded"]) == (True, False)
    assert said["sentence"].endswith("; but verify.restore_canary failed.")


@pytest.mark.parametrize(
    ("looked_at", "succeeded"), [("2026-11-22T03:00:01+00:00", False), ("2026-11-22T03:00:03+00:00", True)]
)
def test_a_row_that_was_changed_after_its_text_was_restored_is_told(looked_at: str, succeeded: bool) -> None:
    said = verdict(
        [
            step("verify.change_row", result={"answered_at": "2026-11-22T03:00:02+00:00"}),
            PROVED,
            step("verify.restore_canary", result={"looked_at": looked_at}),
        ]
    )
    assert said["succeeded"] is succeeded
    assert ("clear that task too" in said["sentence"]) is not succeeded


@pytest.mark.parametrize("state", ["skipped", "upstream_failed", "failed", "success"])
def test_nothing_is_proved_without_a_comparison_that_found_something(state: str) -> None:
    said = verdict([step("verify.compare_row", state), RECONCILED])
    assert (said["outcome"], said["proved"], said["succeeded"]) == ("not proved", False, False)


def test_nothing_is_proved_by_a_run_without_tasks() -> None:
    assert verdict([])["sentence"] == ("Not proved: no changed row was found in Oracle; the run did not get that far.")


@pytest.mark.parametrize(
    ("reconciled", "told"),
    [
        ([], "whole tables (reconciliation.enabled is false)"),
        (
            [
                step(
                    "verify.reconcile", result={"what": "the first 5000 rows of T.BIG, all the same", "complete": False}
                )
            ],
            "the rest of a table (the first 5000 rows of T.BIG, all the same)",
        ),
        (
            [
                RECONCILED,
                step("verify.reconcile", result={"why": "T.LOG can't be reconciled: no key", "complete": False}),
            ],
            "T.LOG can't be reconciled: no key",
        ),
        ([step("verify.reconcile", "skipped")], "verify.reconcile was skipped"),
        (
            [step("verify.reconcile", result={"complete": True, "what": "T.F differs", "differences": ["ID=1"]})],
            "accepted differences: T.F differs",
        ),
    ],
)
def test_what_was_not_compared_is_said_of_a_green_run(reconciled: list[Any], told: str) -> None:
    said = verdict([PROVED, *reconciled])
    assert (said["outcome"], said["succeeded"], said["not_compared"]) == ("proved, incomplete", True, [told])
    assert said["sentence"] == (
        f"Proved, incomplete: a changed row holds the same values in Oracle; not compared: {told}."
    )


def test_a_column_of_the_row_that_can_not_be_compared_is_said() -> None:
    columns = [
        {"column": "ID", "expected": 1, "found": 1, "same": True},
        {"column": "SEEN", "expected": "", "found": "", "same": None, "not_compared": "no document says how"},
    ]
    proved: Any = {**PROVED, "result": {"outcome": "found", "columns": columns}}
    said = verdict([proved, RECONCILED])
    assert (said["outcome"], said["not_compared"]) == ("proved, incomplete", ["SEEN of its row (no document says how)"])


def test_the_warnings_of_the_preflight_are_said_of_a_green_run() -> None:
    findings = [
        {"severity": "warning", "what": "nothing writes ORIGINCODE"},
        {"severity": "note", "what": "the trigger is disabled"},
    ]
    said = verdict([step("preflight.check", result={"findings": findings}), PROVED, RECONCILED])
    assert (said["outcome"], said["warnings"]) == (
        "proved, complete",
        ["the preflight found that nothing writes ORIGINCODE"],
    )
    assert said["sentence"].endswith("in Oracle. Warnings: the preflight found that nothing writes ORIGINCODE.")


@pytest.mark.parametrize(
    ("task", "state", "told"),
    [
        ("verify.reconcile", "failed", "T.F differs in 2 of 9 rows; 1 differed before"),
        (
            "dms.compare_before_first_start",
            "success",
            "before the task's first start T.F differs in 2 of 9 rows; 1 differed before, which the task never corrects",
        ),
    ],
)
def test_rows_that_differ_are_in_the_note_the_old_ones_told_from_the_new(task: str, state: str, told: str) -> None:
    differs = {"complete": True, "what": "T.F differs in 2 of 9 rows; 1 differed before", "differences": ["1", "2"]}
    said = verdict([PROVED, step(task, state, result=differs)])
    assert said["warnings"] == [told]
    assert said["sentence"].endswith(f" Warnings: {told}.")


def differs_and(*more: Any) -> Any:
    found = {"complete": True, "what": "T.F differs in 2 of 9 rows", "differences": ["1", "2"]}
    return verdict([PROVED, step("verify.reconcile", result=found), *more])


APPROVED: Any = step("verify.approve_repair", result={"outcome": "approved", "by": "admin", "at": AT})


def test_rows_that_were_repaired_are_no_lack_and_are_told() -> None:
    what = "2 of 2 rows of T.F repaired in Oracle as admin approved; all the same now"
    said = differs_and(APPROVED, step("verify.repair", result={"outcome": "changed", "what": what, "repaired": 2}))
    assert (said["outcome"], said["succeeded"]) == ("proved, complete", True)
    assert said["warnings"] == ["T.F differs in 2 of 9 rows", what]


def test_rows_that_still_differ_after_a_repair_fail_the_run() -> None:
    result = {"outcome": "changed", "what": "1 of 2 rows of T.F; 1 differ now", "repaired": 1}
    said = differs_and(APPROVED, step("verify.repair", "failed", result=result))
    assert (said["succeeded"], said["not_compared"]) == (False, [])
    assert said["sentence"].endswith(
        "; but verify.repair failed. Warnings: T.F differs in 2 of 9 rows; 1 of 2 rows of T.F; 1 differ now."
    )


def test_without_a_question_differences_are_accepted_ones() -> None:
    said = differs_and(step("verify.approve_repair", "skipped"), step("verify.repair", "skipped"))
    assert said["not_compared"] == ["accepted differences: T.F differs in 2 of 9 rows"]


def test_a_no_to_the_repair_says_that_no_row_was_repaired() -> None:
    answer = {"outcome": "rejected", "what": "by admin", "by": "admin", "at": AT}
    said = differs_and(step("verify.approve_repair", result=answer), step("verify.repair", "skipped"))
    assert (said["outcome"], said["succeeded"]) == ("rejected", False)
    assert said["sentence"] == (
        f"Rejected by admin in verify.approve_repair at {AT}; no row was repaired; nothing was changed. "
        "Warnings: T.F differs in 2 of 9 rows."
    )


@pytest.mark.parametrize(("old_text", "warned"), [(unique_text("부산행", "dag", "run", 0), True), ("Bus #12", False)])
def test_the_text_of_a_run_that_was_deleted_is_noticed_by_the_next(old_text: str, warned: bool) -> None:
    said = verdict([step("verify.read_canary", result={"old_text": old_text}), PROVED, RECONCILED])
    assert said["succeeded"]
    assert (f"the canary's row held {old_text!r}" in said["sentence"]) is warned


@pytest.mark.parametrize("state", ["failed", "success"])
def test_a_run_that_a_person_marked_is_stopped(state: str) -> None:
    said = verdict([step("postgres.wait_settings", state, marked=mark(state))], run_mark=mark(state))
    assert (said["outcome"], said["succeeded"]) == ("stopped", False)
    assert said["sentence"].startswith(
        f"Stopped by admin, who marked the run {state} at {AT}. Not proved: no changed row was found in Oracle; "
        "postgres.wait_settings "
    )


def test_a_task_that_a_person_marked_failed_stops_the_run() -> None:
    said = verdict([step("dms.wait_tables", "failed", marked=mark("failed", by="김민지"))])
    assert said["sentence"] == (
        f"Stopped by 김민지, who marked dms.wait_tables failed at {AT}. Not proved: no changed row was found in Oracle; "
        "dms.wait_tables was stopped."
    )


@pytest.mark.parametrize("task", ["verify.wait_for_oracle", "verify.reconcile", "health.check"])
@pytest.mark.parametrize("state", ["success", "skipped"])
def test_no_mark_helps_a_run_to_be_green(task: str, state: str) -> None:
    said = verdict([PROVED, RECONCILED, step(task, state, marked=mark(state))])
    assert (said["proved"], said["succeeded"]) == (True, False)
    assert said["sentence"].endswith(f"; but {task} did not do its work: admin marked it {state}.")


def test_a_no_is_told_with_the_person_and_with_what_was_changed() -> None:
    answer = step("approve", result={"outcome": "rejected", "what": "by admin", "by": "admin", "at": AT})
    nothing_left = step("nothing_left", "skipped")
    said = verdict([step("preflight.plan", result={"outcome": "found"}), answer, nothing_left], NOTHING_LEFT)
    assert (said["outcome"], said["succeeded"], said["failed_tasks"]) == ("rejected", False, [])
    assert said["sentence"] == (f"Rejected by admin in approve at {AT}; nothing was changed.")
    changed = step("dms.ensure_task", result={"outcome": "changed", "what": "created task x"})
    assert "; this run changed: dms.ensure_task." in verdict([changed, answer, nothing_left], NOTHING_LEFT)["sentence"]


def test_a_decommission_says_what_it_is_for() -> None:
    said = verdict([RECONCILED, step("nothing_left", result={"outcome": "found"})], NOTHING_LEFT)
    assert (said["succeeded"], said["sentence"]) == (True, "Taken down, complete: nothing of the pipeline is left.")


@pytest.mark.parametrize(
    ("reconciled", "more"),
    [([RECONCILED], ""), ([], "; not compared: whole tables (reconciliation.enabled is false)")],
)
def test_a_pipeline_without_a_canary_is_never_proved(reconciled: list[Any], more: str) -> None:
    healthy = step("health.check", result={"outcome": "found"})
    said = verdict([*reconciled, healthy], WITHOUT_CHANGE)
    assert (said["outcome"], said["proved"], said["succeeded"]) == ("not proved by a change", False, True)
    assert said["sentence"] == (
        "Not proved by a change: the pipeline file has no canary; the replication is healthy, and what was compared "
        f"is the same{more}."
    )
    ill = verdict([*reconciled, step("health.check", "failed")], WITHOUT_CHANGE)
    assert (ill["outcome"], ill["succeeded"]) == ("not proved", False)
    assert ill["sentence"].startswith("Not proved by a change, and not healthy; health.check failed")

"""The end of a failed task's log: expected, found, do this; no wider than a terminal, without a secret."""

import ast
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.log import mask_secret

from reverse_sync.errors import NeedsPersonError, ReverseSyncError, reason_of
from reverse_sync.last_lines import WIDTH, block, log_failure, log_retry
from tests.support.parts import ROOT

TI = SimpleNamespace(task_id="verify.change_row", try_number=2)
PRODUCT = ROOT / "plugins" / "reverse_sync"
# Of commands, whose messages are no task's.
COMMANDS = ("__main__.py", "assess_now.py")
RAISED = ("NeedsPersonError", "NotProvedError", "ReverseSyncError")


def logged(callback: Any, error: BaseException, caplog: pytest.LogCaptureFixture) -> list[str]:
    with caplog.at_level(logging.INFO):
        callback({"ti": TI, "exception": error})
    return caplog.records[-1].getMessage().splitlines()


def test_a_message_is_said_in_its_three_parts_and_a_table_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    table = "    HEADER   '부산'   'Paris'"
    message = (
        f"Row 1 should be the same, but {'both differ, ' * 12}as follows:\n{table}\nLoad it, then clear this task."
    )
    head, *lines, tail = logged(log_failure, NeedsPersonError(message), caplog)
    assert (head.strip("="), tail) == (" verify.change_row failed ", "=" * WIDTH)
    assert max(map(len, (head, *lines, tail))) == WIDTH
    assert lines[0] == "expected  Row 1 should be the same"
    assert lines[1].startswith("found     both differ, both")
    assert lines[2].startswith("          both differ, ")
    assert lines[-2:] == [table, "do this   Load it, then clear this task."]


def test_what_is_tried_again_says_so(caplog: pytest.LogCaptureFixture) -> None:
    head, *lines, _ = logged(log_retry, ReverseSyncError("Oracle does not answer: look at its listener."), caplog)
    assert head.strip("= ") == "verify.change_row failed in attempt 2; Airflow tries again by itself"
    assert lines == [
        "expected  verify.change_row succeeds",
        "found     Oracle does not answer",
        "do this   Look at its listener.",
    ]
    assert caplog.records[-1].levelno == logging.WARNING


@pytest.mark.parametrize(
    ("error", "said"),
    [(KeyError("id"), "KeyError: 'id'"), (TimeoutError(), "TimeoutError"), (None, "no reason is known")],
)
def test_an_error_that_nobody_foresaw_is_named_by_its_kind(error: BaseException | None, said: str) -> None:
    _, _, found, do, _ = block("t", "failed", error).splitlines()
    assert found == f"found     {said}"
    assert do == "do this   Read this task's log, correct what it names, then clear this task."


def test_a_secret_that_airflow_knows_is_masked() -> None:
    mask_secret("sw0rdfish-of-the-night")
    assert "sw0rdfish" not in block("t", "failed", NeedsPersonError("login with sw0rdfish-of-the-night refused"))


def test_a_word_that_can_be_copied_is_not_cut() -> None:
    arn = f"arn:aws:dms:eu-west-1:123456789012:task:{'X' * 90}"
    assert arn in block("t", "failed", NeedsPersonError(f"The task {arn} is not there.")).split()


@pytest.mark.parametrize(
    ("message", "expected", "found", "do"),
    [
        (
            "RDS instance a should be 'available' but is 'failed': look at its events, then clear this task.",
            "RDS instance a should be 'available'",
            "is 'failed'",
            "Look at its events, then clear this task.",
        ),
        (
            "PostgreSQL does not answer: connection to server failed\n\tIs the server running? Check its host.",
            "t succeeds",
            "PostgreSQL does not answer: connection to server failed\n\tIs the server running?",
            "Check its host.",
        ),
        (
            "It was taken away. Nothing is lost, but only what came later is there. To accept this, trigger the DAG.",
            "t succeeds",
            "It was taken away. Nothing is lost, but only what came later is there.",
            "To accept this, trigger the DAG.",
        ),
        (
            "T.F should hold 'x', but Oracle has 'y'.\nTask: running\nLook next at:\n  1. the log\nThen clear the task.",
            "T.F should hold 'x'",
            "Oracle has 'y'.\nTask: running",
            "Look next at:\n  1. the log\nThen clear the task.",
        ),
    ],
)
def test_no_word_of_a_message_is_lost_in_its_parts(message: str, expected: str, found: str, do: str) -> None:
    assert reason_of(message, "t") == {"expected": expected, "found": found, "do": do}


def literal(node: ast.expr) -> str:
    """A message as it is written, with a stand-in for each value."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(literal, node.values))
    if isinstance(node, ast.BinOp):
        return literal(node.left) + literal(node.right)
    if isinstance(node, ast.IfExp):
        return literal(node.body)
    return "X." if isinstance(node, ast.FormattedValue) else ""


def messages(file: Path) -> list[str]:
    """What a module raises, and how its waits explain themselves."""
    found: list[ast.expr] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
            found += node.args[:1]
        elif isinstance(node, ast.FunctionDef) and node.name == "explain":
            found += [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
    return [text for text in map(literal, found) if text.strip("X. \n")]


def test_every_message_of_the_product_says_what_to_do() -> None:
    files = [file for file in PRODUCT.rglob("*.py") if file.name not in COMMANDS]
    said = [(file.name, message) for file in files for message in messages(file)]
    whole = [one for one in said if not one[1].rstrip().endswith("X.")]  # the others end with another's next step
    assert len(whole) > 50
    assert [one for one in whole if reason_of(one[1], "t")["do"].startswith("Read this task's")] == []

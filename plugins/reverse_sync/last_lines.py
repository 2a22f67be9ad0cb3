"""What stopped a task, as the end of its log, below Airflow's traceback: expected, found, do this."""

from __future__ import annotations

import logging
import textwrap
from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import without_secrets
from reverse_sync.errors import ReverseSyncError, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

log = logging.getLogger(__name__)
WIDTH = 100
_LABELS = (("expected", "expected"), ("found", "found"), ("do this", "do"))
_INDENT = " " * 10


def log_failure(context: Context) -> None:
    """Callback of a task that failed for good."""
    log.error("%s", block(context["ti"].task_id, "failed", context.get("exception")))


def log_retry(context: Context) -> None:
    """Callback of a task that Airflow tries again by itself."""
    became = f"failed in attempt {context['ti'].try_number}; Airflow tries again by itself"
    log.warning("%s", block(context["ti"].task_id, became, context.get("exception")))


def block(task: str, became: str, error: BaseException | str | None) -> str:
    """The reason between two lines: no wider than WIDTH as far as its words allow, no secret that Airflow knows."""
    kind = "" if isinstance(error, ReverseSyncError | str) else f"{type(error).__name__}: "
    message = without_secrets(f"{kind}{error}".removesuffix(": ") if error is not None else "no reason is known")
    reason = reason_of(message, task)
    lines = [line for label, part in _LABELS for line in _labelled(label, reason[part])]  # type: ignore[literal-required]
    return "\n".join([f" {task} {became} ".center(WIDTH, "="), *lines, "=" * WIDTH])


def _labelled(label: str, text: str) -> Iterator[str]:
    """The text beside its label; the lines of a table stand below as they are."""
    first, *others = text.splitlines() or [""]
    yield from _wrapped(f"{label:<10}{first}", _INDENT)
    for line in others:
        if line.startswith(" "):
            yield from _wrapped(line, line[: len(line) - len(line.lstrip())])
        else:
            yield from _wrapped(f"{_INDENT}{line}", _INDENT)


def _wrapped(line: str, indent: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )

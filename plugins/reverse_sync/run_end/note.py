"""The verdict as the note of the run, where everybody sees it in Airflow's list of runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow.models.dagrun import DagRunNote

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

LONGEST = 1000  # Airflow's own limit
_LINE = re.compile(r"^Verdict: .*\n?", re.MULTILINE)


def write_note(dag_run: DagRun, verdict: str) -> None:
    """Put the verdict's line into the note; what a person wrote there stays."""
    note = dag_run.dag_run_note
    text = with_verdict(note.content if note else None, verdict)
    if note is None:
        dag_run.dag_run_note = DagRunNote(content=text)
    else:
        note.content = text


def with_verdict(note: str | None, verdict: str) -> str:
    """The note with this verdict in place of an earlier one, within Airflow's limit."""
    line = f"Verdict: {' '.join(verdict.split())}"
    others = _LINE.sub("", note or "").strip()
    text = f"{others}\n{line}" if others else line
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

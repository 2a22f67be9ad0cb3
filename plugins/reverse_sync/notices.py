"""Who is told of what, by the notifiers that the pipeline file names: one message a cause, when a run has ended."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Context

    from reverse_sync.pipeline import NoticeEvent, Pipeline

log = logging.getLogger(__name__)


class Notice(TypedDict):
    """What a notifier's templates have as `notice`; `link` is the run in Airflow."""

    pipeline: str
    events: list[NoticeEvent]
    subject: str
    reason: str
    next_step: str
    link: str


def tell(pipeline: Pipeline, context: Mapping[str, object] | Context, notice: Notice) -> None:
    """Tell everybody who wants to know of one of these events, once.

    A notice that can't be sent is an error in the log and nothing more: the run's state says what the run is worth.
    """
    for one in pipeline.notices:
        if not set(one.events) & set(notice["events"]):
            continue
        values: Any = {
            **context,
            "notice": notice,
        }  # a notifier reads its templates' names there, as in a task's context
        try:
            one.new_notifier()(values)
        except Exception:
            log.exception("%s could not tell of %s", one.notifier, ", ".join(notice["events"]))


def run_link(dag_id: str, run_id: str) -> str:
    """The run in Airflow's UI; a path where Airflow does not know its own address (`[api] base_url`)."""
    from airflow.configuration import conf

    address = str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
    return f"{address}/dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}"

"""Addresses, each with the path under which Airflow itself is reached."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

MOUNTED_AT = "/reverse-sync"


def base_path() -> str:
    """The path of `[api] base_url`, without a slash at its end; empty where Airflow has a host of its own."""
    from airflow.configuration import conf

    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


def page(*parts: str) -> str:
    """A page of ours; each part is encoded."""
    return "/".join([base_path() + MOUNTED_AT, *(quote(part, safe="") for part in parts)])


def dag_page(dag_id: str) -> str:
    """The pipeline's own page."""
    return page("dags", dag_id)


def run_page(dag_id: str, run_id: str) -> str:
    """One run."""
    return page("dags", dag_id, "runs", run_id)


def airflow(*parts: str) -> str:
    """A page of Airflow's; each part is encoded."""
    return "/".join([base_path(), *(quote(part, safe="") for part in parts)])


def task_log(dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> str:
    """The log of a task in Airflow's UI."""
    mapped = ("mapped", str(map_index)) if map_index >= 0 else ()
    return airflow("dags", dag_id, "runs", run_id, "tasks", task_id, *mapped)


def answers(dag_id: str, run_id: str, task_id: str) -> str:
    """Where a person answers what a task asks."""
    return f"{task_log(dag_id, run_id, task_id)}/required_actions"

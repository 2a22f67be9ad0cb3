"""The page in Airflow's UI: the app as Airflow mounts it, with a metadata database and an evidence folder of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from airflow import settings
from airflow.api_fastapi import app as airflow_app
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.types import DagRunType
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, insert

from reverse_sync.evidence import store
from reverse_sync.page import history
from reverse_sync.page.addresses import MOUNTED_AT
from reverse_sync.page.app import create_app
from reverse_sync.pipeline import load
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

PIPELINE = load(ROOT / "include" / "pipelines" / "flightspecials.yaml")
DAG = PIPELINE.dag_id
BEGAN = datetime(2026, 11, 22, 3, tzinfo=UTC)


def recorded(**changes: Any) -> dict[str, Any]:
    """A record that a run of the rehearsal wrote."""
    record: dict[str, Any] = json.loads((ROOT / "tests/data/page/proved.json").read_text(encoding="utf-8"))
    return record | changes


class Page:
    """The mounted app, and what it reads."""

    def __init__(self, folder: Path) -> None:
        self.evidence = PIPELINE.evidence
        self.folder = folder / "evidence"
        self.app = create_app()
        outer = FastAPI()
        outer.mount(MOUNTED_AT, self.app)
        self._outer = outer
        self.session = settings.NonScopedSession()  # type: ignore[misc]

    def client(self, role: str | None = "viewer", *, anonymous: bool = False) -> TestClient:
        """A browser that has signed in."""
        client = TestClient(self._outer, base_url="http://page", raise_server_exceptions=False)
        if not anonymous:
            user = SimpleAuthManagerUser(username="김민지", role=role)
            client.cookies.set("_token", airflow_app.get_auth_manager().generate_jwt(user))
        return client

    def get(self, *path: str, **query: str) -> str:
        """A page as a viewer sees it."""
        answer = self.client().get("/".join([MOUNTED_AT, *path]) or "/", params=query)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def run(self, number: int, state: str = "success", times_cleared: int = 0) -> str:
        """A run of the DAG, an hour after the one before."""
        began = BEGAN + timedelta(hours=number)
        run_id = f"manual__{began.isoformat()}"
        ended = began + timedelta(minutes=2) if state in ("success", "failed") else None
        run = DagRun(dag_id=DAG, run_id=run_id, run_type=DagRunType.MANUAL, run_after=began, start_date=began)
        run.triggering_user_name = "김민지"
        run.end_date = ended
        run.clear_number = times_cleared
        run._state = state
        self.session.add(run)
        self.session.commit()
        return run_id

    def task(self, run_id: str, task: str, state: str, **more: Any) -> None:
        """One task of a run."""
        values = {
            "id": uuid4(),
            "dag_id": DAG,
            "run_id": run_id,
            "task_id": task,
            "map_index": -1,
            "state": state,
            "operator": "AnyOperator",
            "start_date": BEGAN,
            "try_number": 1,
            "max_tries": 3,
            "pool": "default_pool",
            "pool_slots": 1,
            "priority_weight": 1,
        }
        self.session.execute(insert(TaskInstance).values(values | more))
        self.session.commit()

    def proved(self, number: int, record: dict[str, Any] | None = None) -> str:
        """A run that ended, with its record."""
        run_id = self.run(number)
        store.write(self.evidence, {**(record or recorded()), "run_id": run_id, "times_cleared": 0})  # type: ignore[typeddict-item]
        return run_id


@cache
def _empty_database() -> bytes:
    """Airflow's tables, made once."""
    import_all_models()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        engine = create_engine(f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The page on an empty database."""
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/airflow.db")
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "of these tests alone, and long enough for HS512: " + "x" * 32)
    monkeypatch.setattr("airflow.configuration.AIRFLOW_HOME", str(tmp_path))
    history._summary.cache_clear()
    settings.dispose_orm(do_log=False)
    settings.configure_vars()
    (tmp_path / "airflow.db").write_bytes(_empty_database())
    settings.configure_orm()
    airflow_app.create_auth_manager()
    with create_session() as session:
        session.add(DagBundleModel(name="dags"))
        session.flush()
        session.add(DagModel(dag_id=DAG, bundle_name="dags", fileloc="dags", is_paused=False))
    page = Page(tmp_path)
    yield page
    page.session.close()
    airflow_app.purge_cached_app()
    settings.dispose_orm(do_log=False)
    monkeypatch.undo()
    settings.configure_vars()
    settings.configure_orm()

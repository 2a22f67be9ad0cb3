"""The addresses of the page. Each one looks only, and says who may look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

# FastAPI reads these annotations when the routes are made.
from airflow.api_fastapi.common.db.common import SessionDep  # noqa: TC002
from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, HTMLResponse

from reverse_sync.errors import PipelineError
from reverse_sync.page import access
from reverse_sync.page.comparison import compared, nothing_changed
from reverse_sync.page.history import StorageError, past_runs, readable, recorded_run
from reverse_sync.page.mapping_view import mapping_view
from reverse_sync.page.overview import card
from reverse_sync.page.rendering import render
from reverse_sync.page.run_view import live_view, run_view
from reverse_sync.page.runs import one_run, recent_runs
from reverse_sync.pipeline import pipelines, usable_pipelines

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from reverse_sync.page.runs import Run
    from reverse_sync.pipeline import Pipeline

ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
A_PAGE_OF_RUNS = 50

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/", dependencies=[access.shell])
def overview(session: SessionDep, user: GetUserDep) -> HTMLResponse:
    """A card for each pipeline that the caller may see, and the pipeline files that can't be used."""
    readable = access.readable_dags(user)
    found = pipelines()
    usable = [one for one in found.values() if not isinstance(one, PipelineError)]
    broken = {file.name: str(one) for file, one in found.items() if isinstance(one, PipelineError)}
    return render(
        "overview.html",
        cards=[card(session, pipeline) for pipeline in usable if pipeline.dag_id in readable],
        hidden=not all(pipeline.dag_id in readable for pipeline in usable),
        broken=broken if access.may_see_import_errors(user) else {},
    )


@router.get("/dags/{dag_id}", dependencies=[access.runs_of_dag])
def dag(session: SessionDep, dag_id: str, page: Annotated[int, Query(ge=0, le=10_000)] = 0) -> HTMLResponse:
    """One pipeline: its card, and all of its runs."""
    pipeline = _pipeline(dag_id)
    if pipeline is None:
        return render("other_dag.html", dag_id=dag_id)
    runs = recent_runs(session, dag_id, A_PAGE_OF_RUNS + 1, offset=page * A_PAGE_OF_RUNS)
    shown, trouble = runs[:A_PAGE_OF_RUNS], ""
    try:
        past = past_runs(pipeline.evidence, shown)
    except StorageError as error:
        past, trouble = [], str(error)
    return render(
        "dag.html",
        dag_id=dag_id,
        pipeline=pipeline,
        card=card(session, pipeline) if dag_id == pipeline.dag_id else None,
        past=past,
        trouble=trouble,
        number=page,
        more=len(runs) > A_PAGE_OF_RUNS,
    )


@router.get("/dags/{dag_id}/runs/{run_id}", dependencies=[access.runs_of_dag])
def run(
    session: SessionDep, dag_id: str, run_id: str, cleared: Annotated[int | None, Query(ge=0)] = None
) -> HTMLResponse:
    """One run."""
    pipeline = _pipeline(dag_id)
    if pipeline is None:
        return render("other_dag.html", dag_id=dag_id)
    found = _run(session, dag_id, run_id)
    try:
        view = run_view(session, pipeline, found, cleared)
    except StorageError as error:
        return render(
            "run_without_record.html", pipeline=pipeline, live=live_view(session, pipeline, found, None), trouble=error
        )
    return render("run.html", pipeline=pipeline, view=view, live=view.live, cleared=cleared)


@router.get("/dags/{dag_id}/runs/{run_id}/live", dependencies=[access.runs_of_dag])
def live(session: SessionDep, dag_id: str, run_id: str) -> HTMLResponse:
    """The part of a run's page that moves; the script asks for it again and again."""
    pipeline = _pipeline(dag_id)
    if pipeline is None:
        raise HTTPException(404, f"{dag_id} is no DAG of a pipeline file.")
    return render("live.html", live=live_view(session, pipeline, _run(session, dag_id, run_id), None))


@router.get("/dags/{dag_id}/compare", dependencies=[access.runs_of_dag])
def compare(session: SessionDep, dag_id: str, before: str, after: str) -> HTMLResponse:
    """Any two runs of one DAG, side by side."""
    pipeline = _pipeline(dag_id)
    if pipeline is None:
        return render("other_dag.html", dag_id=dag_id)
    both = (_run(session, dag_id, before), _run(session, dag_id, after))
    try:
        first, second = (recorded_run(pipeline.evidence, one) for one in both)
        past = past_runs(pipeline.evidence, both)
        with readable("The two runs"):
            subjects = compared(first, second)
    except StorageError as error:
        return render("trouble.html", title="Two runs", trouble=str(error))
    return render("compare.html", pipeline=pipeline, both=past, subjects=subjects, same=nothing_changed(subjects))


@router.get("/dags/{dag_id}/mapping", dependencies=[access.runs_of_dag])
def mapping(session: SessionDep, dag_id: str) -> HTMLResponse:
    """What the table mapping makes of each table."""
    pipeline = _pipeline(dag_id)
    if pipeline is None:
        return render("other_dag.html", dag_id=dag_id)
    try:
        return render("mapping.html", pipeline=pipeline, view=mapping_view(session, pipeline))
    except StorageError as error:
        return render("trouble.html", title="Table mapping", trouble=str(error))


@router.get("/assets/{name}", dependencies=[access.shell])
def asset(name: str) -> FileResponse:
    """The style, the script, the icon."""
    if name not in ASSETS:
        raise HTTPException(404, "There is no such file.")
    return FileResponse(Path(__file__).parent / "static" / name, media_type=ASSETS[name])


def _pipeline(dag_id: str) -> Pipeline | None:
    """The pipeline whose DAG this is; None where it is another project's, or its file can't be used."""
    own = (one for one in usable_pipelines() if dag_id in (one.dag_id, one.decommission_dag_id))
    return next(own, None)


def _run(session: Session, dag_id: str, run_id: str) -> Run:
    found = one_run(session, dag_id, run_id)
    if found is None:
        raise HTTPException(404, f"Airflow has no run {run_id} of {dag_id}: it was deleted, or the address is wrong.")
    return found

"""A change through the service's API: what each answer means, said so that a person can act on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reverse_sync.errors import NeedsPersonError, NotProvedError, ReverseSyncError
from reverse_sync.pipeline import HttpCanary
from reverse_sync.verify import api
from tests.support.parts import free_port
from tests.support.wait import eventually

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


def called(pipeline: Pipeline) -> HttpCanary:
    """The shipped canary, which is a call."""
    assert isinstance(pipeline.canaries[0], HttpCanary)
    return pipeline.canaries[0]


CALL = "PUT /travelbuddy/flightspecials/3/name"


def header(running: RunningParts, row_id: int = 3) -> str:
    with running.postgres() as session:
        row = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = %s", [row_id]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_change_arrives_in_postgresql(running: RunningParts, pipeline: Pipeline, method: str) -> None:
    text = f"두바이에서 카이로 ({method})"
    status = api.change(api.Call(called(pipeline), method, 3, text), pipeline.aws)
    assert (status, header(running)) == (200, text)


@pytest.mark.parametrize(
    ("mode", "kind", "said"),
    [
        ("error_404", NeedsPersonError, f"{CALL}, but answered 404 Not Found (.*): correct canary.path or canary.id"),
        (
            "error_405",
            NeedsPersonError,
            f"{CALL}, but answered 405 Method Not Allowed; it allows GET: choose such a method",
        ),
        (
            "redirect",
            NeedsPersonError,
            f"{CALL}, but answered 302 Found, a redirect to /travelbuddy/login: put the final",
        ),
        ("error_500", ReverseSyncError, f"{CALL}, but answered 500 Internal Server Error .*look at the service's log"),
    ],
)
def test_a_refusal_names_the_answer_and_changes_nothing(
    running: RunningParts, pipeline: Pipeline, mode: str, kind: type[Exception], said: str
) -> None:
    before = header(running)
    with running.api_mode(mode), pytest.raises(kind, match=said) as refused:
        api.change(api.Call(called(pipeline), "PUT", 3, "never"), pipeline.aws)
    assert isinstance(refused.value, NeedsPersonError) == (kind is NeedsPersonError)
    assert header(running) == before


def test_an_api_that_does_not_answer_is_named(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_FLIGHTSPECIALS_API", json.dumps({"conn_type": "http", "host": "127.0.0.1", "port": free_port()})
    )
    with pytest.raises(ReverseSyncError, match=f"The API should answer {CALL}, but does not: .*refused") as failed:
        api.change(api.Call(called(pipeline), "PUT", 3, "never"), pipeline.aws)
    assert not isinstance(failed.value, NeedsPersonError)
    assert "Check the host and port of the connection 'flightspecials_api'" in str(failed.value)


def test_an_api_that_hangs_is_given_up(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "READ_TIMEOUT_S", 0.3)
    with running.api_mode("hang"), pytest.raises(ReverseSyncError, match=f"{CALL}, but does not: .*timed out"):
        api.change(api.Call(called(pipeline), "PUT", 3, "late"), pipeline.aws)
    assert eventually(lambda: header(running) == "late"), "the change that nobody waits for any more"


def test_the_api_is_asked_whether_it_shows_the_change(
    running: RunningParts, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "SHOWN_WITHIN_S", 0.2)
    asked = called(pipeline).model_copy(update={"get_path": "/travelbuddy/flightspecials/{id}"})
    call = api.Call(asked, "PUT", 3, '카이로 "now"')
    api.change(call, pipeline.aws)
    assert api.shown(call, pipeline.aws) == "GET /travelbuddy/flightspecials/3 shows the text"
    with pytest.raises(
        NotProvedError, match=r"GET /travelbuddy/flightspecials/3 does not show it after 0.2 s: {.*cache"
    ):
        api.shown(call._replace(text="카이로"), pipeline.aws)
    assert api.shown(api.Call(called(pipeline), "PUT", 3, "x"), pipeline.aws) == ""

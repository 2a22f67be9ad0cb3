"""A change through the service's API: what each answer means, said so that a person can act on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reverse_sync.errors import NeedsPersonError, NotProvedError, ReverseSyncError
from reverse_sync.verify import api
from reverse_sync.verify.canary import canary_row, see_in_postgres
from tests.support.parts import free_port

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import World

pytestmark = pytest.mark.integration
CALL = "PUT /travelbuddy/flightspecials/3/name"


def header(world: World, row_id: int = 3) -> str:
    with world.postgres() as session:
        row = session.execute("SELECT header FROM travelbuddy.flightspecial WHERE id = %s", [row_id]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_change_arrives_in_postgresql(world: World, pipeline: Pipeline, method: str) -> None:
    text = f"두바이에서 카이로 ({method})"
    status = api.change(pipeline.canary, method, 3, text)
    assert (status, header(world)) == (200, text)


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
    world: World, pipeline: Pipeline, mode: str, kind: type[Exception], said: str
) -> None:
    before = header(world)
    with world.api_mode(mode), pytest.raises(kind, match=said) as refused:
        api.change(pipeline.canary, "PUT", 3, "never")
    assert isinstance(refused.value, NeedsPersonError) == (kind is NeedsPersonError)
    assert header(world) == before


def test_an_api_that_does_not_answer_is_named(
    world: World, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_FLIGHTSPECIALS_API", json.dumps({"conn_type": "http", "host": "127.0.0.1", "port": free_port()})
    )
    with pytest.raises(ReverseSyncError, match=f"The API should answer {CALL}, but does not: .*refused") as failed:
        api.change(pipeline.canary, "PUT", 3, "never")
    assert not isinstance(failed.value, NeedsPersonError)
    assert "Check the host and port of the connection 'flightspecials_api'" in str(failed.value)


def test_an_api_that_hangs_is_given_up(world: World, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "READ_TIMEOUT_S", 0.3)
    with world.api_mode("hang"), pytest.raises(ReverseSyncError, match=f"{CALL}, but does not: .*timed out"):
        api.change(pipeline.canary, "PUT", 3, "never")


def test_an_answer_without_effect_is_not_taken_for_a_change(
    world: World, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reverse_sync.verify.canary.SEEN_IN_POSTGRES_WITHIN_S", 0.2)
    before = header(world)
    with world.api_mode("no_effect"):
        status = api.change(pipeline.canary, "PUT", 3, "without effect")
    with pytest.raises(NotProvedError) as failed:
        see_in_postgres(canary_row(pipeline, 3), "without effect", status)
    assert f"The API answered 200, but PostgreSQL still has {before!r}" in str(failed.value)
    assert "travelbuddy.flightspecial.header of row 3, not 'without effect'" in str(failed.value)

"""The examples as a user starts them: their tables are made, and the preflight finds nothing to correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rehearsal.layout import Layout
from rehearsal.own_tables import make_tables
from rehearsal.pipeline_file import SelectionError, find_pipeline
from rehearsal.selection import Selection
from reverse_sync.pipeline import load
from reverse_sync.preflight.runner import run
from tests.support.all_parts import all_parts, name_connections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rehearsal.layout import Ports

pytestmark = pytest.mark.integration
ORDERS = find_pipeline("orders")


def chosen(*folders: Path) -> Selection:
    return Selection((ORDERS,), folders)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def started(home: Path) -> Iterator[Ports]:
    """The parts, called as the example's pipeline file calls them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in chosen(ORDERS.folder).environment(Layout(home)).items():
            patch.setenv(name, value)
        with all_parts(home / "parts") as ports:
            yield ports


@pytest.fixture
def ports(started: Ports, monkeypatch: pytest.MonkeyPatch) -> Ports:
    name_connections(started, monkeypatch)
    return started


def test_the_orders_of_the_example(ports: Ports, home: Path) -> None:
    make_tables(chosen(ORDERS.folder), Layout(home), ports)
    make_tables(chosen(ORDERS.folder), Layout(home), ports)  # made once
    found = run(load(ORDERS.path))
    assert {item.code for item in found if item.severity != "note"} == {"tls-off", "key-is-padded"}


def folder(place: Path, **files: str) -> Path:
    place.mkdir()
    for name, text in files.items():
        (place / f"{name}.sql").write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"postgres": "SELECT 1;\nSELECT nothing;"},
            r'postgres.sql, line 2: PostgreSQL says column "nothing" does not',
        ),
        (
            {"oracle": "CREATE TABLE ERP.T1 (A NUMBER);\nCREATE TABLE ERP.T1 (B NUMBER)"},
            r"oracle.sql: Oracle says ORA-00955: .*, of: CREATE TABLE ERP.T1 \(B NUMBER\)\. Correct it; `make fresh` takes",
        ),
    ],
)
def test_what_a_database_refuses_is_named(
    ports: Ports, home: Path, tmp_path: Path, files: dict[str, str], said: str
) -> None:
    with pytest.raises(SelectionError, match=said):
        make_tables(chosen(folder(tmp_path / "mine", **files)), Layout(home), ports)


def test_tables_that_were_changed_since(ports: Ports, home: Path, tmp_path: Path) -> None:
    mine = folder(tmp_path / "mine", postgres="CREATE TABLE public.mine (id int);")
    make_tables(chosen(mine), Layout(home), ports)
    (mine / "postgres.sql").write_text("CREATE TABLE public.mine (id bigint);")
    with pytest.raises(SelectionError, match="was changed since its tables were made: `make fresh` empties"):
        make_tables(chosen(mine), Layout(home), ports)

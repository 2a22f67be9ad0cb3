"""What the next rehearsal begins with: all that was kept, or nothing of what belongs together."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from rehearsal import kept
from rehearsal.layout import Layout, Ports
from rehearsal.port_choice import WELL_KNOWN

if TYPE_CHECKING:
    from pathlib import Path

PORTS = Ports(airflow=1, flightspecials_api=2, postgres=3, postgres_control=4, oracle=5, aws=6)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A rehearsal that was up once, with a record and a task log."""
    layout = Layout(tmp_path)
    for part in ("postgres", "oracle"):
        (layout.part_home(part) / "cluster").mkdir(parents=True)
        (layout.part_home(part) / "cluster/complete").touch()
    for file in ("aws/records.pickle", "airflow/evidence/dag/run.json", "airflow/logs/task.log", "cache/airflow-1.db"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    kept.remember(layout, PORTS)
    return layout


def test_the_first_begins_from_the_starting_state_at_the_well_known_ports(tmp_path: Path) -> None:
    beginning = kept.begin(Layout(tmp_path))
    assert (beginning.sentence, beginning.ports) == ("Everything begins from the starting state.", WELL_KNOWN)


def test_the_next_goes_on_at_the_same_ports_and_remembers_since_when(layout: Layout) -> None:
    since = json.loads((layout.home / "kept.json").read_text())["since"]
    beginning = kept.begin(layout)
    assert beginning.sentence == f"Everything goes on as it was left (`make fresh` empties it); it began {since}."
    assert beginning.ports == vars(PORTS)
    kept.remember(layout, PORTS)
    assert json.loads((layout.home / "kept.json").read_text())["since"] == since


def test_a_first_start_that_was_broken_off_leaves_nothing_half_made(layout: Layout) -> None:
    (layout.home / "kept.json").unlink()
    kept.begin(layout)
    assert not any(layout.part_home(part).exists() for part in ("postgres", "oracle", "aws"))
    assert layout.part_home("airflow").exists()


@pytest.mark.parametrize(("lost", "named"), [("postgres/cluster/complete", "postgres"), ("aws/records.pickle", "aws")])
def test_what_belongs_together_is_kept_together_or_not_at_all(layout: Layout, lost: str, named: str) -> None:
    (layout.home / lost).unlink()
    sentence = kept.begin(layout).sentence
    assert sentence.startswith(f"The data of {named} that {os.path.relpath(layout.home)} kept are gone: the databases")
    assert not any(layout.part_home(part).exists() for part in ("postgres", "oracle", "aws"))
    assert (layout.evidence / "dag/run.json").exists()


def test_data_of_another_version_are_refused_and_not_touched(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.kept.newest_with_pglogical", lambda: "/usr/lib/postgresql/99")
    with pytest.raises(kept.KeptError, match=r"was made by another version of .*; `make fresh` empties it"):
        kept.begin(layout)
    assert (layout.part_home("postgres") / "cluster/complete").exists()


def test_data_that_were_made_for_other_names_are_refused(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_DB_INSTANCE", "orders-prod")
    said = r"flightspecials-test-postgres-db, .* but these pipelines name ap-northeast-2, orders-prod, .*`make fresh`"
    with pytest.raises(kept.KeptError, match=said):
        kept.begin(layout)
    assert (layout.part_home("postgres") / "cluster/complete").exists()


def test_emptied_it_has_the_cache_only(layout: Layout) -> None:
    assert kept.empty(layout) == 1
    assert [place.name for place in layout.home.iterdir()] == ["cache"]


def test_a_rehearsal_of_its_own_keeps_the_newest_records_only(layout: Layout) -> None:
    for age in range(30):
        record = layout.evidence / f"dag/run-{age}.json"
        record.touch()
        os.utime(record, (1_000_000_000 - age, 1_000_000_000 - age))
    kept.empty_but_records(layout)
    left = {file.name for file in layout.evidence.glob("*/*.json")}
    assert left == {"run.json", *(f"run-{age}.json" for age in range(18))}
    assert {place.name for place in layout.home.iterdir()} == {"airflow", "cache"}

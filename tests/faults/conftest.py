"""One Airflow whose tasks and components can be killed, and for each test databases, an AWS and an API of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rehearsal.layout import Layout
from rehearsal.port_choice import choose_ports
from tests.support.impatient import impatient_include
from tests.support.trial import mortal_airflow, trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.trial import MortalAirflow, Trial

MATRIX = pytest.StashKey[dict[str, dict[str, str]]]()


@pytest.fixture(scope="package")
def airflow(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[MortalAirflow]:
    home = tmp_path_factory.mktemp("mortal")
    include = impatient_include(home)
    layout = Layout(home)
    # Migrating Airflow's database takes longer than anything else here.
    layout.cache.symlink_to(pytestconfig.cache.mkdir("airflow"), target_is_directory=True)
    os.environ["REVERSE_SYNC_INCLUDE"] = str(include)
    try:
        with mortal_airflow(layout, choose_ports({})) as up:
            yield up
    finally:
        del os.environ["REVERSE_SYNC_INCLUDE"]


@pytest.fixture(name="trial")
def new_trial(airflow: MortalAirflow, tmp_path: Path) -> Iterator[Trial]:
    with trial(airflow, Layout(tmp_path)) as parts:
        yield parts


@pytest.fixture
def pipeline_file(airflow: MortalAirflow) -> Iterator[Path]:
    """The pipeline file; a test may change it."""
    file = Path(os.environ["REVERSE_SYNC_INCLUDE"], "pipelines", "flightspecials.yaml")
    text = file.read_text(encoding="utf-8")
    yield file
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def matrix(pytestconfig: pytest.Config) -> dict[str, dict[str, str]]:
    """What became of each task, by task and point; printed at the end."""
    return pytestconfig.stash.setdefault(MATRIX, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    matrix = config.stash.get(MATRIX, {})
    points = list(dict.fromkeys(point for results in matrix.values() for point in results))
    if matrix:
        terminalreporter.section("killed tasks")
        terminalreporter.line(f"{'task':<48}" + "".join(f"{point:<14}" for point in points))
    for task, results in matrix.items():
        terminalreporter.line(f"{task:<48}" + "".join(f"{results.get(point, '-'):<14}" for point in points).rstrip())

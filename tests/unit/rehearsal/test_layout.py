"""The folder of a rehearsal: one at a time, and what its state file says."""

from pathlib import Path

import pytest

from rehearsal.layout import AlreadyRunningError, Layout, Ports, State

PORTS = Ports(airflow=1, flightspecials_api=2, postgres=3, postgres_control=4, oracle=5, aws=6)


def test_a_second_rehearsal_in_the_folder_is_told_how_to_see_and_end_the_first(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with layout.held():
        assert layout.in_use()
        with (
            pytest.raises(AlreadyRunningError, match="see it with `make status`, end it with `make down`"),
            Layout(tmp_path).held(patience_s=0),
        ):
            pass
    assert not layout.in_use()


def test_make_rehearse_has_a_folder_of_its_own_and_the_same_cache(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with layout.held(), layout.rehearse.held(patience_s=0):
        assert layout.rehearse.cache == layout.cache
        with (
            pytest.raises(
                AlreadyRunningError, match="`make rehearse` runs there in the foreground: end it with Ctrl-C"
            ),
            Layout(tmp_path).rehearse.held(patience_s=0),
        ):
            pass


def test_another_process_reads_the_state_back(tmp_path: Path) -> None:
    state = State(pid=17, ports=PORTS, part_pids={"postgres": 18}, selection={"REHEARSAL_REGION": "eu-west-1"})
    Layout(tmp_path).write_state(state)
    assert Layout(tmp_path).read_state() == state
    Layout(tmp_path).forget_state()
    assert Layout(tmp_path).read_state() is None

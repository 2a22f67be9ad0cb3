"""Programs that tests start: installed where that can be, and otherwise said how."""

from collections.abc import Sequence
from subprocess import CompletedProcess

import pytest

from rehearsal.debian import PackagesMissingError
from tests.support.programs import PROGRAMS, ensure

each = pytest.mark.parametrize("name", PROGRAMS)


@each
def test_what_is_there_is_left_alone(name: str) -> None:
    def refuse(command: Sequence[str]) -> CompletedProcess[str]:
        raise AssertionError(command)

    assert ensure(name, refuse, [], f"/usr/bin/{name}") is None


@each
def test_without_root_the_command_is_named(name: str) -> None:
    with pytest.raises(PackagesMissingError, match=rf"run `sudo apt-get install --yes .* {name}"):
        ensure(name, lambda command: CompletedProcess(command, 0, "", ""), None, None)


@each
def test_it_is_installed_as_root(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda found: f"/usr/bin/{found}")
    ran: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> CompletedProcess[str]:
        ran.append(command)
        return CompletedProcess(command, 0, "", "")

    assert ensure(name, run, ["sudo", "-n"], None) == f"installed {' '.join(PROGRAMS[name].packages)}"
    assert [command[:4] for command in ran] == [
        ["sudo", "-n", "apt-get", "update"],
        ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"],
    ]


@each
def test_a_refusal_of_apt_is_told(name: str) -> None:
    with pytest.raises(PackagesMissingError, match="no network"):
        ensure(name, lambda command: CompletedProcess(command, 100, "", "no network"), [], None)

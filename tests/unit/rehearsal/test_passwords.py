"""Airflow masks a password wherever it stands in a log, so none may be a part of a name that logs should show."""

from __future__ import annotations

import json

import pytest

from rehearsal.airflow.environment import Neighbours, connections
from reverse_sync import steps
from tests.support.parts import ROOT

# https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html: shorter ones are not masked.
SHORTEST_MASKED = 5
PASSWORDS = {
    found["password"]
    for found in map(json.loads, connections(Neighbours(1, 2, 3, 4)).values())
    if len(found.get("password", "")) >= SHORTEST_MASKED
}


@pytest.mark.parametrize("password", sorted(PASSWORDS))
def test_no_password_is_a_part_of_a_name(password: str) -> None:
    files = [*ROOT.glob("include/pipelines/*"), *ROOT.glob("include/mappings/*"), *ROOT.glob("plugins/**/*.py")]
    assert len(files) > 100
    assert [file.name for file in files if password in file.read_text(encoding="utf-8")] == []
    assert password not in str(vars(steps))


def test_there_are_passwords_to_look_for() -> None:
    assert len(PASSWORDS) == 3

"""The grants of each login: generated, least, and what the documentation prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.grants.__main__ import main
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = ROOT / "include" / "pipelines" / "flightspecials.yaml"


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The grants of the shipped pipeline with other rules, or with another text in its file."""

    def run(rules: list[dict[str, Any]] | None = None, old: str = "", new: str = "", *options: str) -> list[str]:
        (tmp_path / "mappings").mkdir(exist_ok=True)
        mapping = tmp_path / "mappings" / "flightspecials.json"
        shipped = (ROOT / "include" / "mappings" / "flightspecials.json").read_text(encoding="utf-8")
        mapping.write_text(json.dumps({"rules": rules}) if rules else shipped, encoding="utf-8")
        file = tmp_path / "pipeline.yaml"
        file.write_text(FILE.read_text(encoding="utf-8").replace(old, new) if old else FILE.read_text(encoding="utf-8"))
        monkeypatch.setenv("REVERSE_SYNC_INCLUDE", str(tmp_path))
        main([str(file), *options])
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith("GRANT")]

    return run


def select(schema: str, table: str, action: str = "include") -> dict[str, Any]:
    locator = {"schema-name": schema, "table-name": table}
    name = f"{schema}{table}{action}"
    number = str(sum(map(ord, name)))
    return {
        "rule-type": "selection",
        "rule-id": number,
        "rule-name": number,
        "object-locator": locator,
        "rule-action": action,
    }


def test_the_documented_grants_are_the_generated_ones(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(FILE)])
    assert capsys.readouterr().out == (ROOT / "docs" / "grants.sql").read_text(encoding="utf-8")


def test_a_pattern_takes_all_tables_and_names_of_any_kind_are_quoted(printed: Callable[..., list[str]]) -> None:
    lines = printed([select('shop "부산"', "%"), select("Shop", "order")])
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA "shop ""부산""" TO "dmsuser";' in lines
    assert 'GRANT SELECT ON "Shop"."order" TO "dmsuser";' in lines
    any_table = "SELECT ANY TABLE, INSERT ANY TABLE, UPDATE ANY TABLE, DELETE ANY TABLE"
    assert f'GRANT {any_table}, ALTER ANY TABLE TO "DMSUSER";' in lines
    several = "CREATE SESSION, CREATE ANY TRIGGER, ALTER ANY TRIGGER, SELECT ANY SEQUENCE"
    assert f'GRANT {several} TO "REVERSE_SYNC";' in lines


def test_a_pattern_for_the_schemas_takes_the_roles_for_all_of_them(printed: Callable[..., list[str]]) -> None:
    lines = printed([select("%", "%"), select("secret", "%", "exclude")])
    assert [line for line in lines if "_all_data" in line] == [
        'GRANT pg_read_all_data TO "dmsuser";',
        'GRANT pg_write_all_data TO "reverse_sync";',
    ]
    assert not [line for line in lines if "secret" in line or ' ON SCHEMA "%' in line]


def test_what_the_file_does_without_is_not_granted(printed: Callable[..., list[str]]) -> None:
    assert not [line for line in printed(None, "", "") if "DBMS_CRYPTO" in line]
    assert 'GRANT EXECUTE ON SYS.DBMS_CRYPTO TO "DMSUSER";' in printed(None, "validation: false", "validation: true")
    without = 'extra_connection_attributes: "captureDDLs=N"'
    assert not [
        line for line in printed(None, 'extra_connection_attributes: ""', without) if "CREATE ON SCHEMA" in line
    ]
    heartbeat = "heartbeat: {every_min: 5, artifacts_schema: beats}"
    assert 'GRANT USAGE, CREATE ON SCHEMA "beats" TO "dmsuser";' in printed(None, "heartbeat: null ", heartbeat)


def test_other_logins(printed: Callable[..., list[str]]) -> None:
    lines = printed(
        None, "", "", "--dms-source", "dms", "--postgres", "운영", "--dms-target", "DMS", "--oracle", "BATCH"
    )
    assert 'GRANT "dms" TO "운영";' in lines
    assert 'GRANT SELECT, INSERT, UPDATE, DELETE ON "TRAVELBUDDY"."FLIGHTSPECIAL" TO "BATCH";' in lines
    assert not [line for line in lines if "dmsuser" in line or 'TO "TRAVELBUDDY"' in line]


def test_a_file_that_cannot_be_used_is_named() -> None:
    with pytest.raises(SystemExit, match=r"missing\.yaml: can't be read"):
        main(["missing.yaml"])

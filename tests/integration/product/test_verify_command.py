"""`python -m reverse_sync.verify`: what it prints, and how it exits."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from reverse_sync.verify.__main__ import main
from tests.integration.product.conftest import PIPELINE
from tests.integration.product.test_reconciliation import in_oracle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


@pytest.fixture
def file(running: RunningParts, tmp_path: Path) -> Path:
    text = PIPELINE.read_text(encoding="utf-8")
    file = tmp_path / "flightspecials.yaml"
    file.write_text(
        text.replace("recheck_after_s: 2 ", "recheck_after_s: 0.05 ").replace("rechecks: 3 ", "rechecks: 1 ")
    )
    return file


@pytest.fixture
def one_row_less(running: RunningParts) -> Iterator[None]:
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 900 WHERE ID = 9")
    yield
    in_oracle(running, "UPDATE FLIGHTSPECIAL SET ID = 9 WHERE ID = 900")


def test_equal_tables_exit_with_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file)]) == 0
    assert "11 rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same\n  compared by hashes\n" in capsys.readouterr().out


def test_differences_exit_with_1_and_are_json(
    file: Path, one_row_less: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), "--table", "travelbuddy.flightspecial", "--json"]) == 1
    (result,) = json.loads(capsys.readouterr().out)
    assert result["counts"] == {
        "equal": 10, "different": 0, "missing in Oracle": 1, "extra in Oracle": 1, "truncated by the LOB limit": 0,
        "in flight": 0,
    }  # fmt: skip
    assert [difference["key"] for difference in result["differences"]] == [["9"], ["900"]]


class Terminal(StringIO):
    """Where a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("options", "rows"), [([], 11), (["--where", "id < 5"], 4)])
def test_a_bar_shows_how_far_it_is_and_how_fast(
    file: Path, options: list[str], rows: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    assert main([str(file), *options]) == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())
    assert re.search(rf"travelbuddy\.flightspecial ━+ +{rows}/{rows} [1-9][0-9,]* rows/s 0:00:00", shown)
    assert "rows/s" not in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("options", "rows"), [(["--where", "id < 5 -- '%s' {x}"], 4), (["--since", "id=9"], 3), (["--sample", "100"], 11)]
)
def test_some_rows_only(file: Path, options: list[str], rows: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), *options]) == 0
    assert capsys.readouterr().out.startswith(
        f"{rows} rows of TRAVELBUDDY.FLIGHTSPECIAL, all the same\n  compared only rows where"
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--table", "travelbuddy.hotel"], "--table names travelbuddy.hotel, but the mapping selects travelbuddy.flightspecial"),
    ],
)  # fmt: skip
def test_what_can_not_be_looked_at_exits_with_2(
    file: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), *options]) == 2
    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.out == ""
    assert "Traceback" not in printed.err


def test_a_condition_that_postgresql_refuses_exits_with_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--where", "no such thing"]) == 2
    assert "TRAVELBUDDY.FLIGHTSPECIAL cannot be compared: PostgreSQL refuses" in capsys.readouterr().out


def test_a_database_that_is_away_exits_with_2(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TRAVELBUDDY_ORACLE", "oracle://TRAVELBUDDY:welcome@127.0.0.1:1/XE")
    assert main([str(file)]) == 2
    assert "TRAVELBUDDY.FLIGHTSPECIAL cannot be compared: Oracle does not answer" in capsys.readouterr().out


def test_a_connection_that_nobody_gave_exits_with_2(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES")
    assert main([str(file)]) == 2
    said = capsys.readouterr().err
    assert "The conn_id `flightspecials_postgres` isn't defined: give the command that connection" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("options", [["--since", "id"], ["--sample", "0"]])
def test_options_that_make_no_sense_are_refused(
    file: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main([str(file), *options])
    assert exited.value.code == 2
    assert f"{options[0]} wants" in capsys.readouterr().err

"""Seeding a real Oracle: what can be shown of it with the stand-in, which has the schema already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.oracle.legacy import schema, statements
from rehearsal.oracle_free import seed
from tests.support.parts import free_port, part

pytestmark = pytest.mark.integration


def test_it_leaves_alone_what_is_there_and_says_what_is_wrong(tmp_path: Path) -> None:
    port = free_port()
    with part("oracle", "--home", tmp_path / "oracle", "--port", port, log=tmp_path / "log"):
        assert seed(f"127.0.0.1:{port}/XE", "manager") is False
        refused = subprocess.run(
            [sys.executable, "-m", "rehearsal.oracle_free"],
            cwd=Path(__file__).parents[3],
            env=os.environ | {"ORACLE_DSN": f"127.0.0.1:{port}/XE", "ORACLE_PASSWORD": "wrong"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"the legacy schema could not be made in 127.0.0.1:{port}/XE: ORA-01017")
    assert "Traceback" not in refused.stderr


def test_a_script_is_split_where_a_slash_stands_alone() -> None:
    found = list(schema())
    assert [one.split()[:2] for one in found if "TRIGGER" in one] == [["CREATE", "OR"]] * 2
    assert all(one.endswith("END;") for one in found if "TRIGGER" in one)
    assert list(statements("SELECT 1 / 2 FROM DUAL\n/\nCOMMIT\n/\n")) == ["SELECT 1 / 2 FROM DUAL", "COMMIT"]

"""What the logins of the pipelines may do: the product's own list, which so is tried in every rehearsal."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from rehearsal.layout import PROJECT

ORACLE_LOGIN = "REVERSE_SYNC"
"""The login of the DAGs in Oracle where the tables are not the shipped pipeline's."""


class Grants(NamedTuple):
    """The statements for each database."""

    postgres: list[str]
    oracle: list[str]


def documented() -> Grants:
    """Those of the shipped pipeline."""
    return _grants((PROJECT / "docs/grants.sql").read_text(encoding="utf-8"))


def needed_by(pipeline: Path) -> Grants:
    """Those of a pipeline file; none for one that the product can't read, which its DAG says."""
    printed = subprocess.run(
        [sys.executable, "-m", "reverse_sync.grants", pipeline, "--oracle", ORACLE_LOGIN],
        env=os.environ | {"PYTHONPATH": str(PROJECT / "plugins")},
        capture_output=True,
        text=True,
        check=False,
    )
    return _grants(printed.stdout)


def _grants(script: str) -> Grants:
    postgres, _, oracle = script.partition("-- Oracle")
    return Grants(_statements(postgres), _statements(oracle))


def _statements(script: str) -> list[str]:
    return [line.rstrip(";") for line in script.splitlines() if line.startswith("GRANT ")]

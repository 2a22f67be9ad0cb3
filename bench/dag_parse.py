"""Time to parse the DAG folder, beside importing Airflow alone."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1]
_IMPORT = "from airflow.dag_processing.dagbag import DagBag; from airflow.sdk import DAG"
_PARSE = (
    f"{_IMPORT}; bag = DagBag({str(_PROJECT / 'dags')!r}); assert bag.dags and not bag.import_errors, bag.import_errors"
)
_REPEATS = 5


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(_PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }
        _seconds(_PARSE, environment)  # writes Airflow's configuration and what bytecode is missing
        alone, parsed = [], []
        for _ in range(_REPEATS):
            alone.append(_seconds(_IMPORT, environment))
            parsed.append(_seconds(_PARSE, environment))
    ratio = statistics.median(parsed) / statistics.median(alone)
    print(f"importing Airflow alone     {statistics.median(alone):6.2f} s")
    print(f"and parsing the DAG folder  {statistics.median(parsed):6.2f} s   {ratio:.2f} times (aim: at most 1.3)")


def _seconds(program: str, environment: dict[str, str]) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    return time.monotonic() - started


if __name__ == "__main__":
    main()

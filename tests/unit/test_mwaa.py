"""What `make mwaa` builds: whole, reproducible, and with versions that the image allows."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from mwaa.__main__ import TooLargeError, build, local_records
from reverse_sync.errors import PipelineError
from tests.support.parts import ROOT


def pins(file: Path) -> dict[str, str]:
    """Package, without extras -> version."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==([^ ;\n]+)", file.read_text(), re.MULTILINE))


CONSTRAINTS = pins(ROOT / "mwaa" / "constraints.txt")
UPLOADED = pins(ROOT / "mwaa" / "requirements.txt")


def test_unpacked_as_mwaa_does_the_pipelines_are_found(tmp_path: Path) -> None:
    build(tmp_path / "upload")
    plugins = tmp_path / "airflow" / "plugins"
    ZipFile(tmp_path / "upload" / "plugins.zip").extractall(plugins)
    code = "from reverse_sync.pipeline import *; print([load(file).dag_id for file in pipeline_files()])"
    environment = {name: value for name, value in os.environ.items() if name != "REVERSE_SYNC_INCLUDE"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(plugins)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "['flightspecials_reverse_sync']"
    uploaded = {str(file.relative_to(tmp_path / "upload")) for file in (tmp_path / "upload").rglob("*.*")}
    assert uploaded == {"plugins.zip", "requirements.txt", *(f"dags/{file.name}" for file in ROOT.glob("dags/*.py"))}


def test_the_same_sources_give_the_same_bytes_and_nothing_compiled(tmp_path: Path) -> None:
    build(tmp_path / "one")
    build(tmp_path / "two")
    one = tmp_path / "one" / "plugins.zip"
    assert one.read_bytes() == (tmp_path / "two" / "plugins.zip").read_bytes()
    names = ZipFile(one).namelist()
    assert {".airflowignore", "reverse_sync_listener.py", "include/runbook.md"} <= set(names)
    assert [name for name in names if name.endswith(".pyc")] == []


def test_what_is_too_large_leaves_what_was_built_before(tmp_path: Path) -> None:
    build(tmp_path / "upload")
    before = (tmp_path / "upload" / "plugins.zip").read_bytes()
    with pytest.raises(TooLargeError, match=rf"would have {len(before)} bytes, and 1000 is the most"):
        build(tmp_path / "upload", largest_bytes=1000)
    assert (tmp_path / "upload" / "plugins.zip").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_records_that_a_worker_would_take_with_it_are_named(tmp_path: Path) -> None:
    text = (ROOT / "include/pipelines/flightspecials.yaml").read_text()
    for name, base_path in (("one", "kept/here"), ("two", "s3://records/two")):
        (tmp_path / f"{name}.yaml").write_text(text.replace("base_path: evidence ", f"base_path: {base_path} "))
    assert local_records(tmp_path) == {"one.yaml": "kept/here"}
    (tmp_path / "three.yaml").write_text("name: [")
    with pytest.raises(PipelineError, match=r"three\.yaml"):
        local_records(tmp_path)


def test_what_is_uploaded_is_what_the_image_allows() -> None:
    assert {name: CONSTRAINTS.get(name) for name in UPLOADED} == UPLOADED
    assert "apache-airflow" not in UPLOADED


def test_every_provider_of_the_own_lock_is_there_on_mwaa() -> None:
    own = {name for name in pins(ROOT / "requirements.in") if "providers" in name}
    assert own - set(UPLOADED) == set()


def test_what_the_matrix_tests_with_is_what_the_lock_has() -> None:
    beside, locked = pins(ROOT / "requirements-matrix.txt"), pins(ROOT / "requirements-dev.txt")
    assert {name: locked.get(name) for name in beside} == beside


@pytest.mark.skipif(".matrix/mwaa" not in sys.prefix, reason="says what `make matrix` has installed")
def test_the_matrix_has_exactly_the_versions_of_the_image() -> None:
    assert {name: version(name) for name in CONSTRAINTS} == CONSTRAINTS


@pytest.mark.parametrize(
    ("package", "found", "refused"),
    [
        ("apache-airflow", "2.11.2", True),  # there was no apache-airflow-core before Airflow 3
        ("apache-airflow-core", "3.2.1", True),
        ("apache-airflow-core", "3.2.0rc1", True),
        ("apache-airflow-core", "3.3.1", False),
        ("apache-airflow-core", "3.3rc1", False),
        ("apache-airflow-core", "3.10.0+vendor.1", False),
    ],
)
def test_an_airflow_that_is_too_old_is_named(tmp_path: Path, package: str, found: str, refused: bool) -> None:
    folder = tmp_path / f"{package.replace('-', '_')}-{found}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {found}\n")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT / 'plugins'}"}
    # -S: without the Airflow that is installed here.
    tried = subprocess.run(
        [sys.executable, "-S", "-c", "import reverse_sync.sql"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    sentence = f"Reverse Sync needs Airflow 3.3 or newer, but this is Airflow {found}"
    assert (sentence in tried.stderr) is refused
    assert (tried.returncode != 0) is refused

"""A release: its tag, version and changelog agree, and its workflow runs what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [1.2.3] - 2026-01-01\n\n- now\n\n## [1.2.2] - 2025-01-01\n\n- before\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/release-notes", tmp_path / ".ci")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def notes(repository: Path, tag: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([repository / ".ci/release-notes", tag], capture_output=True, text=True, check=False)


def test_the_notes_are_the_changelogs_section(repository: Path) -> None:
    assert notes(repository, "v1.2.3").stdout.strip() == "- now"


def test_a_tag_of_another_version_is_refused(repository: Path) -> None:
    refused = notes(repository, "v1.2.4")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "The tag is v1.2.4, but pyproject.toml says 1.2.3, whose tag is v1.2.3: change one of them, commit, and tag that commit.\n"
    )


@pytest.mark.parametrize("changelog", [CHANGELOG.replace("1.2.3", "1.2.1"), CHANGELOG.replace("- now", "")])
def test_a_version_without_a_section_is_refused(repository: Path, changelog: str) -> None:
    (repository / "CHANGELOG.md").write_text(changelog)
    refused = notes(repository, "v1.2.3")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "CHANGELOG.md has nothing in a section [1.2.3]" in refused.stderr


def test_the_version_of_this_tree_is_one_that_the_script_reads() -> None:
    refused = notes(ROOT, "v0")
    assert re.search(r"pyproject\.toml says \d+\.\d+\.\d+, whose", refused.stderr)


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github/workflows").iterdir()), ids=lambda file: file.stem)
def test_a_workflow_runs_what_is_there(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    steps = "\n".join(step["run"] for job in jobs for step in job["steps"] if "run" in step)
    targets = {target for line in re.findall(r"\bmake ([a-z ]+)", steps) for target in line.split()}
    scripts = set(re.findall(r"\.ci/[\w-]+", steps))
    assert targets
    assert scripts
    makefile = (ROOT / "Makefile").read_text()
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()
    assert {script for script in scripts if not (ROOT / script).stat().st_mode & 0o100} == set()
    others = re.findall(r"uses: (\S+)", workflow.read_text())
    assert [one for one in others if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one)] == []

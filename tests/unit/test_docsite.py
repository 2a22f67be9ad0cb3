"""The documentation site: what is made out of the code is current, and no link leads nowhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docsite import pipeline_keys
from docsite.generated import DOCS, generated
from tests.support.parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = generated()


def built(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_made_out_of_the_code_is_current(name: str) -> None:
    """If not: `make docs`."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]


def test_no_page_of_a_finding_is_left_over() -> None:
    assert {f"findings/{file.name}" for file in (DOCS / "findings").glob("*.md")} <= set(PAGES)


def test_every_key_of_the_pipeline_file_is_explained() -> None:
    keys = pipeline_keys.all_keys()
    assert len(keys) > 70
    assert [key.path for key in keys if not key.text.endswith(".")] == []
    assert [key.takes for key in keys if key.path == "canary.kind"] == ["`http` or `sql`"]


@pytest.mark.parametrize("name", sorted(name for name in PAGES if name.startswith("findings/")))
def test_a_finding_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    assert re.search(r"^## (Error|Warning|Note)", PAGES[name], re.MULTILINE)
    assert all(row.strip(" |") != "what to do" for row in PAGES[name].splitlines())


def test_the_site_builds_and_has_the_files_that_its_pages_name(tmp_path: Path) -> None:
    built_site = built(ROOT, tmp_path)
    assert built_site.returncode == 0, built_site.stderr
    assert (tmp_path / "repository/index.html").is_file()  # of README.md
    assert (tmp_path / "repository/mwaa/constraints.txt").read_text() == (ROOT / "mwaa/constraints.txt").read_text()


@pytest.mark.parametrize("link", ["../mwaa/nowhere.txt", "nowhere.md", "types.md#nowhere"])
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, link: str) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copytree(ROOT / "docsite", tmp_path / "docsite")
    (tmp_path / "docs/index.md").write_text(f"[there]({link})\n")
    (tmp_path / "docs/types.md").write_text("# Types\n")
    configuration = (ROOT / "mkdocs.yml").read_text().partition("nav:")[0]
    (tmp_path / "mkdocs.yml").write_text(configuration.replace("omitted_files: warn", "omitted_files: ignore"))
    failed = built(tmp_path, tmp_path / "site")
    assert failed.returncode == 1
    assert "nowhere" in failed.stderr

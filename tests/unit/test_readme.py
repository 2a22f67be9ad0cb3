"""The README, in both languages, says what is so: every file and target that it names."""

import re

import pytest

from tests.support.parts import ROOT

README = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_every_file_that_it_links_is_there(link: str) -> None:
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)", README)) - {"and", "make"}))
def test_every_target_that_it_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)

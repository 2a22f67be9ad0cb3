"""The README says what is so: every key of the pipeline file, every file and target that it names."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from reverse_sync.pipeline import Pipeline
from tests.support.parts import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", README))


def keys(section: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        models = [kind for kind in inner if issubclass(kind, BaseModel)]
        if models:
            yield from keys(models[0], f"{path}{name}.")
        else:
            yield path + name


@pytest.mark.parametrize("key", list(keys(Pipeline)))
def test_every_key_of_the_pipeline_file_is_explained(key: str) -> None:
    assert key in QUOTED


def test_no_key_is_explained_that_is_not_there() -> None:
    sections = {key.split(".")[0] for key in keys(Pipeline) if "." in key}
    named = {name for name in QUOTED if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) and name.split(".")[0] in sections}
    assert named - set(keys(Pipeline)) == set()


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_every_file_that_it_links_is_there(link: str) -> None:
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)", README)) - {"and", "make"}))
def test_every_target_that_it_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)

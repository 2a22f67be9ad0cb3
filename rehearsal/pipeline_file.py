"""A pipeline file as the rehearsal reads it: found by name or path, and what it calls the things around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from rehearsal.layout import PROJECT

_SHIPPED = "flightspecials"
_FILES_OF_TABLES = ("postgres.sql", "oracle.sql", "connections.json")


class SelectionError(RuntimeError):
    """What was asked for can't be rehearsed; the message says why and what to do."""


@dataclass(frozen=True)
class PipelineFile:
    """One pipeline file."""

    path: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        """What it says. Raises SelectionError."""
        try:
            document = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise SelectionError(f"{self.path} can't be read: {' '.join(str(error).split())}") from None
        if not isinstance(document, dict):
            raise SelectionError(f"{self.path} is no pipeline file: it has no keys and values")
        return document

    def value(self, keys: str) -> str:
        """The text at `section.key`. Raises SelectionError where there is none."""
        found = self.optional(keys)
        if not isinstance(found, str):
            raise SelectionError(
                f"{self.path} has no text at {keys}, which the rehearsal needs; `python -m reverse_sync.preflight "
                f"{self.path} --offline` names all that is to correct"
            )
        return found

    def optional(self, keys: str) -> Any:
        """What is at `section.key`, or None."""
        found: Any = self.document
        for key in keys.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    @property
    def dag_id(self) -> str:
        """The DAG that it becomes."""
        return f"{self.value('name')}_reverse_sync"

    @property
    def folder(self) -> Path:
        """Where its tables lie, unless somebody names another folder."""
        return self.path.parent.parent if self.path.parent.name == "pipelines" else self.path.parent


def find_pipeline(named: str) -> PipelineFile:
    """The file of that path, or the shipped one or example of that name. Raises SelectionError."""
    path = Path(named)
    if path.suffix in (".yaml", ".yml"):
        if path.is_file():
            return PipelineFile(path.resolve())
        raise SelectionError(f"PIPELINE={named}: there is no such file")
    for place in (PROJECT / "include", PROJECT / "examples" / named):
        if (file := place / "pipelines" / f"{named}.yaml").is_file():
            return PipelineFile(file)
    known = sorted(file.stem for file in PROJECT.glob("examples/*/pipelines/*.yaml"))
    raise SelectionError(
        f"PIPELINE={named} is neither the path of a .yaml file nor a pipeline that is here: {_SHIPPED}, "
        f"{', '.join(known)}"
    )


def has_tables(folder: Path) -> bool:
    """Whether the folder holds tables for the rehearsal."""
    return any((folder / name).is_file() for name in _FILES_OF_TABLES)

"""The pipeline files: found, read, and each refused by key and value where it can't be used."""

from __future__ import annotations

from datetime import date
from string import Template
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import model, reading
from reverse_sync.pipeline.model import Pipeline
from reverse_sync.pipeline.name_conflicts import conflicts
from reverse_sync.pipeline.needs import allowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails


def load(path: Path) -> Pipeline:
    """Read one pipeline file and the mapping it names.

    :raises PipelineError: naming the file, the key, the value found and what is allowed there.
    """
    pipeline = read(path)
    _require_mapping(path, pipeline)
    return pipeline


def read(path: Path) -> Pipeline:
    """Read one pipeline file, whatever its mapping is worth.

    :raises PipelineError: naming the file, the key, the value found and what is allowed there.
    """
    document = reading.document(path)
    if document is None:  # an empty file: what it needs is named
        document = {}
    if not isinstance(document, dict):
        raise PipelineError(f"{path.name}: expected keys and values, found {_shown(document)}.")
    try:
        return Pipeline.model_validate(document).read_from(path)
    except ValidationError as error:
        lines = _lines(error.errors(), one_canary=not isinstance(document.get("canary"), list))
        said = "\n".join(f"  {line}" for line in lines)
        raise PipelineError(f"{path.name}: {len(lines)} value(s) to correct:\n{said}") from None


def pipeline_files() -> Iterator[Path]:
    """Every pipeline file, in a stable order."""
    for place in model.NAMED or (model.INCLUDE,):
        yield from (place,) if place.is_file() else sorted((place / "pipelines").glob("*.yaml"))


def pipelines() -> dict[Path, Pipeline | PipelineError]:
    """Every pipeline file, and what is wrong with it where it can't be used.

    A file that shares a name with another one can't be used, and neither can the other.
    """
    found: dict[Path, Pipeline | PipelineError] = {}
    readable: dict[Path, Pipeline] = {}
    for path in pipeline_files():
        try:
            found[path] = readable[path] = read(path)  # every task reads every file: once
            _require_mapping(path, readable[path])
        except PipelineError as error:
            found[path] = error
    return found | {path: PipelineError(said) for path, said in conflicts(readable).items()}


def usable_pipelines() -> Iterator[Pipeline]:
    """Every pipeline whose file can be used; the main DAG's file shows what is wrong with the others."""
    yield from (found for found in pipelines().values() if isinstance(found, Pipeline))


def shared_names(path: Path) -> str | None:
    """What a file of `include/pipelines` shares with another one there, or None; a draft elsewhere shares nothing."""
    files = [found.resolve() for found in pipeline_files()]
    readable = {file: pipeline for file in files if (pipeline := _readable(file)) is not None}
    return conflicts(readable).get(path.resolve())


def _require_mapping(path: Path, pipeline: Pipeline) -> None:
    """A pipeline whose mapping is unusable is refused as a whole."""
    try:
        pipeline.mapping  # noqa: B018
    except PipelineError as error:
        raise PipelineError(f"{path.name}: {error}") from None


def _readable(path: Path) -> Pipeline | None:
    try:
        return read(path)
    except PipelineError:
        return None


def runbook(pipeline: Pipeline) -> str:
    """The DAG's documentation in Airflow: what to do when something fails, with the pipeline's own names."""
    text = (model.INCLUDE / "runbook.md").read_text(encoding="utf-8")
    return Template(text).safe_substitute(
        pipeline=pipeline.name,
        instance=pipeline.postgres.db_instance,
        replication_instance=pipeline.dms.replication_instance,
        source=pipeline.dms.source_endpoint.identifier,
        target=pipeline.dms.target_endpoint.identifier,
        task=pipeline.dms.task.identifier,
        tables=" or ".join(f"`{canary.table}`" for canary in pipeline.canaries) or "no table: it has no canary",
    )


def _lines(errors: Iterable[ErrorDetails], *, one_canary: bool) -> list[str]:
    """A line for each fault; what a value may be besides is said in one line."""
    found: dict[str, str] = {}
    for details in errors:
        key = ".".join(map(str, _location(details, one_canary=one_canary)))
        if details["type"] == "extra_forbidden":
            line = f"{key}: unknown key (value {_shown(details['input'])}). Remove it or correct its spelling"
        elif details["type"] == "missing":
            line = f"{key}: missing, and it has no default. Add it{_required_inside(details['loc'])}"
        elif key in found:
            more = allowed(details)
            line = found[key] if more in found[key] else f"{found[key]}; or {more}"
        else:
            line = f"{key}: found {_shown(details['input'])}. Allowed: {allowed(details)}" if key else allowed(details)
        found[key] = line
    return [f"{line}." for line in found.values()]


def _location(details: ErrorDetails, *, one_canary: bool) -> tuple[int | str, ...]:
    """Where it is in the file; of a canary pydantic names the kind too, and the types of its id and its body.

    :param one_canary: whether the file has a single canary, which is in no list
    """
    first, *rest = details["loc"] or ("",)
    if first != "canary" or not rest:
        return details["loc"]
    number, *inside = rest
    if inside and inside[0] in ("http", "sql"):
        inside = inside[1:]
    name = "canary" if one_canary else f"canary[{number}]"
    return (name, *(inside[:1] if inside[:1] in (["id"], ["body"]) else inside))


def _required_inside(location: tuple[int | str, ...]) -> str:
    """What a whole section that is missing has to hold."""
    section: type[BaseModel] = Pipeline
    for part in location:
        field = section.model_fields.get(str(part))
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return ""
        section = kind
    names = (name for name, field in section.model_fields.items() if field.is_required())
    return f" with the keys {', '.join(names)}"


def _shown(value: object) -> str:
    """The value as YAML has it, or nearly so."""
    text = value.isoformat() if isinstance(value, date) else _IN_YAML.get(repr(value), repr(value))
    return text if len(text) <= 80 else text[:77] + "..."


_IN_YAML = {"None": "null", "True": "true", "False": "false"}

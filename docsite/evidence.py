"""The record of a run, key by key, out of the shapes that it is written by."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from docsite.docstrings import text_of
from reverse_sync import results
from reverse_sync.evidence import marks, shapes

if TYPE_CHECKING:
    from types import ModuleType

_HEAD = """\
# The record of a run, key by key

`evidence.base_path` holds `<dag_id>/<run_id>.json` for each run. `python -m reverse_sync.evidence FILE` prints it as
a report. The document is a `Record`; below it are the shapes that it is made of, and what each task returns as its
`result`. Keys marked * may be missing. `make docs` writes this page out of `plugins/reverse_sync/evidence/shapes.py`
and `plugins/reverse_sync/results.py`.
"""


def page() -> str:
    """The page as it should be."""
    shown = [shapes.Record, shapes.Verdict, shapes.RecordedStep, marks.Mark, *_shapes(results)]
    return "\n".join([_HEAD, *(_one(shape) for shape in shown)])


def _shapes(module: ModuleType) -> list[type]:
    """The typed dictionaries that a module defines, in its order."""
    return [one for one in vars(module).values() if inspect.isclass(one) and hasattr(one, "__required_keys__")]


def _one(shape: type) -> str:
    text, named = text_of(shape)
    rows = "".join(f"| {key} | {kind} | {named.get(key.strip('`* '), '')} |\n" for key, kind in _keys(shape))
    return f"## {shape.__name__}\n\n{text}\n\n| key | type | what |\n| --- | --- | --- |\n{rows}"


def _keys(shape: type) -> list[tuple[str, str]]:
    """Each key with its type, as the code has it."""
    found = []
    for key, annotation in inspect.get_annotations(shape).items():
        kind = getattr(annotation, "__forward_arg__", str(annotation))
        needed = kind.removeprefix("NotRequired[").removesuffix("]") if kind.startswith("NotRequired[") else kind
        found.append((f"`{key}`{' *' if needed != kind else ''}", f"`{needed}`".replace("|", "\\|")))
    return found

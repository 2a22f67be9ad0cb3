"""The house keeps itself: what it imports is declared, and CONTRIBUTING.md draws what is there."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from pkgutil import walk_packages

import pytest

from tests.support.parts import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PRODUCT = ROOT / "plugins" / "reverse_sync"


def canonical(name: str) -> str:
    """As PyPI compares names: https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_at_run_time(file: Path) -> Iterator[str]:
    """The first part of each module that a file imports, but for what only the type checker reads."""
    pending: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        pending.extend(ast.iter_child_nodes(node))


def test_every_library_that_the_product_imports_is_declared() -> None:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    declared = {canonical(re.split(r"[\[=]", line)[0]) for line in lines if line and not line.startswith("#")}
    files = [*PRODUCT.rglob("*.py"), *(ROOT / "dags").glob("*.py")]
    modules = {module for file in files for module in imported_at_run_time(file)}
    modules -= {*sys.stdlib_module_names, "reverse_sync"}
    distributions = packages_distributions()
    undeclared = {m for m in modules if not declared & {canonical(name) for name in distributions[m]}}
    assert len(modules) > 5
    assert undeclared == set()


@pytest.mark.parametrize("module", [module.name for module in walk_packages([str(PRODUCT)], "reverse_sync.")])
def test_every_module_can_be_imported(module: str) -> None:
    if not module.endswith(".__main__"):
        import_module(module)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.\w+)`", CONTRIBUTING))))
def test_every_path_that_contributing_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_drawn_floors_are_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    drawing = re.search(r"```\ndags/.*?\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert drawing is not None
    floors = {name for floor in layers for name in re.split(r" [|:] ", floor)}
    drawn = [{word for word in line.split() if word in floors} for line in drawing[1].splitlines()]
    assert drawn == [set(re.split(r" [|:] ", floor)) for floor in layers]


def test_the_workflow_runs_what_the_project_calls_its_ci() -> None:
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()

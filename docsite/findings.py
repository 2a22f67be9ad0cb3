"""One page for each finding's code, out of the check that finds it: what it says, why it matters, what to do."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import reverse_sync.preflight.checks  # noqa: F401  # registers them
from docsite.sentences import sentence
from reverse_sync.preflight.finding import NOTHING
from reverse_sync.preflight.registry import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.registry import Check

ROOT = Path(__file__).parents[1]
_SEVERITIES = ("error", "warning", "note")
_DECIDING = {"judge": "error or warning", "judged": "error, warning or note"}
_NEEDS = {
    "mapping": "the mapping, once it can be understood",
    "source": "PostgreSQL",
    "target": "Oracle",
    "target_login": "Oracle, by the login of DMS",
    "rds": "the RDS instance",
    "dms": "DMS",
    "api": "the service's API",
}


class Said(NamedTuple):
    """One finding as the check's code words it; what differs from case to case is in angle brackets."""

    severity: str
    what: str
    why: str
    do: str


def pages() -> dict[str, str]:
    """File name -> page."""
    return {f"{check.code}.md": page(check) for check in CHECKS}


def page(check: Check) -> str:
    """The page of one check."""
    module = Path(inspect.getfile(check.function)).resolve().relative_to(ROOT)
    needs = ", ".join(text for need, text in _NEEDS.items() if need in check.needs)
    lines = [
        f"# {check.code}",
        check.summary,
        f"It is about: {check.group}. It looks at: {needs or 'the pipeline file and what could be read so far'}.",
        *(_one(said) for said in _said(check)),
        *_way_past(check),
        f"Read more: <{check.link}>",
        f"In the code: `{check.function.__name__}` in [{module}](../../{module}). [All checks](../preflight.md)",
    ]
    return "\n\n".join(lines) + "\n"


def _way_past(check: Check) -> Iterator[str]:
    if any("error" in said.severity for said in _said(check)):
        nothing = check.accepted_by == NOTHING
        yield f"An error stops a run; {'no key' if nothing else f'the key `{check.accepted_by}`'} lets it past."


def _one(said: Said) -> str:
    rows = [("found", said.what), ("why it matters", said.why), ("what to do", said.do)]
    table = "\n".join(f"| {title} | {text.replace('|', chr(92) + '|')} |" for title, text in rows)
    return f"## {said.severity.capitalize()}\n\n| | |\n| --- | --- |\n{table}"


def _said(check: Check) -> Iterator[Said]:
    """What the check, and the helpers of its module that it calls, may say, in the order of the code."""
    tree = ast.parse(inspect.getsource(sys.modules[check.function.__module__]))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    pending, seen = [check.function.__name__], set[str]()
    while pending:
        name = pending.pop(0)
        if name in seen or name not in functions:
            continue
        seen.add(name)
        function = functions[name]
        pending += [node.id for node in ast.walk(function) if isinstance(node, ast.Name)]
        for call in _calls(function):
            what, why, do = (_sentence(argument, function, tree) for argument in call.args[:3])
            yield Said(_severity(call.func), what, why, do)


def _sentence(argument: ast.expr, function: ast.FunctionDef, module: ast.Module) -> str:
    """The message; a name in capitals is the module's."""
    is_constant = isinstance(argument, ast.Name) and argument.id.isupper()
    return sentence(argument, module if is_constant else function)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls that make a finding."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and len(node.args) >= 3]
    yield from sorted((call for call in calls if _severity(call.func)), key=lambda call: call.lineno)


def _severity(made_by: ast.expr) -> str:
    """`error`, or `error or warning` where the check decides; empty for any other call."""
    called = made_by.func if isinstance(made_by, ast.Call) else made_by
    if isinstance(called, ast.Name) and called.id in _DECIDING:
        return _DECIDING[called.id]
    names = [node.id for node in ast.walk(made_by) if isinstance(node, ast.Name) and node.id in _SEVERITIES]
    return " or ".join(sorted(names, key=_SEVERITIES.index))

"""Findings for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from reverse_sync.preflight.finding import Group, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from reverse_sync.preflight.finding import Finding

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def summary(findings: Sequence[Finding]) -> str:
    """One line: how many of each."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}" for severity in Severity)


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON list, an object a finding."""
    return json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2)


def print_findings(title: str, findings: Sequence[Finding], console: Console) -> None:
    """A table a group."""
    for group in Group:
        inside = [finding for finding in findings if finding.group == group]
        if not inside:
            continue
        table = Table(title=str(group), title_justify="left", title_style="bold", expand=True, show_lines=True)
        table.add_column("", width=7)
        table.add_column("found", ratio=5, overflow="fold")
        table.add_column("why it matters, and what to do", ratio=6, overflow="fold")
        for finding in inside:
            table.add_row(Text(finding.severity, _STYLE[finding.severity]), _found(finding), _advice(finding))
        console.print(table)
    console.print(Text(f"{title}: {summary(findings)}", "bold"))


def as_text(findings: Sequence[Finding]) -> str:
    """A few plain lines a finding, for logs and error messages."""
    return "\n".join(
        f"{finding.severity} {finding.code}: {finding.what}"
        + (f" [{finding.where}]" if finding.where else "")
        + f"\n    {'; '.join(filter(None, (finding.why, finding.do, finding.way_past)))}\n    {finding.link}"
        for finding in findings
    )


def _found(finding: Finding) -> Text:
    return Text.assemble(
        finding.what, "\n", (finding.where, "dim"), "\n" if finding.where else "", (finding.code, "dim")
    )


def _advice(finding: Finding) -> Text:
    past = f"{finding.way_past}\n" if finding.way_past else ""
    return Text.assemble(finding.why, "\n", (f"-> {finding.do}", "bold"), "\n", past, (finding.link, "dim"))

"""Runs the checks: each finding gets its check's marks, each failure becomes a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import reverse_sync.preflight.checks  # noqa: F401  # registers them
from reverse_sync.preflight.column_map import different_rules, mapped_tables
from reverse_sync.preflight.connections import OpenConnections
from reverse_sync.preflight.cutover import Cutover
from reverse_sync.preflight.failure import Failure
from reverse_sync.preflight.finding import Finding, Severity, error, warning
from reverse_sync.preflight.registry import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight.registry import Check
    from reverse_sync.results import DifferentRule, MappedTable

_ORDER = list(Severity)


class PreflightLook(NamedTuple):
    """The findings, errors first; each table on its way; the rules that DMS has otherwise, None without a task."""

    findings: list[Finding]
    tables: list[MappedTable]
    different_rules: list[DifferentRule] | None


def run(
    pipeline: Pipeline, *, mapping_file: str | None = None, mapping_text: str | None = None, offline: bool = False
) -> list[Finding]:
    """Everything that is wrong, errors first; nothing is changed anywhere.

    :param mapping_file: how findings call the mapping; the pipeline's own name for it by default
    :param mapping_text: another mapping than the pipeline's
    :param offline: check only what needs no connection
    """
    text = pipeline.mapping_text if mapping_text is None else mapping_text
    cutover = Cutover(pipeline, text, mapping_file or pipeline.dms.task.mapping)
    if offline:
        return examine(cutover)
    with OpenConnections(pipeline) as sources:
        sources.fill(cutover)
        return examine(cutover)


def look(pipeline: Pipeline) -> PreflightLook:
    """What `run` finds, and what the mapping makes of the tables that were seen on the way."""
    cutover = Cutover(pipeline, pipeline.mapping_text, pipeline.dms.task.mapping)
    with OpenConnections(pipeline) as sources:
        sources.fill(cutover)
        return PreflightLook(examine(cutover), mapped_tables(cutover), different_rules(cutover))


def examine(cutover: Cutover) -> list[Finding]:
    """What the checks that can look find in this cutover, errors first."""
    found = [
        finding.of(check)
        for check in CHECKS
        if all(cutover.has(part) for part in check.needs)
        for finding in _guarded(check, cutover)
    ]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))


def _guarded(check: Check, cutover: Cutover) -> Iterator[Finding]:
    try:
        yield from check.function(cutover)
    except Exception as raised:  # noqa: BLE001  # a check that cannot look says so, and the others go on
        failure = Failure.of(raised)
        yield (error if failure.passing else warning)(
            f"could not look: {failure.reason}",
            f"not known: {check.summary[:1].lower()}{check.summary[1:]}",
            failure.advice if failure.passing else "give the connection's login the right to read it, or look by hand",
            blind=True,
            passing=failure.passing,
        )

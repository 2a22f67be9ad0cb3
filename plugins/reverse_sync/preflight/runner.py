"""Runs the checks: each finding gets its check's marks, each failure becomes a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import reverse_sync.preflight.checks  # noqa: F401  # registers them
from reverse_sync.preflight.finding import Finding, Severity, warning
from reverse_sync.preflight.registry import CHECKS
from reverse_sync.preflight.sources import Sources, in_one_line
from reverse_sync.preflight.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight.registry import Check

_ORDER = list(Severity)


def run(
    pipeline: Pipeline, *, mapping_file: str | None = None, mapping_text: str | None = None, offline: bool = False
) -> list[Finding]:
    """Everything that is wrong, errors first; nothing is changed anywhere.

    :param mapping_file: how findings call the mapping; the pipeline's own name for it by default
    :param mapping_text: another mapping than the pipeline's
    :param offline: check only what needs no connection
    """
    text = pipeline.mapping_text if mapping_text is None else mapping_text
    world = World(pipeline, text, mapping_file or pipeline.dms.task.mapping)
    if offline:
        return examine(world)
    with Sources(pipeline) as sources:
        sources.fill(world)
        return examine(world)


def examine(world: World) -> list[Finding]:
    """What the checks that can look find in this world, errors first."""
    found = [
        finding.of(check.code, check.group, check.link)
        for check in CHECKS
        if all(world.has(part) for part in check.needs)
        for finding in _guarded(check, world)
    ]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))


def _guarded(check: Check, world: World) -> Iterator[Finding]:
    try:
        yield from check.function(world)
    except Exception as error:  # noqa: BLE001  # a check that cannot look says so, and the others go on
        yield warning(
            f"could not look: {in_one_line(error)}",
            f"not known: {check.summary[:1].lower()}{check.summary[1:]}",
            "give the connection's login the right to read it, or look by hand",
            blind=True,
        )

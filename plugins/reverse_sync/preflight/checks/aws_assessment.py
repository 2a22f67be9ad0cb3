"""What AWS's own assessment of the task said when it was last run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws.assessment import RUN_BROKE
from reverse_sync.preflight import links
from reverse_sync.preflight.assessments import checks_of
from reverse_sync.preflight.finding import Finding, Group, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_GOOD = {"passed", "skipped", "pending", "running", "cancelled"}


@check(Group.REPLICATION, links.DMS_ASSESSMENT_RUNS, "dms")
def aws_assessment(cutover: Cutover) -> Iterator[Finding]:
    """An assessment of the last premigration run in AWS did not pass; `--assess`, or the trigger form, starts one."""
    run = cutover.dms.assessment
    if run is None:
        return
    when = f"AWS's assessment run {run.name} of {run.started:%Y-%m-%d %H:%M} UTC"
    if run.status in RUN_BROKE:
        yield warning(f"{when} is {run.status}", "it says nothing of the task", "start another one")
    for name, status in sorted(run.results.items()):
        if status in _GOOD:
            continue
        same = checks_of(name)
        yield warning(
            f"{when}: {name} {status}",
            f"here {' and '.join(same)} look at the same" if same else "no check here looks at the same",
            "read the run's report in its bucket; if that is corrected since, start another run",
        )

"""Premigration assessment runs: assessments.json has what is looked at, each a query that is true where it passes.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.aws import moto_seams
from rehearsal.aws.dms import tasks
from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.endpoint import UnreachableError
from rehearsal.aws.dms.errors import access_denied, already_exists, bucket_not_found, invalid_value
from rehearsal.aws.dms.resources import Resource

if TYPE_CHECKING:
    from rehearsal.aws.dms.region import Parameters, Region
    from rehearsal.aws.dms.task import Task

QUERIES: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text())


class AssessmentRun(Resource):
    """A run, and the result of each of its assessments beside it."""

    noun, arn_part, absent = "ReplicationTaskAssessmentRun", "assessment-run", "Assessment run {} not found."

    def __init__(self, members: dict[str, Any], names: list[str]) -> None:
        super().__init__(members)
        self.results = dict.fromkeys(names, "pending")

    @property
    def identifier(self) -> str:
        """AssessmentRunName."""
        return str(self.members["AssessmentRunName"])

    def described(self) -> dict[str, Any]:
        """The run in the answer of a call."""
        results = list(self.results.values())
        counts = {status.title(): results.count(status) for status in ("passed", "failed")}
        done = {"IndividualAssessmentCount": len(results), "IndividualAssessmentCompletedCount": sum(counts.values())}
        return self.members | {"AssessmentProgress": done, "ResultStatistic": counts}


def start_replication_task_assessment_run(region: Region, parameters: Parameters) -> dict[str, Any]:
    """StartReplicationTaskAssessmentRun: the task is `testing` while it runs, then as before."""
    task, name = tasks.idle(region, parameters, "assessed"), parameters["AssessmentRunName"]
    only, but = parameters.get("IncludeOnly"), parameters.get("Exclude", [])
    if strange := {*(only or []), *but} - QUERIES.keys():
        raise invalid_value(f"the rehearsal does not assess {', '.join(sorted(strange))}")
    if not moto_seams.has_role(parameters["ServiceAccessRoleArn"]):
        raise access_denied(f"DMS cannot assume the role {parameters['ServiceAccessRoleArn']}: there is none")
    if parameters["ResultLocationBucket"] not in moto_seams.backend("s3", "aws").buckets:
        raise bucket_not_found(f"there is no bucket {parameters['ResultLocationBucket']}")
    if any(run.identifier == name for run in region.of(AssessmentRun)):
        raise already_exists(f"The assessment run {name} exists already.")
    members = region.named(AssessmentRun, parameters) | {
        "Status": "running",
        "ReplicationTaskAssessmentRunCreationDate": datetime.now(UTC),
    }
    run = AssessmentRun(members, [one for one in only or QUERIES if one not in but])
    region.keep(run, parameters)
    region.enter(task, "testing", "task_assess", task.status, also=lambda: _finish(region, task, run))
    return region.answer(run)


def describe_replication_task_individual_assessments(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DescribeReplicationTaskIndividualAssessments."""
    found = (
        run.members | {"IndividualAssessmentName": name, "Status": status}
        for run in region.of(AssessmentRun)
        for name, status in run.results.items()
    )
    return matching_page("ReplicationTaskIndividualAssessments", found, parameters)


def _finish(region: Region, task: Task, run: AssessmentRun) -> None:
    source, _ = region.endpoints_of(task)
    try:
        with source.connected(region.name) as session:
            for name in run.results:
                row = session.execute(QUERIES[name].encode()).fetchone()
                run.results[name] = "passed" if row and row[0] else "failed"
    except UnreachableError as error:
        run.members |= {"Status": "error-executing", "LastFailureMessage": str(error)}
        return
    run.status = "failed" if "failed" in run.results.values() else "passed"
    place = "/".join(filter(None, (run.members.get("ResultLocationFolder"), f"{run.identifier}.json")))
    report = json.dumps(run.results).encode()
    moto_seams.backend("s3", "aws").put_object(run.members["ResultLocationBucket"], place, report)

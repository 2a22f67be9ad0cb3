"""Premigration assessment runs: assessments.json has what is looked at, each a query that is true where it passes.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.AssessmentReport.PG.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from rehearsal.aws import moto_seams
from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import (
    AccessDeniedError,
    InvalidParameterValueError,
    ResourceAlreadyExistsError,
    S3ResourceNotFoundError,
)
from rehearsal.aws.dms.resources import SecretUnusableError

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.task import Task
    from rehearsal.aws.dms.task_lifecycle import TaskLifecycle
    from rehearsal.aws.dms.tasks import Tasks

QUERIES: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text())
_RUN, _TASK = "ReplicationTaskAssessmentRunArn", "ReplicationTaskArn"
_FILTERS = {"replication-task-assessment-run-arn": _RUN, "replication-task-arn": _TASK, "status": "Status"}


class Assessments:
    """The calls on assessment runs; a run is what the call describes, and its results beside it."""

    def __init__(self, region: Region, tasks: Tasks, lifecycle: TaskLifecycle) -> None:
        self._region = region
        self._tasks = tasks
        self._lifecycle = lifecycle

    def start_replication_task_assessment_run(self, parameters: Parameters) -> dict[str, Any]:
        """StartReplicationTaskAssessmentRun: the task is `testing` while it runs, then as before."""
        task, name = self._tasks.idle(parameters, "assessed"), parameters["AssessmentRunName"]
        only, but = parameters.get("IncludeOnly"), parameters.get("Exclude", [])
        if strange := {*(only or []), *but} - QUERIES.keys():
            raise InvalidParameterValueError(f"the rehearsal does not assess {', '.join(sorted(strange))}")
        if not moto_seams.has_role(parameters["ServiceAccessRoleArn"]):
            raise AccessDeniedError(f"DMS cannot assume the role {parameters['ServiceAccessRoleArn']}: there is none")
        if parameters["ResultLocationBucket"] not in moto_seams.backend("s3", "aws").buckets:
            raise S3ResourceNotFoundError(f"there is no bucket {parameters['ResultLocationBucket']}")
        if any(run["AssessmentRunName"] == name for run in self._region.assessments.values()):
            raise ResourceAlreadyExistsError(f"The assessment run {name} exists already.")
        names = [one for one in only or QUERIES if one not in but]
        arn = self._region.new_arn("assessment-run", None)
        kept = ("ServiceAccessRoleArn", "ResultLocationBucket", "ResultLocationFolder", "AssessmentRunName")
        run = self._region.assessments[arn] = {
            **{key: parameters[key] for key in kept if key in parameters},
            _RUN: arn,
            _TASK: task.arn,
            "Status": "running",
            "results": dict.fromkeys(names, "pending"),
            "ReplicationTaskAssessmentRunCreationDate": datetime.now(UTC),
        }
        self._lifecycle.enter(task, "testing", "task_assess", task.status, also=lambda: self._finish(task, run))
        return {"ReplicationTaskAssessmentRun": _described(run)}

    def describe_replication_task_assessment_runs(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationTaskAssessmentRuns."""
        runs = map(_described, self._region.assessments.values())
        return matching_page("ReplicationTaskAssessmentRuns", runs, parameters, _FILTERS)

    def describe_replication_task_individual_assessments(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeReplicationTaskIndividualAssessments."""
        found = (
            {_RUN: run[_RUN], _TASK: run[_TASK], "IndividualAssessmentName": name, "Status": status}
            for run in self._region.assessments.values()
            for name, status in run["results"].items()
        )
        answer = matching_page("ReplicationTaskIndividualAssessments", found, parameters, _FILTERS)
        for one in answer["ReplicationTaskIndividualAssessments"]:
            del one[_TASK]  # looked at by a filter, and no member of the answer
        return answer

    def _finish(self, task: Task, run: dict[str, Any]) -> None:
        try:
            login = self._region.endpoints[task.source_arn].login(self._region.name)
            with psycopg.connect(**login, autocommit=True, connect_timeout=10) as source:
                for name in run["results"]:
                    row = source.execute(QUERIES[name].encode()).fetchone()
                    run["results"][name] = "passed" if row and row[0] else "failed"
        except (psycopg.Error, SecretUnusableError) as error:
            run["Status"], run["LastFailureMessage"] = "error-executing", " ".join(str(error).split())
            return
        run["Status"] = "failed" if "failed" in run["results"].values() else "passed"
        place = "/".join(filter(None, (run.get("ResultLocationFolder"), f"{run['AssessmentRunName']}.json")))
        report = json.dumps(run["results"]).encode()
        moto_seams.backend("s3", "aws").put_object(run["ResultLocationBucket"], place, report)


def _described(run: dict[str, Any]) -> dict[str, Any]:
    results = list(run["results"].values())
    counts = {status.title(): results.count(status) for status in ("passed", "failed")}
    done = {"IndividualAssessmentCount": len(results), "IndividualAssessmentCompletedCount": sum(counts.values())}
    described = {key: value for key, value in run.items() if key != "results"}
    return described | {"AssessmentProgress": done, "ResultStatistic": counts}

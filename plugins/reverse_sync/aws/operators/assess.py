"""AWS's own premigration assessment of the task, where a person asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws import dms_client
from reverse_sync.aws.assessment import RUN_BROKE, RUN_ENDED, start_run, task_to_assess
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.sensors.base import AwsStatusSensor
from reverse_sync.aws.triggers.status import StatusQuery
from reverse_sync.results import AssessmentFacts, AssessmentResult, Outcome

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Assessment, Pipeline
    from reverse_sync.waiting import PollSchedule, PollTrigger, WaitKeywords


class DmsAssessOperator(AwsStatusSensor[AssessmentFacts, AssessmentResult]):
    """Starts an assessment run where the trigger form says so, and waits for its end, deferred.

    The preflight, which follows, reads what it found: an assessment that fails is no failure of this task.

    :param pipeline: the pipeline
    :param assessment: its `dms.assessment`
    """

    def __init__(self, *, pipeline: Pipeline, assessment: Assessment, **kwargs: Unpack[WaitKeywords]) -> None:
        super().__init__(aws_conn_id=pipeline.aws.connection, region_name=pipeline.aws.region, **kwargs)
        self.pipeline = pipeline
        self.assessment = assessment

    def execute(self, context: Context) -> AssessmentResult:
        """Start a run, then wait for it.

        :raises NeedsPersonError: where the task can't be assessed now, or the run breaks.
        """
        if not context["params"]["assess"]:
            return {"outcome": Outcome.LEFT_ALONE, "what": "nobody asked for AWS's assessment"}
        return super().execute(context)

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Start the run, and observe it."""
        with readable_aws_errors(self.aws_conn_id):
            client = dms_client(self.aws_conn_id, self.region_name)
            arn = start_run(client, task_to_assess(client, self.pipeline.dms.task.identifier), self.assessment)
        return self.observe(_query(arn), schedule)

    @property
    def query(self) -> StatusQuery:
        """There is none before a run is started."""
        raise NotImplementedError

    def succeed(self, facts: AssessmentFacts, context: Context) -> AssessmentResult:  # noqa: ARG002
        """What became of the run; its findings are the preflight's."""
        what = f"AWS's assessment run {facts.get('name', '')} {facts['status']}"
        return {"outcome": Outcome.CHANGED, "what": what, "assessment": facts}

    def explain(self, facts: AssessmentFacts) -> str:
        """DMS's reason."""
        return (
            f"AWS's assessment run {facts.get('name', '')} should end, but is {facts['status']!r}: "
            f"{facts.get('message') or 'DMS gives no reason'}. Look at the role and the bucket of dms.assessment, then "
            "clear this task; or trigger the DAG without it."
        )


def _query(arn: str) -> StatusQuery:
    return StatusQuery(
        service="dms",
        operation="describe_replication_task_assessment_runs",
        call={"Filters": [{"Name": "replication-task-assessment-run-arn", "Values": [arn]}]},
        facts="ReplicationTaskAssessmentRuns[0].{status: Status, name: AssessmentRunName, message: LastFailureMessage}",
        success=RUN_ENDED,
        failure=RUN_BROKE,
    )

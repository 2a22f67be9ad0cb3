"""Wait for the status of an AWS resource."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import jmespath
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from botocore.exceptions import ClientError

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.faults import MISSING, code_of, explain, may_pass
from reverse_sync.waiting import PollResult, PollTrigger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reverse_sync.aws import AwsHook
    from reverse_sync.results import StatusFacts
    from reverse_sync.waiting import Kept, PollSchedule, PollStatus

# Stands among the statuses for a resource that is not there; a failure unless `success` names it.
MISSING_STATUS = "missing"


@dataclass(frozen=True)
class StatusQuery:
    """What to ask AWS for the status of one resource, and how to judge the answer.

    :param service: the boto3 client, such as ``dms``
    :param operation: the client's method, such as ``describe_connections``
    :param call: the method's arguments
    :param facts: a JMESPath query that makes an object with a `status` of the response; null means that there is no
        such resource
    :param success: the statuses that end the wait well
    :param failure: the statuses from which success can't come any more
    """

    service: str
    operation: str
    call: Mapping[str, object]
    facts: str
    success: Sequence[str]
    failure: Sequence[str] = ()

    def judge(self, status: str) -> PollStatus:
        """Which result the status is."""
        if status in self.success:
            return "success"
        return "failure" if status in (MISSING_STATUS, *self.failure) else "not yet"


class AwsStatusTrigger(PollTrigger):
    """Calls a describe operation until the `status` among the facts is one of the query's `success` or `failure`.

    :param query: the query; its fields where the triggerer makes the trigger again
    :param aws_conn_id: the Airflow connection to AWS
    :param region_name: the region
    """

    def __init__(
        self,
        *,
        query: StatusQuery | Kept,
        aws_conn_id: str | None,
        region_name: str | None,
        schedule: PollSchedule | Kept,
    ) -> None:
        self.query = query if isinstance(query, StatusQuery) else StatusQuery(**query)
        super().__init__(schedule=schedule, query=asdict(self.query), aws_conn_id=aws_conn_id, region_name=region_name)

    async def poll(self) -> PollResult:
        """Describe the resource once."""
        try:
            facts: StatusFacts | None = jmespath.search(self.query.facts, await self._describe())
        except ClientError as error:
            if may_pass(error):
                raise
            if code_of(error) not in MISSING:
                return PollResult("failure", could_not_look=explain(error, self.arguments["aws_conn_id"]))
            facts = None
        facts = facts or {"status": MISSING_STATUS}
        return PollResult(self.query.judge(facts["status"]), facts)

    async def _describe(self) -> object:
        hook: AwsHook = AwsGenericHook(
            aws_conn_id=self.arguments["aws_conn_id"],
            region_name=self.arguments["region_name"],
            client_type=self.query.service,
            config=BOTOCORE_CONFIG,
        )
        async with await hook.get_async_conn() as client:
            return await getattr(client, self.query.operation)(**self.query.call)

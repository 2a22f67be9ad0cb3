"""Wait for the status of an AWS resource."""

from __future__ import annotations

from typing import Any

import jmespath
from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from botocore.exceptions import ClientError

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.faults import MISSING, code_of, explain, may_pass
from reverse_sync.waiting import Answer, LookTrigger

# Stands among the statuses for a resource that is not there; a failure unless `success` names it.
MISSING_STATUS = "missing"


class AwsStatusTrigger(LookTrigger):
    """Calls a describe operation until the `status` among the facts is one of `success` or `failure`.

    :param service: the boto3 client, such as ``dms``
    :param operation: the client's method, such as ``describe_connections``
    :param call: the method's arguments
    :param facts: a JMESPath query that makes an object with a `status` of the response; null means that there is no
        such resource
    :param success: the statuses that end the wait well
    :param failure: the statuses from which success can't come any more
    """

    def __init__(
        self,
        *,
        service: str,
        operation: str,
        call: dict[str, Any],
        facts: str,
        success: list[str],
        failure: list[str],
        aws_conn_id: str | None,
        region_name: str | None,
        **patience: Any,
    ) -> None:
        super().__init__(
            **patience,
            service=service,
            operation=operation,
            call=call,
            facts=facts,
            success=success,
            failure=failure,
            aws_conn_id=aws_conn_id,
            region_name=region_name,
        )

    async def look(self) -> Answer:
        """Describe the resource once."""
        try:
            facts = jmespath.search(self.arguments["facts"], await self.describe())
        except ClientError as error:
            if may_pass(error):
                raise
            if code_of(error) not in MISSING:
                return Answer("failure", {"status": explain(error, self.arguments["aws_conn_id"])})
            facts = None
        facts = facts or {"status": MISSING_STATUS}
        return Answer(self.judge(facts), facts)

    def judge(self, facts: dict[str, Any]) -> Any:
        """Which answer the facts are."""
        if facts["status"] in self.arguments["success"]:
            return "success"
        return "failure" if facts["status"] in (MISSING_STATUS, *self.arguments["failure"]) else "not yet"

    async def describe(self) -> dict[str, Any]:
        """The response."""
        hook: AwsGenericHook[Any] = AwsGenericHook(
            aws_conn_id=self.arguments["aws_conn_id"],
            region_name=self.arguments["region_name"],
            client_type=self.arguments["service"],
            config=BOTOCORE_CONFIG,
        )
        async with await hook.get_async_conn() as client:
            return await self.ask(client)

    async def ask(self, client: Any) -> dict[str, Any]:
        """The one call; a subclass may act on what it brings."""
        response: dict[str, Any] = await getattr(client, self.arguments["operation"])(**self.arguments["call"])
        return response

"""`python -m reverse_sync.policy PIPELINE [--account ID]`: the least IAM policy for a pipeline, as JSON.

Where AWS has no resource for an action, or the run has to find out whether there is one, the resource is `*`; DMS makes
the last part of its ARNs at random, so those are scoped to kind, region and account.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsdatabasemigrationservice.html
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from reverse_sync.aws.task_log import LOGS_ROLE, STREAM, log_group
from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.pipeline import Pipeline

LOOK = (
    "cloudwatch:GetMetricStatistics",
    *("dms:DescribeConnections", "dms:DescribeEndpoints"),
    *("dms:DescribeReplicationInstances", "dms:DescribeReplicationTasks"),
    *("dms:DescribeReplicationTaskAssessmentRuns", "dms:DescribeReplicationTaskIndividualAssessments"),
    "rds:DescribeDBInstances",
)
MAKE = (
    *("dms:CreateReplicationTask", "dms:DeleteEndpoint", "dms:DeleteReplicationTask", "dms:DescribeTableStatistics"),
    *("dms:ModifyEndpoint", "dms:ModifyReplicationTask", "dms:StartReplicationTask", "dms:StopReplicationTask"),
    "dms:TestConnection",
)


class Statement(TypedDict):
    """What is allowed on what."""

    Sid: str
    Effect: str
    Action: list[str]
    Resource: list[str]


class Policy(TypedDict):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"""

    Version: str
    Statement: list[Statement]


def least_policy(pipeline: Pipeline, account: str) -> Policy:
    """The policy of the identity behind `aws.connection`, for both DAGs and the preflight.

    :param account: the AWS account's number
    """

    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{pipeline.aws.region}:{account}:{resource}"

    group = log_group(pipeline.dms.replication_instance)
    statements = [
        _statement("Look", LOOK, "*"),
        _statement("LookAtParameters", ["rds:DescribeDBParameters"], arn("rds", "pg:*")),
        _statement("LookAtTheLogsRole", ["iam:GetRole"], f"arn:aws:iam::{account}:role/{LOGS_ROLE}"),
        _statement("Reboot", ["rds:RebootDBInstance"], arn("rds", f"db:{pipeline.postgres.db_instance}")),
        _statement("MakeEndpoints", ["dms:CreateEndpoint"], "*"),
        _statement("Replicate", MAKE, *(arn("dms", f"{kind}:*") for kind in ("endpoint", "rep", "task"))),
        _statement("ReadTheTasksLog", ["logs:GetLogEvents"], arn("logs", f"log-group:{group}:log-stream:{STREAM}*")),
    ]
    if pipeline.dms.source_endpoint.engine == "aurora-postgresql":
        look = ["rds:DescribeDBClusterParameters", "rds:DescribeDBClusters"]
        statements.append(_statement("LookAtTheCluster", look, arn("rds", "cluster:*"), arn("rds", "cluster-pg:*")))
    endpoints = (pipeline.dms.source_endpoint, pipeline.dms.target_endpoint)
    if any(endpoint.certificate_file for endpoint in endpoints):
        statements.append(_statement("ImportCertificates", ["dms:DescribeCertificates", "dms:ImportCertificate"], "*"))
        statements.append(_statement("DeleteCertificates", ["dms:DeleteCertificate"], arn("dms", "cert:*")))
    if roles := sorted({endpoint.secret.role for endpoint in endpoints if endpoint.secret}):
        statements.append(_statement("PassTheSecretsRoles", ["iam:PassRole"], *roles))
    if pipeline.dms.assessment:
        statements.append(_statement("Assess", ["dms:StartReplicationTaskAssessmentRun"], arn("dms", "task:*")))
        statements.append(_statement("PassTheAssessmentsRole", ["iam:PassRole"], pipeline.dms.assessment.role))
    if pipeline.evidence.base_path.startswith("s3://"):
        bucket, _, folder = pipeline.evidence.base_path.removeprefix("s3://").strip("/").partition("/")
        objects = f"arn:aws:s3:::{bucket}/{folder}/*" if folder else f"arn:aws:s3:::{bucket}/*"
        statements.append(_statement("FindTheEvidence", ["s3:ListBucket"], f"arn:aws:s3:::{bucket}"))
        statements.append(_statement("KeepTheEvidence", ["s3:GetObject", "s3:PutObject"], objects))
    clusters = {address.eks_cluster for address in pipeline.api_addresses if address.eks_cluster}
    if clusters:
        named = [arn("eks", f"cluster/{cluster}") for cluster in sorted(clusters)]
        statements.append(_statement("ReadTheIngress", ["eks:DescribeCluster"], *named))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(sid: str, actions: Sequence[str], *resources: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the least IAM policy for a pipeline."""
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.policy", description=main.__doc__)
    parser.add_argument("pipeline", metavar="PIPELINE", type=Path, help="the pipeline file")
    parser.add_argument("--account", default="ACCOUNT", help="the AWS account's number")
    options = parser.parse_args(arguments)
    try:
        policy = least_policy(read(options.pipeline), options.account)
    except PipelineError as error:
        sys.exit(str(error))
    print(json.dumps(policy, indent=2))


if __name__ == "__main__":
    main()

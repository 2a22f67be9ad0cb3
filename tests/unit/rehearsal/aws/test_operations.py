"""Every operation of every served service is answered or refused in the service's protocol, by genuine boto3's reading."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from werkzeug.serving import make_server

from rehearsal.aws import moto_seams, operations
from rehearsal.aws.aws_request import AwsRequest, service_model
from rehearsal.aws.call_log import CallLog
from rehearsal.aws.errors import AwsError
from rehearsal.aws.faults import Faults
from rehearsal.aws.gateway import Gateway
from rehearsal.aws.operations import OPERATIONS
from rehearsal.aws.permissions import Permissions
from rehearsal.aws.store import Store
from tests.support.aws_readme import README, render
from tests.support.parts import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, Shape

CLIENTS = {service: {"monitoring": "cloudwatch"}.get(service, service) for service in OPERATIONS}
EVERY = [(service, name) for service in OPERATIONS for name in service_model(service).operation_names]
ELSEWHERE = {"ListDirectoryBuckets": "GET of s3express", "WriteGetObjectResponse": "POST of s3-object-lambda"}
"""S3's operations that are signed for another service."""
UNSIGNED = {("sts", "AssumeRoleWithSAML"), ("sts", "AssumeRoleWithWebIdentity")}
METRIC = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
ROLE = "arn:aws:iam::123456789012:role/reached"
MORE: dict[str, dict[str, Any]] = {"GetMetricData": {"MetricDataQueries": [{"Id": "a", "MetricStat": METRIC}]}, "AssumeRole": {"RoleArn": ROLE},
        "CreateRole": {"AssumeRolePolicyDocument": "{}"}, "TagResource": {"Tags": [{"Key": "k", "Value": "v"}]},
        "PutMetricData": {"MetricData": [{"MetricName": "m", "Value": 1.0}]}}  # fmt: skip
REFUSED = {"rds": "InvalidAction", "sts": "InvalidAction", "iam": "InvalidAction", "s3": "NotImplemented"}


class Behind:
    """What stands behind the gateway here: it tells that it was reached."""

    def answer(self, asked: AwsRequest, body: bytes) -> Any:
        raise AwsError("Reached", "")

    def check(self, asked: AwsRequest) -> None:
        """RDS's own look at a call."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        protocol = "rest-xml" if "/s3/" in environ.get("HTTP_AUTHORIZATION", "/s3/") else "query"
        protocol = "json" if "HTTP_X_AMZ_TARGET" in environ else protocol
        return AwsError("Reached", "").rendered(protocol)(environ, start_response)


class Served:
    """A gateway on a port of its own, and boto3's clients for it."""

    def __init__(self) -> None:
        self.calls, self.port, behind = CallLog(), free_port(), Behind()
        gateway: Any = Gateway(behind, behind, None, Faults(), self.calls, Store(None), Permissions(), behind)  # type: ignore[arg-type]
        self.server = make_server("127.0.0.1", self.port, gateway, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.clients: dict[str, Any] = {}

    def error(self, client: str, operation: str, parameters: dict[str, Any]) -> tuple[str, str]:
        """Code and message of the error that boto3 raises."""
        if client not in self.clients:
            self.clients[client] = boto3.client(
                client,  # type: ignore[call-overload]
                endpoint_url=f"http://127.0.0.1:{self.port}",
                region_name="ap-northeast-2",
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, parameter_validation=True),
            )
        with pytest.raises(ClientError) as raised:
            self.clients[client]._make_api_call(operation, parameters)
        return raised.value.response["Error"]["Code"], raised.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    moto_seams.create_role("reached", "dms.amazonaws.com")
    served = Served()
    yield served
    served.server.shutdown()


def required(operation: OperationModel) -> dict[str, Any]:
    """Parameters that botocore sends: the required ones."""
    shape = operation.input_shape
    return {} if shape is None else {name: value(shape.members[name], name) for name in shape.required_members}


def value(shape: Shape, name: str = "") -> Any:
    if shape.type_name == "structure":
        named = required_of(shape)
        union = [] if named or not getattr(shape, "is_tagged_union", False) else list(shape.members)[:1]  # type: ignore[attr-defined]
        return named | {one: value(shape.members[one]) for one in union}  # type: ignore[attr-defined]
    if shape.type_name == "list":
        return [value(shape.member)]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {}
    texts = {"Bucket": "bucket", "CopySource": "bucket/key", "AccountId": "123456789012"}
    minimum = max(1, int(shape.metadata.get("min", 1)))
    return {"string": texts.get(name, "x" * minimum), "integer": minimum, "long": minimum, "boolean": True, "blob": b"x",
            "timestamp": 0, "double": 1.0, "float": 1.0}[shape.type_name]  # fmt: skip


def required_of(shape: Any) -> dict[str, Any]:
    return {name: value(shape.members[name], name) for name in shape.required_members}


@pytest.mark.parametrize("service", OPERATIONS)
def test_every_operation_is_answered_or_refused(served: Served, service: str) -> None:
    model = service_model(service)
    wrong = {}
    for name in model.operation_names:
        if (service, name) in UNSIGNED or model.operation_model(name).deprecated:
            continue  # a deprecated operation of S3 is sent as the one that came after it is
        parameters = required(model.operation_model(name)) | (MORE.get(name, {}) if name in OPERATIONS[service] else {})
        code, message = served.error(CLIENTS[service], name, parameters)
        if name in OPERATIONS[service]:
            good = code == "Reached" or (name.startswith("Head") and code == "400")
        else:
            asked = ELSEWHERE.get(name, f"{name} of {service}")
            good = code == REFUSED.get(service, "UnknownOperationException") and message.startswith(
                f"the rehearsal does not do {asked}; rehearsal/aws/README.md lists"
            )
        calls = [call["operation"] for call in served.calls.as_list()]
        served.calls.clear()
        if not good or (name not in calls and name not in ELSEWHERE):
            wrong[name] = (code, message, calls)
    assert not wrong, "\n".join(f"{a} {b}" for a, b in wrong.items())


@pytest.mark.parametrize(
    ("client", "operation", "parameters", "codes"),
    [
        ("ec2", "DescribeInstances", {}, "InvalidAction"),
        ("sqs", "ListQueues", {}, "UnknownOperationException"),
        ("sns", "ListTopics", {}, "InvalidAction"),
        ("lambda", "ListFunctions", {}, "UnknownOperationException"),
        ("route53", "ListHostedZones", {}, "NotImplemented"),
        ("kms", "ListKeys", {}, "UnknownOperationException"),
    ],
)
def test_a_service_that_is_not_served_is_refused(
    served: Served, client: str, operation: str, parameters: dict[str, Any], codes: str
) -> None:
    code, message = served.error(client, operation, parameters)
    assert (code, f" of {client}; " in message) == (codes, True), message


@pytest.mark.parametrize("operation", ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])
def test_an_unsigned_request_is_refused(served: Served, operation: str) -> None:
    model = service_model("sts").operation_model(operation)
    code, message = served.error("sts", operation, required(model))
    assert (code, message) == (
        "MissingAuthenticationToken", "the rehearsal does not serve requests without a signature",
    )  # fmt: skip


def test_a_presigned_url_is_a_signed_request(served: Served) -> None:
    served.error("s3", "HeadBucket", {"Bucket": "bucket"})
    client = served.clients["s3"]
    for operation, outcome in {"get_object": "Reached", "get_object_acl": "NotImplemented"}.items():
        url = client.generate_presigned_url(operation, {"Bucket": "bucket", "Key": "a/b"})
        assert f"<Code>{outcome}</Code>" in requests.get(url, timeout=10).text


def members(service: str, operation: str) -> set[str]:
    shape = service_model(service).operation_model(operation).input_shape
    in_path_or_body = {"uri", "headers", None} if service == "s3" else set()
    return {
        name for name, one in (shape.members if shape else {}).items()
        if one.serialization.get("location") not in in_path_or_body
    }  # fmt: skip


@pytest.mark.parametrize("service", OPERATIONS)
def test_a_parameter_without_effect_is_refused_by_name(service: str) -> None:
    for operation, listed in OPERATIONS[service].items():
        named = set(listed.split())
        assert named <= members(service, operation), operation
        for name in members(service, operation) - named:
            with pytest.raises(AwsError, match=f"does not have the effect of {name} in {operation}; leave it out"):
                operations.check(AwsRequest(service, operation, "", parameters={name: "x"}))
            operations.check(AwsRequest(service, operation, "", parameters={name: False}))


@pytest.mark.parametrize(
    ("client", "operation", "parameters", "error"),
    [
        ("rds", "DescribeDBParameterGroups", {"Filters": [{"Name": "a", "Values": ["b"]}]},
         ("InvalidParameterValue", "the effect of Filters in DescribeDBParameterGroups")),
        ("dms", "CreateReplicationInstance", {"ReplicationInstanceIdentifier": "i", "ReplicationInstanceClass": "c",
         "MultiAZ": True, "PubliclyAccessible": False}, ("InvalidParameterValueException", "the effect of MultiAZ in")),
        ("secretsmanager", "CreateSecret", {"Name": "s", "KmsKeyId": "k"},
         ("InvalidParameterException", "the effect of KmsKeyId in CreateSecret")),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"", "ServerSideEncryption": "aws:kms", "ACL": "private"},
         ("NotImplemented", "the effect of ACL, ServerSideEncryption in PutObject")),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k/l", "VersionId": "1"}, ("NotImplemented", "VersionId in GetObject")),
        ("s3", "ListBuckets", {"MaxBuckets": 1}, ("NotImplemented", "MaxBuckets in ListBuckets")),
        ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "PermissionsBoundary": "p" * 20},
         ("ValidationError", "the effect of PermissionsBoundary in CreateRole")),
        ("rds", "RebootDBInstance", {"DBInstanceIdentifier": "i", "ForceFailover": True},
         ("InvalidParameterCombination", "not configured for Multi-AZ")),
        ("logs", "FilterLogEvents", {"logGroupName": "g", "filterPattern": "{ $.level = 1 }"},
         ("InvalidParameterException", "does not evaluate the filter pattern '{ $.level = 1 }'")),
        ("logs", "FilterLogEvents", {"logGroupName": "g", "logStreamNamePrefix": "a"},
         ("InvalidParameterException", "the effect of logStreamNamePrefix")),
        ("cloudwatch", "GetMetricData", {"StartTime": 0, "EndTime": 1, "MetricDataQueries":
         [{"Id": "a", "Expression": "SELECT MAX(x) FROM y"}]},
         ("InvalidParameterValueException", "does not evaluate expressions, percentiles")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_boto3_raises_for_a_refused_parameter(
    served: Served, client: str, operation: str, parameters: dict[str, Any], error: tuple[str, str]
) -> None:
    code, message = served.error(client, operation, parameters)
    assert (code, error[1] in message) == (error[0], True), message


QUERY = "MetricDataQueries.member.1"


@pytest.mark.parametrize(
    "parameters",
    [
        {f"{QUERY}.Id": "a", f"{QUERY}.Expression": "SELECT MAX(x) FROM y"},
        {f"{QUERY}.Id": "a", f"{QUERY}.MetricStat.Stat": "p99"},
        {f"{QUERY}.Id": "a"},
    ],
)
def test_a_statistic_that_is_not_evaluated_is_refused_in_the_query_protocol(
    served: Served, parameters: dict[str, str]
) -> None:
    signature = "AWS4-HMAC-SHA256 Credential=a/20270101/ap-northeast-2/monitoring/aws4_request"
    answer = requests.post(
        f"http://127.0.0.1:{served.port}/",
        {"Action": "GetMetricData", **parameters},
        headers={"Authorization": signature},
        timeout=10,
    )
    assert "<Code>InvalidParameterValueException</Code><Message>the rehearsal does not evaluate" in answer.text


@pytest.mark.parametrize(
    ("client", "operation", "parameters", "message"),
    [
        ("logs", "CreateLogGroup", {"logGroupName": "no name"}, "'no name' at 'logGroupName' failed"),
        ("logs", "CreateLogStream", {"logGroupName": "g", "logStreamName": "a:b"}, "regular expression pattern: [^:*]*"),
        ("logs", "DescribeLogGroups", {"limit": 51}, "less than or equal to 50"),
        ("logs", "DescribeLogStreams", {"logGroupName": "g", "orderBy": "Size"}, "enum value set: [LogStreamName, Last"),
        ("cloudwatch", "GetMetricStatistics", {"Namespace": "n", "MetricName": "m", "StartTime": 0, "EndTime": 1,
         "Period": 60, "Statistics": ["Sum", "Median"]}, "Value 'Median' at 'statistics' failed"),
        ("iam", "CreateRole", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, "Value 'a b' at 'roleName' failed"),
        ("sts", "AssumeRole", {"RoleArn": "a" * 20, "RoleSessionName": "a b"}, "at 'roleSessionName' failed"),
        ("ssm", "PutParameter", {"Name": "n", "Value": "v", "Type": "Text"}, "enum value set: [String, StringList"),
        ("secretsmanager", "ListSecrets", {"MaxResults": 101}, "less than or equal to 100"),
        ("secretsmanager", "CreateSecret", {"Name": "a b", "SecretString": "s"}, "Invalid name."),
        ("secretsmanager", "PutSecretValue", {"SecretId": "s", "SecretString": "s", "SecretBinary": b"s"}, "specify both"),
        ("ssm", "PutParameter", {"Name": "a b", "Value": "v", "Type": "String"}, "Parameter name must be"),
        ("sts", "AssumeRole", {"RoleArn": f"{ROLE}-not", "RoleSessionName": "s1"}, "the role is not there"),
        ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "nonsense"}, "invalid Json"),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"", "ContentMD5": "AAAA"}, "the effect of ContentMD5"),
        ("s3", "ListObjectsV2", {"Bucket": "b", "ContinuationToken": "junk"}, "continuation token provided is incorrect"),
        ("s3", "ListObjectsV2", {"Bucket": "b", "MaxKeys": -1}, "must be an integer between 0 and"),
        ("s3", "ListObjectsV2", {"Bucket": "b", "EncodingType": "junk"}, "Value 'junk' at 'encodingType' failed"),
        ("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "b/a", "MetadataDirective": "JUNK"}, "'JUNK' at"),
        ("logs", "DescribeLogStreams", {"logGroupName": "g", "nextToken": "junk"}, "nextToken is invalid"),
        ("cloudwatch", "GetMetricStatistics", {"Namespace": "n", "MetricName": "m", "StartTime": 0, "EndTime": 1,
         "Period": 7, "Statistics": ["Sum"]}, "must be 1, 5, 10, 20, 30 or a multiple of 60"),
        *(("cloudwatch", "GetMetricData", {"StartTime": 0, "EndTime": 1, "MetricDataQueries":
           [{"Id": one, "MetricStat": METRIC} for one in ids]}, "must be its own, begin with a lower case")
          for ids in ("A", "aa")),
        ("cloudwatch", "PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "m"}]}, "must have a Value"),
        ("rds", "ModifyDBParameterGroup", {"DBParameterGroupName": "g", "Parameters": [{"ParameterName": "work_mem",
         "ParameterValue": "64", "ApplyMethod": "immediate"}] * 21}, "A maximum of 20 parameters"),
        ("rds", "DescribeEvents", {"SourceType": "junk"}, "Value 'junk' at 'sourceType' failed"),
        ("rds", "AddTagsToResource", {"ResourceName": "a", "Tags": [{"Key": "rds:a"}]}, "begins with aws: or rds:"),
        ("ssm", "PutParameter", {"Name": "n", "Value": "v" * 4097, "Type": "String"}, "maximum parameter value of 4096"),
        ("secretsmanager", "TagResource", {"SecretId": "s", "Tags": [{"Key": "AWS:a"}]}, "begins with aws:"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_value_that_the_model_does_not_allow_is_refused(
    served: Served, client: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    code, found = served.error(client, operation, parameters)
    assert (code != "Reached", message in found) == (True, True), (code, found)


@pytest.mark.parametrize(
    ("client", "operation", "parameters"),
    [
        ("rds", "RebootDBInstance", {"DBInstanceIdentifier": "i", "ForceFailover": False}),
        ("logs", "FilterLogEvents", {"logGroupName": "g", "filterPattern": '?"]E:" ?failed'}),
        ("s3", "PutObject", {"Bucket": "b", "Key": "a/b.json", "Body": b"{}", "ContentType": "application/json"}),
        ("s3", "CopyObject", {"Bucket": "b", "Key": "c", "CopySource": "b/a"}),
    ],
)
def test_what_has_its_effect_is_not_refused(
    served: Served, client: str, operation: str, parameters: dict[str, Any]
) -> None:
    assert served.error(client, operation, parameters)[0] == "Reached"
    assert served.calls.as_list()[-1]["operation"] == operation


def test_the_readme_lists_what_is_answered() -> None:
    assert README.read_text() == render(), "run `python -m tests.support.aws_readme`"


def test_the_services_are_those_of_botocore() -> None:
    assert set(CLIENTS.values()) <= set(Session().get_available_services())

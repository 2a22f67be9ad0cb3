"""Whatever a DMS call is given, the answer is DMS's own fault: no connection is made and no worker started here."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.aws.aws_request import AwsRequest
from rehearsal.aws.dms import errors
from rehearsal.aws.dms.protocol import MODEL
from rehearsal.aws.dms.service import Dms
from rehearsal.aws.faults import Faults
from rehearsal.aws.operations import OPERATIONS
from rehearsal.aws.settings import DURATIONS, durations, policies
from rehearsal.aws.timing import Transitions
from tests.support.aws_stage import MAPPING, REGION

if TYPE_CHECKING:
    from botocore.model import StructureShape

FAULTS = {fault.args[0] for fault in vars(errors).values() if isinstance(fault, partial)}
ENDPOINT = {"EndpointType": "source", "EngineName": "postgres", "ServerName": "127.0.0.1", "Port": 1,
            "DatabaseName": "d", "Username": "u", "Password": "p"}  # fmt: skip
TASK = {"ReplicationTaskIdentifier": "b", "MigrationType": "cdc", "TableMappings": json.dumps(MAPPING),
        "SourceEndpointArn": "@source", "TargetEndpointArn": "@target", "ReplicationInstanceArn": "@instance"}  # fmt: skip
BAD: list[Any] = [
    *(None, "", "none", "\0", "한글" * 200, "-a", "9" * 400, 0, -1, 2**70, 1e30, True),
    *([], {}, [None], [{}], [{"Name": "x", "Values": ["y"]}], [{"Key": "", "Value": "b"}], [{"Value": "b"}]),
    *({"SlotName": 5}, {"Port": -1}, {"x": None}, {"SecretsManagerSecretId": "s"}),
    *("{", "null", "[]", '{"rules": null}', '{"rules": [null]}', '{"rules": [{"rule-type": 1}]}'),
    *('{"Logging": 1}', '{"TargetMetadata": {"LobMaxSize": null}}', '{"TargetMetadata": []}', "{}" * 9),
]


class Wire:
    """DMS as its protocol answers, with resources that calls can be made on."""

    def __init__(self) -> None:
        self.transitions = Transitions(durations(dict.fromkeys(DURATIONS, 0.0)), Faults())
        self.task = ""
        self._dms = Dms(REGION, self.transitions, policies())
        self.instance = self("DescribeReplicationInstances")["ReplicationInstances"][0]["ReplicationInstanceArn"]
        self.source = self("CreateEndpoint", EndpointIdentifier="s", **ENDPOINT)["Endpoint"]["EndpointArn"]
        target = ENDPOINT | {"EndpointType": "target", "EngineName": "oracle"}
        self.target = self("CreateEndpoint", EndpointIdentifier="t", **target)["Endpoint"]["EndpointArn"]
        self.task = self("CreateReplicationTask", **self.new_task("a"))["ReplicationTask"]["ReplicationTaskArn"]
        while self("DescribeReplicationTasks")["ReplicationTasks"][0]["Status"] != "ready":
            time.sleep(0.001)

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        return self.send(operation, json.dumps(parameters).encode())

    def send(self, operation: str, body: bytes) -> dict[str, Any]:
        """One call; a fault comes as its `__type` and `message`."""
        response = self._dms.answer(AwsRequest("dms", operation, REGION), body)
        answer: dict[str, Any] = json.loads(response.get_data())
        assert response.status_code == (400 if "__type" in answer else 200)
        return answer

    def everything(self) -> list[dict[str, Any]]:
        """All resources, as they are described."""
        kinds = ("Certificates", "Connections", "Endpoints", "ReplicationInstances", "ReplicationTasks")
        return [self(f"Describe{kind}") for kind in (*kinds, "ReplicationTaskAssessmentRuns")]

    def new_task(self, identifier: str) -> dict[str, Any]:
        """The parameters of CreateReplicationTask."""
        return {name: self.meant(value) for name, value in (TASK | {"ReplicationTaskIdentifier": identifier}).items()}

    def meant(self, value: Any) -> Any:
        """The ARN that `@source` and its like stand for."""
        arns = {"@source": self.source, "@target": self.target, "@instance": self.instance, "@task": self.task}
        return arns.get(value, value) if isinstance(value, str) else value

    def good(self, operation: str) -> dict[str, Any]:
        """Parameters of a call on what is there, so that one bad one among them is met."""
        if operation == "CreateReplicationTask":
            return self.new_task("b")
        if operation == "CreateEndpoint":
            return {"EndpointIdentifier": "e", **ENDPOINT}
        fitting = {"ReplicationTaskArn": self.task, "EndpointArn": self.source, "ReplicationInstanceArn": "none",
                   "TargetReplicationInstanceArn": self.instance, "ReplicationInstanceIdentifier": "i",
                   "ReplicationInstanceClass": "dms.t3.micro", "StartReplicationTaskType": "resume-processing",
                   "ServiceAccessRoleArn": "none", "ResultLocationBucket": "none", "AssessmentRunName": "a",
                   "CertificateArn": "none", "CertificateIdentifier": "c",
                   "TablesToReload": [], "ResourceArn": self.task, "Tags": [], "TagKeys": []}  # fmt: skip
        return {name: fitting[name] for name in members(operation).required_members}


@pytest.fixture
def dms() -> Wire:
    return Wire()


def members(operation: str) -> StructureShape:
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    return shape


@pytest.mark.parametrize("operation", OPERATIONS["dms"])
def test_a_bad_value_in_any_place_is_a_fault(dms: Wire, operation: str) -> None:
    for body in (b"", b"null", b"[]", b"\xff\xfe", b"nonsense"):
        assert dms.send(operation, body).get("__type", "ValidationException") in FAULTS, body
    for name in members(operation).members:
        for bad in BAD:
            answer = dms(operation, **dms.good(operation) | {name: bad})
            assert answer.get("__type", "ValidationException") in FAULTS, (name, bad, answer)


@pytest.mark.parametrize(
    ("operation", "parameters", "fault", "message"),
    [
        ("CreateEndpoint", {"EndpointIdentifier": "S", **ENDPOINT}, "ResourceAlreadyExistsFault", "exists: s."),
        ("CreateEndpoint", {"EndpointIdentifier": "e", **ENDPOINT, "Port": 70000},
         "InvalidParameterValueException", "the port 70000 is none"),
        ("CreateEndpoint", {"EndpointIdentifier": "e", **ENDPOINT, "ResourceIdentifier": "a--b"},
         "InvalidParameterValueException", "ResourceIdentifier 'a--b' is not a valid identifier"),
        *((operation, given | {"Tags": [{"Value": "v"}]}, "InvalidParameterValueException", "a tag has no Key")
          for operation, given in (("CreateEndpoint", {"EndpointIdentifier": "e", **ENDPOINT}), ("CreateReplicationTask", TASK),
                                   ("CreateReplicationInstance", {"ReplicationInstanceIdentifier": "i",
                                    "ReplicationInstanceClass": "dms.t3.micro"}))),
        *(("AddTagsToResource", {"ResourceArn": "@source", "Tags": [{"Key": key, "Value": value}]},
           "InvalidParameterValueException", message)
          for key, value, message in (("aws:a", "", "begins with aws:"), ("dms:a", "", "or dms:"),
                                      ("k" * 129, "", "too long"), ("k", "v" * 257, "too long"))),
        *(("CreateEndpoint", {"EndpointIdentifier": "e", **ENDPOINT, **settings}, "InvalidParameterValueException",
           f"does not have the effect of {name} of an endpoint")
          for settings, name in (({"PostgreSQLSettings": {"CaptureDdls": True}}, "CaptureDdls"),
                                 ({"PostgreSQLSettings": {"ExecuteTimeout": 9}}, "ExecuteTimeout"),
                                 ({"ExtraConnectionAttributes": "slotName=a;captureddls=Y"}, "CaptureDdls"),
                                 ({"ExtraConnectionAttributes": "Foo=bar"}, "Foo"))),
        ("ModifyEndpoint", {"EndpointArn": "@target", "OracleSettings": {"UseLogminerReader": True}},
         "InvalidParameterValueException", "does not have the effect of UseLogminerReader"),
        ("CreateEndpoint", {"EndpointIdentifier": "e", "EndpointType": "source", "EngineName": "postgres",
         "DatabaseName": "d", "PostgreSQLSettings": {"SecretsManagerSecretId": "s"}},
         "InvalidParameterCombinationException", "needs SecretsManagerAccessRoleArn"),
        ("CreateEndpoint", {"EndpointIdentifier": "e", **ENDPOINT, "OracleSettings": {"NumberDatatypeScale": 1}},
         "InvalidParameterCombinationException", "OracleSettings are not for the engine postgres"),
        *(("CreateReplicationInstance", {"ReplicationInstanceIdentifier": "i", "ReplicationInstanceClass": "dms.t3.small",
           name: value}, "InvalidParameterValueException", f"the {name} {value} is none of DMS's")
          for name, value in (("ReplicationInstanceClass", "small"), ("AllocatedStorage", -5), ("EngineVersion", "new"))),
        ("DeleteEndpoint", {"EndpointArn": "@source"}, "InvalidResourceStateFault", "one or more Replication"),
        ("DeleteReplicationInstance", {"ReplicationInstanceArn": "@instance"}, "InvalidResourceStateFault",
         "has replication tasks"),
        ("CreateReplicationInstance", {"ReplicationInstanceIdentifier": "dmsworkshop-target-dmsrepl",
         "ReplicationInstanceClass": "c"}, "ResourceAlreadyExistsFault", "already exists"),
        ("ModifyReplicationTask", {"ReplicationTaskArn": "@task", "ReplicationTaskIdentifier": ""},
         "InvalidParameterValueException", "is not a valid identifier"),
        ("ModifyReplicationTask", {"ReplicationTaskArn": "@task", "ReplicationTaskSettings":
         '{"ErrorBehavior": {"RecoverableErrorInterval": -5}}'}, "InvalidParameterValueException", "cannot be negative"),
        *(("ModifyReplicationTask", {"ReplicationTaskArn": "@task", "ReplicationTaskSettings": json.dumps(settings)},
           "InvalidParameterValueException", message)
          for settings, message in (({"TargetMetadata": {"TargetSchema": "X"}}, "effect of TargetMetadata.TargetSchema"),
                                    ({"TargetMetadata": {"FullLobMode": True}}, "exclude each other"),
                                    ({"BeforeImageSettings": {"a": 1}}, "effect of BeforeImageSettings"))),
        ("MoveReplicationTask", {"ReplicationTaskArn": "@task", "TargetReplicationInstanceArn": "@instance"},
         "InvalidResourceStateFault", "is on dmsworkshop-target-dmsrepl already"),
        ("CreateReplicationInstance", {"ReplicationInstanceIdentifier": "i" * 64, "ReplicationInstanceClass":
         "dms.t3.micro"}, "InvalidParameterValueException", "is not a valid identifier"),
        *(("DescribeEndpoints", {"Marker": marker}, "InvalidParameterValueException", "did not come from this call")
          for marker in ("20", "junk", "Certificates:20", "Endpoints:x")),
        ("DescribeEvents", {"SourceType": "junk"}, "ValidationException", "Value 'junk' at 'sourceType'"),
        ("DescribeEndpoints", {"MaxRecords": 0}, "InvalidParameterValueException", "MaxRecords is 0"),
        ("DescribeEvents", {"Filters": [{"Name": "x", "Values": []}]}, "InvalidParameterValueException", "'x'"),
        ("DescribeEvents", {"StartTime": "today"}, "ValidationException", "is no timestamp"),
        ("DescribeReplicationTasks", {"WithoutSettings": "yes"}, "ValidationException", "WithoutSettings"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_refused(dms: Wire, operation: str, parameters: dict[str, Any], fault: str, message: str) -> None:
    given = {name: dms.meant(value) for name, value in parameters.items()}
    before = dms.everything()
    answer = dms(operation, **given)
    assert (answer.get("__type"), message in answer.get("message", "")) == (fault, True), answer
    assert dms.everything() == before


def test_a_source_is_postgresql_and_a_target_oracle(dms: Wire) -> None:
    other = dms("CreateEndpoint", EndpointIdentifier="o", **ENDPOINT | {"EngineName": "oracle"})["Endpoint"]
    answer = dms("CreateReplicationTask", **dms.new_task("b") | {"SourceEndpointArn": other["EndpointArn"]})
    assert answer["message"] == "the rehearsal replicates from PostgreSQL to Oracle: o, the source, is oracle"


def test_an_endpoint_that_is_being_deleted_cannot_be_used(dms: Wire) -> None:
    dms.transitions.faults.set("hold-state", {"status": "deleting"})
    gone = dms("CreateEndpoint", EndpointIdentifier="gone", **ENDPOINT)["Endpoint"]["EndpointArn"]
    assert dms("DeleteEndpoint", EndpointArn=gone)["Endpoint"]["Status"] == "deleting"
    for operation, parameters in {
        "DeleteEndpoint": {"EndpointArn": gone},
        "ModifyEndpoint": {"EndpointArn": gone},
        "TestConnection": {"EndpointArn": gone, "ReplicationInstanceArn": dms.instance},
        "CreateReplicationTask": dms.new_task("b") | {"SourceEndpointArn": gone},
    }.items():
        answer = dms(operation, **parameters)
        assert answer == {"__type": "InvalidResourceStateFault", "message": "Endpoint gone is deleting."}, operation
    dms.transitions.faults.heal()


def test_the_same_arn_is_not_given_twice(dms: Wire) -> None:
    made = dms("CreateEndpoint", EndpointIdentifier="e", ResourceIdentifier="mine", **ENDPOINT)["Endpoint"]
    assert made["EndpointArn"].endswith(":endpoint:mine")
    again = dms("CreateEndpoint", EndpointIdentifier="f", ResourceIdentifier="mine", **ENDPOINT)
    assert again["__type"] == "ResourceAlreadyExistsFault"

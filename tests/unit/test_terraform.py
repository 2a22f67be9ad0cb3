"""examples/terraform: what can be said of it where neither the provider nor an account is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.amazon.aws.secrets.secrets_manager import SecretsManagerBackend
from packaging.specifiers import SpecifierSet

from reverse_sync.aws.rds import missing_parameters
from reverse_sync.aws.task_log import LOGS_ROLE
from reverse_sync.policy import least_policy
from tests.support.cutovers import PIPELINE, find, rds
from tests.support.parts import ROOT
from tests.support.terraform import Configuration, problems, values

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "examples/terraform"
README = (FOLDER / "README.md").read_text()
TEXTS = [file.read_text() for file in sorted(FOLDER.glob("*.tf"))]
EXAMPLE = Configuration.of(TEXTS)
DATA = json.loads((ROOT / "tests/data/terraform-aws.json").read_text())
SCHEMA = DATA["provider_schemas"]["registry.terraform.io/hashicorp/aws"]


def test_the_providers_schema_knows_everything_in_it() -> None:
    assert list(problems(EXAMPLE, SCHEMA)) == []
    assert len(EXAMPLE.things) > 20


def test_the_schema_is_of_a_version_that_the_example_takes_and_its_readme_names() -> None:
    _, version = DATA["source"]["provider"].split()
    [providers] = EXAMPLE.settings["required_providers"]
    assert version in SpecifierSet(providers["aws"]["version"])
    assert version in README
    used = {(thing.kind, thing.type) for thing in EXAMPLE.things}
    assert used == {("resource", one) for one in SCHEMA["resource_schemas"]} | {
        ("data", one) for one in SCHEMA["data_source_schemas"]
    }


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("subnet_ids  ", "subnets", "aws_dms_replication_subnet_group.this: no argument subnets"),
        ("subnet_ids  ", "subnets", "aws_dms_replication_subnet_group.this: subnet_ids is missing"),
        ("default_retention {", "retention {", "aws_s3_bucket_object_lock_configuration.evidence.rule: no block retention"),
        ("default_retention {", "retention {", "aws_s3_bucket_object_lock_configuration.evidence.rule: 0 blocks default_retention"),
        ("publicly_accessible         = false", "multi_az = 1", "aws_dms_replication_instance.this.multi_az is no bool: 1"),
        ('name         = "rds.logical_replication"', "", "aws_db_parameter_group.source.parameter: name is missing"),
        ("publicly_accessible         = false", 'replication_instance_arn = "arn"', "aws_dms_replication_instance.this.replication_instance_arn is AWS's to say"),
        ("var.subnet_ids", "var.subnets", "aws_dms_replication_subnet_group.this: nothing is var.subnets"),
        ("var.subnet_ids", "var.security_group_ids", "var.subnet_ids: nobody uses it"),
        ("secret.arn]", "secret.arn]\n    sid = aws_secretsmanager_secret.other", "data.aws_iam_policy_document.connections: nothing is aws_secretsmanager_secret.other"),
        ("dms.json", "dms.text", "aws_iam_role.dms: nothing is data.aws_iam_policy_document.dms.text"),
        ('"aws_s3_bucket_versioning"', '"aws_s3_versions"', "aws_s3_versions.evidence: the schema has no such type"),
        ('"The bucket of evidence.base_path."', '""', "var.evidence_bucket: description or type is missing"),
        ('"aws_iam_role_policy_attachment" "dms_logs"', '"aws_iam_role_policy_attachment" "dms_vpc"', "two of one address"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(right: str, wrong: str, said: str) -> None:
    changed_texts = [text.replace(right, wrong) for text in TEXTS]
    assert changed_texts != TEXTS
    assert said in list(problems(Configuration.of(changed_texts), SCHEMA))


def test_the_preflight_is_content_with_the_parameter_group() -> None:
    [group] = EXAMPLE.all("aws_db_parameter_group")
    parameters = {one["name"]: one["value"] for one in group["parameter"]}
    assert parameters.keys() == missing_parameters({}).keys()
    assert find(rds=rds(parameters=parameters)) == []
    asked = [finding.do for finding in find(rds=rds(parameters={}))]
    assert len(asked) == len(group["parameter"])
    for parameter, do in zip(group["parameter"], asked, strict=True):
        assert re.fullmatch(rf"set {parameter['name']} to .* \(apply method {parameter['apply_method']}\)", do)


def test_dms_has_its_roles() -> None:
    [names] = [one["for_each"] for one in EXAMPLE.all("aws_iam_role") if one.get("name") == "${each.key}"]
    assert names == f'${{toset(["dms-vpc-role", "{LOGS_ROLE}"])}}'
    policies = {
        one["role"]: one["policy_arn"].rpartition("/")[2] for one in EXAMPLE.all("aws_iam_role_policy_attachment")
    }
    assert policies == {
        '${aws_iam_role.dms["dms-vpc-role"].name}': "AmazonDMSVPCManagementRole",
        f'${{aws_iam_role.dms["{LOGS_ROLE}"].name}}': "AmazonDMSCloudWatchLogsRole",
    }


def test_nobody_deletes_a_version_of_the_evidence() -> None:
    [bucket] = EXAMPLE.all("aws_s3_bucket")
    [versioning] = EXAMPLE.all("aws_s3_bucket_versioning")
    [lock] = EXAMPLE.all("aws_s3_bucket_object_lock_configuration")
    assert bucket["object_lock_enabled"] is True
    assert versioning["versioning_configuration"][0]["status"] == "Enabled"
    assert lock["rule"][0]["default_retention"][0]["mode"] == "COMPLIANCE"
    assert {one["bucket"] for one in (versioning, lock)} == {"${aws_s3_bucket.evidence.id}"}


def test_nothing_that_the_dag_makes_is_in_it_and_the_readme_says_so() -> None:
    source = PIPELINE.dms.source_endpoint.model_copy(update={"certificate": "tls/ca.pem"})
    dms = PIPELINE.dms.model_copy(update={"source_endpoint": source})
    statements = least_policy(PIPELINE.model_copy(update={"dms": dms}), "1")["Statement"]
    actions = [action for one in statements for action in one["Action"]]
    made = {found[1] for action in actions if (found := re.fullmatch(r"dms:(?:Create|Import)(\w+)", action))}
    types = {"aws_dms" + re.sub("([A-Z])", r"_\1", name).lower() for name in made}
    assert types == {"aws_dms_endpoint", "aws_dms_replication_task", "aws_dms_certificate"}
    assert types & {thing.type for thing in EXAMPLE.things} == set()
    assert all(f"`{one}`" in README for one in types)


def test_airflow_finds_a_secret_for_each_connection_of_the_pipeline() -> None:
    backend = SecretsManagerBackend()
    [secret] = [one for one in EXAMPLE.all("aws_secretsmanager_secret") if one["for_each"] == "${var.connections}"]
    assert secret["name"] == backend.build_path(backend.connections_prefix, "${each.key}", backend.sep)
    named = set(connections(PIPELINE.model_dump())) - {PIPELINE.aws.connection}
    assert sorted(named) == values((FOLDER / "flightspecials.tfvars").read_text())["connections"]
    assert EXAMPLE.all("aws_secretsmanager_secret_version") == []


def connections(section: Any) -> Iterator[str]:
    if isinstance(section, dict):
        if isinstance(name := section.get("connection"), str):
            yield name
        section = list(section.values())
    for inner in section if isinstance(section, list | tuple) else ():
        yield from connections(inner)


def test_the_shipped_pipelines_values_are_whole() -> None:
    given = values((FOLDER / "flightspecials.tfvars").read_text())
    needed = {name for name, variable in EXAMPLE.variables.items() if "default" not in variable}
    assert given.keys() == needed
    assert given["replication_instance"] == PIPELINE.dms.replication_instance

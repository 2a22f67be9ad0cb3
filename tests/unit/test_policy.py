"""The least IAM policy: generated, scoped, and what the documentation prints."""

from pathlib import Path
from typing import Any

import pytest

from reverse_sync.pipeline import load
from reverse_sync.policy import least_policy, main
from tests.support.parts import ROOT

FILE = ROOT / "include" / "pipelines" / "flightspecials.yaml"


def test_the_documented_policy_is_the_generated_one(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(FILE)])
    assert capsys.readouterr().out == (ROOT / "docs" / "iam-policy.json").read_text(encoding="utf-8")


def test_nothing_that_changes_is_allowed_everywhere_but_what_has_no_resource() -> None:
    statements = least_policy(load(FILE), "111122223333")["Statement"]
    everywhere = {action for one in statements if "*" in one["Resource"] for action in one["Action"]}
    changing = {action for action in everywhere if not action.split(":")[1].startswith(("Describe", "Get"))}
    assert changing == {"dms:CreateEndpoint"}
    (reboot,) = [one["Resource"] for one in statements if one["Action"] == ["rds:RebootDBInstance"]]
    assert reboot == ["arn:aws:rds:ap-northeast-2:111122223333:db:flightspecials-test-postgres-db"]


@pytest.mark.parametrize(
    ("base_path", "objects"),
    [("s3://audit/reverse/sync/", "arn:aws:s3:::audit/reverse/sync/*"), ("s3://audit", "arn:aws:s3:::audit/*")],
)
def test_evidence_on_s3_and_an_eks_cluster_are_named(base_path: str, objects: str) -> None:
    pipeline = load(FILE)
    address = {"kind": "ingress", "name": "i", "namespace": "n", "eks_cluster": "prod"}
    document = pipeline.model_dump(by_alias=True) | {"evidence": {"base_path": base_path}}
    document["canary"][0]["address"] = address
    resources = {one["Sid"]: one["Resource"] for one in least_policy(type(pipeline)(**document), "1")["Statement"]}
    assert (resources["KeepTheEvidence"], resources["FindTheEvidence"]) == ([objects], ["arn:aws:s3:::audit"])
    assert resources["ReadTheIngress"] == ["arn:aws:eks:ap-northeast-2:1:cluster/prod"]


def test_certificates_of_files_may_be_imported_and_deleted(tmp_path: Path) -> None:
    def allowed(certificate: str) -> dict[str, Any]:
        pipeline = load(FILE)
        source = pipeline.dms.source_endpoint.model_copy(update={"certificate": certificate})
        dms = pipeline.dms.model_copy(update={"source_endpoint": source})
        statements = least_policy(pipeline.model_copy(update={"dms": dms}), "1")["Statement"]
        return {one["Sid"]: one["Resource"] for one in statements if one["Sid"].endswith("Certificates")}

    everywhere_and_scoped = {"ImportCertificates": ["*"], "DeleteCertificates": ["arn:aws:dms:ap-northeast-2:1:cert:*"]}
    assert allowed(str(tmp_path / "ca.pem")) == everywhere_and_scoped
    assert allowed("arn:aws:dms:ap-northeast-2:1:cert:ONE") == {}


def test_a_file_that_cannot_be_used_is_named() -> None:
    with pytest.raises(SystemExit, match=r"missing\.yaml: can't be read"):
        main(["missing.yaml"])

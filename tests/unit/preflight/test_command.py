"""`python -m reverse_sync.preflight` where nothing can be reached, or nothing needs to be."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from reverse_sync.preflight.__main__ import main
from tests.support.mappings import ROOT, SEED_MAPPING

if TYPE_CHECKING:
    from pathlib import Path

PIPELINE = str(ROOT / "include/pipelines/flightspecials.yaml")


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


def test_the_shipped_pipeline_offline(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _run(capsys, PIPELINE, "--offline")
    assert code == 0
    assert printed.splitlines()[-1] == "flightspecials.yaml: 0 errors, 1 warning, 1 note"


@pytest.mark.parametrize(
    ("region", "severity", "said"),
    [
        ("moon", "error", "aws.region is 'moon', which is no region of AWS"),
        ("EU-WEST-1", "error", "aws.region is 'EU-WEST-1', which is no region of AWS; did you mean eu-west-1?"),
        ("aws-global", "error", "aws.region is 'aws-global', which is no region of AWS"),
        ("ap-northeast-22", "warning", "knows no AWS DMS; did you mean ap-northeast-2?"),
        ("us-gov-west-1", None, ""),
        ("cn-north-1", None, ""),
    ],
)
def test_a_region_that_aws_does_not_have_is_found_offline(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, region: str, severity: str | None, said: str
) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text((ROOT / "include/pipelines/flightspecials.yaml").read_text().replace("ap-northeast-2", region))
    code, printed = _run(capsys, str(path), "--offline", "--json")
    found = [item for item in json.loads(printed) if item["code"] == "unknown-region"]
    assert [item["severity"] for item in found] == ([severity] if severity else [])
    assert said in "".join(item["what"] for item in found)
    assert code == (1 if severity == "error" else 0)


def test_without_a_name_every_pipeline_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _run(capsys, "--offline")
    assert (code, "flightspecials.yaml: 0 errors" in printed) == (0, True)


def test_another_mapping_with_errors(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _run(capsys, PIPELINE, "--offline", "--json", "--mapping", str(SEED_MAPPING))
    found = json.loads(printed)
    assert code == 1
    assert [item["code"] for item in found] == ["rules-collide", "tls-off", "canary-path"]
    assert found[0] == {
        "severity": "error",
        "code": "rules-collide",
        "group": "mapping",
        "what": "4 rules act on 3 columns of travelbuddy.flightspecial: rule 555867091 (convert-uppercase on %) applies, "
        "556134354 (rename EXPIRYDATE on expiry_date), 556002807 (rename DESTINATIONCODE on detination_code), "
        "555920505 (rename ORIGINCODE on origin_code) never",
        "why": "DMS allows one action on an object and applies the rule with the lower rule-id",
        "do": "keep one rule for it; name the columns one by one instead of %",
        "file": str(SEED_MAPPING),
        "rule": "555867091",
        "table": "travelbuddy.flightspecial",
        "accepted_by": "nothing",
        "link": "https://docs.aws.amazon.com/dms/latest/userguide/"
        "CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html",
    }


def test_a_mapping_that_is_not_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"rules": [')
    code, printed = _run(capsys, PIPELINE, "--offline", "--json", "--mapping", str(broken))
    [finding, *_] = json.loads(printed)
    assert (code, finding["code"]) == (1, "mapping-language")
    assert finding["what"] == "not JSON: Expecting value at line 1 column 12"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (None, 2, "nowhere.yaml: can't be read"),
        ("name: [", 1, "nowhere.yaml: not YAML"),
        ("name: x\nnmae: y\n", 1, "nmae: unknown key"),
    ],
)
def test_a_pipeline_file_that_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, code: int, message: str
) -> None:
    file = tmp_path / "nowhere.yaml"
    if text is not None:
        file.write_text(text)
    found, printed = _run(capsys, str(file), "--offline", "--json")
    [finding] = json.loads(printed)
    assert (found, finding["code"]) == (code, "unreadable-file")
    assert message in finding["what"]


def test_a_mapping_file_that_is_missing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, printed = _run(capsys, PIPELINE, "--offline", "--json", "--mapping", str(tmp_path / "gone.json"))
    assert (code, json.loads(printed)[0]["code"]) == (2, "unreadable-file")


def test_the_pre_commit_hook_is_this_command() -> None:
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    [hook] = [hook for hook in repository["hooks"] if hook["id"] == "reverse-sync-preflight"]
    entry = shlex.split(hook["entry"].replace(".venv/bin/python", sys.executable))
    broken = [*entry, "--mapping", str(SEED_MAPPING)]
    assert subprocess.run(broken, cwd=ROOT, capture_output=True, check=False).returncode == 1
    assert main(entry[entry.index("reverse_sync.preflight") + 1 :]) == 0


def test_connections_that_lead_nowhere(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    password = "do-not-print-me"
    for name, kind in (
        ("flightspecials_postgres", "postgres"),
        ("flightspecials_dms_source", "postgres"),
        ("travelbuddy_oracle", "oracle"),
        ("travelbuddy_dms_target", "oracle"),
        ("flightspecials_api", "http"),
    ):
        # Port 1 (tcpmux) of loopback: nothing listens there.
        values = {
            "conn_type": kind,
            "host": "127.0.0.1",
            "port": 1,
            "login": "someone",
            "password": password,
            "schema": "XE",
        }
        monkeypatch.setenv(
            f"AIRFLOW_CONN_{name.upper()}", json.dumps(values | ({"schema": "http"} if kind == "http" else {}))
        )
    aws = {"conn_type": "aws", "login": "test", "password": password, "extra": {"endpoint_url": "http://127.0.0.1:1"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(aws))
    code, printed = _run(capsys, PIPELINE, "--json")
    found = [item for item in json.loads(printed) if item["code"] == "unreachable"]
    assert code == 2
    assert [item["what"].split(": ")[0] for item in found] == [
        "RDS (aws_default)",
        "DMS (aws_default)",
        "PostgreSQL (flightspecials_postgres, 127.0.0.1:1)",
        "PostgreSQL for DMS (flightspecials_dms_source, 127.0.0.1:1)",
        "Oracle (travelbuddy_oracle, 127.0.0.1:1)",
        "Oracle for DMS (travelbuddy_dms_target, 127.0.0.1:1)",
        "the API (flightspecials_api, 127.0.0.1:1)",
    ]
    assert all(item["blind"] for item in found)
    assert password not in printed


def test_a_name_that_two_files_share_is_found_offline(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    include = shutil.copytree(ROOT / "include", tmp_path / "include")
    shutil.copy(include / "pipelines" / "flightspecials.yaml", include / "pipelines" / "other.yaml")
    monkeypatch.setattr("reverse_sync.pipeline.model.INCLUDE", include)
    code, printed = _run(capsys, "--offline", "--json")
    found = [item["what"] for item in json.loads(printed) if item["code"] == "shared-names"]
    assert code == 1
    assert [what.partition(":")[0] for what in found] == ["flightspecials.yaml", "other.yaml"]
    assert "name: 'flightspecials' is also the one of other.yaml" in found[0]

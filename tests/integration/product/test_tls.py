"""TLS with private authorities, tried: PostgreSQL, Oracle by TCPS, and DMS's own endpoints with imported certificates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from airflow.providers.oracle.hooks.oracle import OracleHook
from airflow.providers.postgres.hooks.postgres import PostgresHook

from rehearsal.certificates import write_certificates
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.oracle.rows import fetch_row
from reverse_sync.pipeline import HttpCanary
from reverse_sync.preflight import run as preflight
from reverse_sync.verify.api import Call, change
from tests.support.procedure import Procedure
from tests.support.tls import secured
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration

FIND = "SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = :1"


def postgres_connection(running: RunningParts, authority: Path) -> str:
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": "localhost",
            "port": running.ports.postgres,
            "schema": "dso",
            "login": "postgres",
            "password": "sesame-7391",
            "extra": {"sslmode": "verify-full", "sslrootcert": str(authority)},
        }
    )


def oracle_connection(running: RunningParts, wallet: Path, **extra: Any) -> str:
    address = f"(ADDRESS=(PROTOCOL=tcps)(HOST=127.0.0.1)(PORT={running.ports.oracle}))"
    return json.dumps(
        {
            "conn_type": "oracle",
            "host": f"(DESCRIPTION={address}(CONNECT_DATA=(SERVICE_NAME=XE)))",
            "login": "TRAVELBUDDY",
            "password": "welcome",
            "extra": {"wallet_location": str(wallet), **extra},
        }
    )


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """The folder of an authority that signed nothing here."""
    made = write_certificates(tmp_path, "stranger")
    (tmp_path / "ewallet.pem").write_bytes(made.authority.read_bytes())
    return tmp_path


def test_postgresql_is_verified_in_full(
    running: RunningParts, pipeline: Pipeline, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"AIRFLOW_CONN_{pipeline.postgres.connection.upper()}"
    monkeypatch.setenv(name, postgres_connection(running, running.home / "postgres" / "ca.crt"))
    query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert PostgresHook(postgres_conn_id=pipeline.postgres.connection).get_first(query) in ((True,), [True])

    monkeypatch.setenv(name, postgres_connection(running, stranger / "ca.crt"))
    [finding] = [item for item in preflight(pipeline) if item.code == "unreachable"]
    assert "certificate verify failed" in finding.what
    assert "\n" not in finding.what


def test_oracle_is_reached_by_tcps(
    running: RunningParts, pipeline: Pipeline, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"AIRFLOW_CONN_{pipeline.oracle.connection.upper()}"
    wallet = running.home / "oracle" / "wallet"
    by_dn = {"ssl_server_dn_match": True, "ssl_server_cert_dn": "CN=rehearsal-oracle"}
    monkeypatch.setenv(name, oracle_connection(running, wallet, **by_dn))
    assert OracleHook(oracle_conn_id=pipeline.oracle.connection).get_first(FIND, parameters=[1])
    assert fetch_row(pipeline.oracle.connection, FIND, [1])

    monkeypatch.setenv(name, oracle_connection(running, wallet, **by_dn | {"ssl_server_cert_dn": "CN=another"}))
    with pytest.raises(oracledb.OperationalError, match="DPY-6005"):
        OracleHook(oracle_conn_id=pipeline.oracle.connection).get_conn()
    monkeypatch.setenv(name, oracle_connection(running, stranger))
    [finding] = [item for item in preflight(pipeline) if item.code == "unreachable"]
    assert "certificate verify failed" in finding.what
    assert "\n" not in finding.what


def test_the_api_is_reached_by_https(
    running: RunningParts, pipeline: Pipeline, stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [canary] = pipeline.canaries
    assert isinstance(canary, HttpCanary)
    folder = tmp_path / "api"
    folder.mkdir()
    with secured(running.ports.flightspecials_api, folder) as api:
        login = {"conn_type": "http", "schema": "https", "host": "127.0.0.1", "port": api.port}
        name = f"AIRFLOW_CONN_{canary.connection.upper()}"
        monkeypatch.setenv(name, json.dumps({**login, "extra": {"verify": str(api.authority)}}))
        assert change(Call(canary, "PUT", 4, "https, 암호화"), pipeline.aws) == 200
        with running.postgres() as session:
            query = "SELECT header FROM travelbuddy.flightspecial WHERE id = 4"
            assert session.execute(query).fetchone() == ("https, 암호화",)

        monkeypatch.setenv(name, json.dumps({**login, "extra": {"verify": str(stranger / "ca.crt")}}))
        with pytest.raises(ReverseSyncError, match=r"(?i)certificate.verify.failed") as refused:
            change(Call(canary, "PUT", 4, "not sent"), pipeline.aws)
        assert "\n" not in str(refused.value)


def test_aws_is_reached_through_an_authority_of_ones_own(
    running: RunningParts, pipeline: Pipeline, stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "aws"
    folder.mkdir()
    login = {"conn_type": "aws", "login": "test", "password": "test"}
    with secured(running.ports.aws, folder) as aws:
        address = f"https://127.0.0.1:{aws.port}"
        for authority, reached in ((aws.authority, True), (stranger / "ca.crt", False)):
            extra = {"endpoint_url": address, "region_name": pipeline.aws.region, "verify": str(authority)}
            monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({**login, "extra": extra}))
            findings = [item for item in preflight(pipeline) if item.code == "unreachable"]
            refused = ["CERTIFICATE_VERIFY_FAILED" in item.what for item in findings]
            assert refused == ([] if reached else [True, True])  # by RDS, and by DMS


@pytest.fixture
def by_tls(running: RunningParts, replicating: Procedure, pipeline: Pipeline, stranger: Path) -> Iterator[Pipeline]:
    """The pipeline whose endpoints verify their databases; afterwards they are as before."""
    files = {"source": running.home / "postgres" / "ca.crt", "target": running.home / "oracle" / "wallet" / "ca.crt"}
    yield _with_certificates(pipeline, files)
    Procedure(_applied(pipeline)).start()


def _applied(pipeline: Pipeline) -> Pipeline:
    return pipeline.model_copy(update={"dms": pipeline.dms.model_copy(update={"on_drift": "apply"})})


def _with_certificates(pipeline: Pipeline, files: dict[str, Path]) -> Pipeline:
    dms = pipeline.dms
    source = dms.source_endpoint.model_copy(update={"ssl_mode": "verify-full", "certificate": f"{files['source']}"})
    target = dms.target_endpoint.model_copy(update={"ssl_mode": "verify-ca", "certificate": f"{files['target']}"})
    update = {"source_endpoint": source, "target_endpoint": target, "on_drift": "apply"}
    return pipeline.model_copy(update={"dms": dms.model_copy(update=update)})


def test_dms_verifies_both_databases_by_imported_certificates(
    running: RunningParts, by_tls: Pipeline, stranger: Path
) -> None:
    dms = running.aws("dms")
    procedure = Procedure(by_tls)
    started = procedure.start()
    assert started["source"]["outcome"] == started["target"]["outcome"] == "changed"
    assert [one["CertificateIdentifier"].rpartition("-")[0] for one in dms.describe_certificates()["Certificates"]] == [
        by_tls.dms.source_endpoint.identifier,
        by_tls.dms.target_endpoint.identifier,
    ]
    with running.postgres() as session:
        query = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'dmsuser' AND ssl"
        assert session.execute(query).fetchall()[0] >= (1,)
        session.execute("UPDATE travelbuddy.flightspecial SET header = 'by TLS, 암호화' WHERE id = 3")
    assert eventually(lambda: fetch_row(by_tls.oracle.connection, FIND, [3]) == ("by TLS, 암호화",))

    again = procedure.start()
    assert (again["source"]["outcome"], again["started"]["outcome"]) == ("left alone", "left alone")
    files = {"source": stranger / "ca.crt", "target": running.home / "oracle" / "wallet" / "ca.crt"}
    other = _with_certificates(by_tls, files)
    other.dms.__dict__["on_drift"] = "report"
    with pytest.raises(
        NeedsPersonError, match=r"CertificateArn is 'arn:.*' in AWS, 'the certificate .* not imported yet'"
    ):
        Procedure(other).ensure(other.dms.source_endpoint, other.postgres.db_instance)
    other.dms.__dict__["on_drift"] = "apply"
    with pytest.raises(NeedsPersonError, match="certificate verify failed"):
        Procedure(other).start()

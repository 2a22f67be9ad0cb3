"""An outage may pass, an answer stays: as the drivers, AWS and the API say it."""

from __future__ import annotations

import socket
from typing import Any

import psycopg
import pytest
import requests
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from reverse_sync.preflight.failure import Failure


def aws(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "DescribeDBInstances")


def oracle(message: str, code: int = 0) -> Exception:
    from oracledb.errors import _Error

    error = _Error(message=message, code=code)
    made: Exception = error.exc_type(error)
    return made


PASSING = [
    aws("ThrottlingException"),
    aws("Throttling"),
    aws("ExpiredToken"),
    aws("Whatever", status=503),
    EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
    oracle("DPY-6005: cannot connect to database"),
    oracle('DPY-6001: Service "XE" is not registered with the listener'),
    oracle("ORA-01033: ORACLE initialization or shutdown in progress", 1033),
    oracle("ORA-03113: end-of-file on communication channel", 3113),
    oracle("ORA-00020: maximum number of processes (300) exceeded", 20),
    TimeoutError("no session"),
    socket.gaierror(-2, "Name or service not known"),
    psycopg.OperationalError("connection failed: Connection refused"),
    psycopg.OperationalError("FATAL:  the database system is starting up"),
    psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
    psycopg.errors.TooManyConnections("sorry, too many clients already"),
    requests.ConnectionError("refused"),
    requests.ReadTimeout("no answer"),
]
FINAL = [
    aws("AccessDenied", status=403),
    aws("InvalidParameterValue"),
    NoCredentialsError(),
    oracle("ORA-01017: invalid username/password", 1017),
    oracle("ORA-28000: the account is locked", 28000),
    oracle("ORA-00942: table or view does not exist", 942),
    psycopg.OperationalError('FATAL:  password authentication failed for user "postgres"'),
    psycopg.OperationalError('FATAL:  database "absent" does not exist'),
    psycopg.OperationalError(
        'connection failed: root certificate file "/home/airflow/.postgresql/root.crt" does not exist'
    ),
    psycopg.OperationalError('connection is bad: invalid sslmode value: "nonsense"'),
    psycopg.OperationalError("connection failed: server does not support SSL, but SSL was required"),
    requests.exceptions.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number"),
    psycopg.errors.InsufficientPrivilege("permission denied for table t"),
    psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
    psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
    requests.exceptions.InvalidURL("no host"),
    PermissionError("x"),
    KeyError("x"),
]


@pytest.mark.parametrize("error", PASSING, ids=str)
def test_what_may_pass_by_itself(error: Exception) -> None:
    failure = Failure.of(error)
    assert failure.passing
    assert not failure.advice.startswith("correct")


@pytest.mark.parametrize("error", FINAL, ids=str)
def test_what_stays(error: Exception) -> None:
    failure = Failure.of(error)
    assert not failure.passing
    assert failure.advice.startswith("correct")


def test_the_advice_is_for_what_happened() -> None:
    assert "empty the connection's field Schema" in Failure.of(oracle("ORA-01435: user does not exist", 1435)).advice
    assert 'extra: {"service_name"' in Failure.of(oracle("DPY-4027: no configuration directory specified")).advice
    assert "http or https" in Failure.of(requests.exceptions.SSLError("wrong version number")).advice
    assert "who else makes so many" in Failure.of(aws("ThrottlingException")).advice
    assert "renew the credentials" in Failure.of(aws("ExpiredToken")).advice
    assert "start it" in Failure.of(requests.ConnectionError("refused")).advice
    assert "port of the Airflow connection" in Failure.of(oracle("DPY-6005: cannot connect to database")).advice

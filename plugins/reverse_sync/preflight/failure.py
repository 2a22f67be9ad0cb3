"""Why something could not be looked at: an outage that may pass by itself, or an answer that stays as it is."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from reverse_sync.aws import faults
from reverse_sync.oracle.session import correction
from reverse_sync.oracle.session import is_outage as is_oracle_outage
from reverse_sync.postgres.session import is_about_tls
from reverse_sync.postgres.session import is_outage as is_postgres_outage

_AWAY = (
    "wait and look again; if it stays away, start it, or correct what leads to it: host and port of the Airflow "
    "connection, security group, listener"
)
_THROTTLED = "wait and look again; if AWS goes on refusing calls, find out who else makes so many"
_EXPIRED = "renew the credentials of the AWS connection, unless they renew themselves"
_FINAL = "correct the Airflow connection, or what stands between: address, port, login, security group, listener"
_TLS = "correct what the connection says of TLS: sslmode and root certificate, http or https (docs/tls.md)"


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept a check from looking; `passing` means that the same look may succeed later without anybody's help."""

    reason: str
    advice: str
    passing: bool

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """What a driver, AWS or the API raised, judged by the rules of the module that knows it."""
        return cls(in_one_line(error), *_judge(error))


def _judge(error: Exception) -> tuple[str, bool]:
    """The advice, and whether the failure may pass."""
    import oracledb
    import psycopg
    import psycopg2
    import requests
    from botocore.exceptions import BotoCoreError, ClientError

    match error:
        case ClientError() if faults.code_of(error) in faults.THROTTLED:
            return _THROTTLED, True
        case ClientError() if faults.code_of(error) in faults.CREDENTIALS:
            return _EXPIRED, True
        case ClientError() | BotoCoreError():
            passing = faults.may_pass(error)
        case requests.exceptions.SSLError():
            return _TLS, False
        case psycopg.Error() | psycopg2.Error() if is_about_tls(error):
            return _TLS, False
        case oracledb.Error() if advice := correction(error):
            return advice, False
        case oracledb.Error() | TimeoutError() | ConnectionError() | socket.gaierror():
            passing = is_oracle_outage(error)
        case psycopg.Error() | psycopg2.Error():
            passing = is_postgres_outage(error)
        case _:
            passing = isinstance(error, requests.ConnectionError | requests.Timeout)
    return (_AWAY if passing else _FINAL), passing


def in_one_line(error: Exception) -> str:
    """What the error says, without what a driver adds for its own developers."""
    diagnosis = getattr(error, "diag", None)  # psycopg's: the message without the statement's text
    if diagnosis and diagnosis.message_primary:
        return str(diagnosis.message_primary)
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Help: ")]
    return " ".join(lines)[:400] or type(error).__name__

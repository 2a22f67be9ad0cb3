"""An endpoint, the login that it has or that its secret has, and the database that this leads to."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb
import psycopg
from botocore.model import StructureShape

from rehearsal.aws import moto_seams
from rehearsal.aws.aws_request import service_model
from rehearsal.aws.dms.resources import Resource
from rehearsal.aws.worker.target import connect as connect_to_oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("engines.json").read_text())
"""Of each engine its display name, the section of its settings, the SSL modes and the settings that have an effect.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html has the modes.
"""
_ATTRIBUTES_ONLY = ("alwaysReplaceEmptyString",)
"""What no setting of an engine says: the guide's page of Oracle as a target, extra connection attributes."""
LOGIN = {
    "host": ("ServerName", "host"),
    "port": ("Port", "port"),
    "dbname": ("DatabaseName", "dbname"),
    "user": ("Username", "username"),
    "password": ("Password", "password"),
}
"""libpq's names: what an endpoint and what a secret calls them."""
_CONNECT_TIMEOUT_S = 10


class UnreachableError(ValueError):
    """An endpoint's database did not do what was asked; the message is its own, on one line."""


class SecretUnusableError(UnreachableError):
    """The Secrets Manager secret of an endpoint cannot be read; the message names it."""


class Endpoint(Resource):
    """An endpoint; its members are those of CreateEndpoint, secrets included."""

    noun, arn_part, absent = "Endpoint", "endpoint", "Endpoint {} not found."
    trusted: str | None = None
    """The PEM of its CertificateArn."""

    @property
    def engine(self) -> str:
        """EngineName."""
        return str(self.members["EngineName"])

    @property
    def section(self) -> str:
        """The name of its engine's settings: PostgreSQLSettings or OracleSettings."""
        return str(ENGINES[self.engine]["settings"])

    @property
    def settings(self) -> dict[str, Any]:
        """Those of its section, over what ExtraConnectionAttributes says (`slotName=x;...`)."""
        shape = service_model("dms").shape_for(self.section)
        members = [*shape.members] if isinstance(shape, StructureShape) else []
        spelled = {name.lower(): name for name in [*members, *_ATTRIBUTES_ONLY]}
        extra = (pair.partition("=") for pair in (self.members.get("ExtraConnectionAttributes") or "").split(";"))
        pairs = ((name.strip(), value.strip()) for name, _, value in extra)
        named = {spelled.get(name.lower(), name): value for name, value in pairs if name}
        return named | (self.members.get(self.section) or {})

    def login(self, region: str) -> dict[str, Any]:
        """host, port, dbname, user, password (libpq's names): its own, or its secret's; sslmode and, where something is
        verified, sslrootcert. Raises SecretUnusableError.

        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
        """
        own, settings = self.members, self.settings
        login = {key: own.get(name) or settings.get(name) for key, (name, _) in LOGIN.items()}
        login["sslmode"] = {"none": "disable"}.get(mode := own.get("SslMode") or "none", mode)
        if self.trusted:
            login["sslrootcert"] = _trust_file(self.trusted)
        if secret := settings.get("SecretsManagerSecretId"):
            kept = _read_secret(secret, region)
            login |= {key: kept[name] for key, (_, name) in LOGIN.items() if name in kept}
            if lacking := [name for key, (_, name) in LOGIN.items() if not login[key]]:
                raise SecretUnusableError(f"the secret {secret} has no {', '.join(lacking)}")
        return login

    @contextmanager
    def connected(self, region: str) -> Iterator[Any]:
        """A session of psycopg or python-oracledb. Raises UnreachableError."""
        login = self.login(region)
        try:
            with (
                connect_to_oracle(login)
                if self.engine == "oracle"
                else psycopg.connect(**login, autocommit=True, connect_timeout=_CONNECT_TIMEOUT_S)
            ) as session:
                yield session
        except (psycopg.Error, oracledb.Error, OSError, ValueError) as error:  # the last two: impossible names of hosts
            raise UnreachableError(" ".join(str(error).split())) from error


@cache
def _trust_file(pem: str) -> str:
    """The PEM as a file of a folder of its own, as libpq and Oracle's client want it."""
    file = Path(tempfile.mkdtemp(prefix="trust-"), "ewallet.pem")
    file.write_text(pem)
    return str(file)


def _read_secret(identifier: str, region: str) -> dict[str, Any]:
    try:
        found = moto_seams.backend("secretsmanager", region).get_secret_value(identifier, "", "")
        secret = json.loads(found["secret_string"] if "secret_string" in found else found["SecretString"])
    except Exception as error:  # moto's own exceptions, and JSON's
        raise SecretUnusableError(f"the secret {identifier} cannot be read: {type(error).__name__}") from error
    if not isinstance(secret, dict):
        raise SecretUnusableError(f"the secret {identifier} is not a JSON object with username, password, host, port")
    return secret

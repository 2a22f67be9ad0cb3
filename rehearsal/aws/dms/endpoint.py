"""An endpoint, the login that it has or that its secret has, and the database that this leads to."""

from __future__ import annotations

import hashlib
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

SETTINGS = {"postgres": "PostgreSQLSettings", "aurora-postgresql": "PostgreSQLSettings", "oracle": "OracleSettings"}
_ATTRIBUTES_ONLY = ("alwaysReplaceEmptyString",)
"""What no setting of an engine says: the guide's page of Oracle as a target, extra connection attributes."""
_LOGIN = {
    "host": ("ServerName", "host"),
    "port": ("Port", "port"),
    "dbname": ("DatabaseName", "dbname"),
    "user": ("Username", "username"),
    "password": ("Password", "password"),
}
"""libpq's names: what an endpoint and what a secret calls them."""
_CONNECT_TIMEOUT_S = 10


class SecretUnusableError(ValueError):
    """The Secrets Manager secret of an endpoint cannot be read; the message names it."""


class UnreachableError(ValueError):
    """An endpoint's database did not do what was asked; the message is its own, on one line."""


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
    def settings(self) -> dict[str, Any]:
        """PostgreSQLSettings or OracleSettings, over what ExtraConnectionAttributes says (`slotName=x;...`)."""
        extra = (self.members.get("ExtraConnectionAttributes") or "").split(";")
        section = SETTINGS.get(self.engine, "")
        shape = service_model("dms").shape_for(section) if section else None
        members = [*shape.members] if isinstance(shape, StructureShape) else []
        spelled = {name.lower(): name for name in [*members, *_ATTRIBUTES_ONLY]}
        pairs = ((name.strip(), value.strip()) for name, _, value in (pair.partition("=") for pair in extra))
        named = {spelled.get(name.lower(), name): value for name, value in pairs if name}
        return named | (self.members.get(section) or {})

    def login(self, region: str) -> dict[str, Any]:
        """host, port, dbname, user, password (libpq's names): its own, or its secret's; sslmode and, where something is
        verified, sslrootcert. Raises SecretUnusableError.

        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
        """
        own, settings = self.members, self.settings
        login = {key: own.get(name) or settings.get(name) for key, (name, _) in _LOGIN.items()}
        login["sslmode"] = {"none": "disable"}.get(mode := own.get("SslMode") or "none", mode)
        if self.trusted:
            login["sslrootcert"] = str(_trust_file(self.trusted))
        if secret := settings.get("SecretsManagerSecretId"):
            kept = _read_secret(secret, region)
            login |= {key: kept[name] for key, (_, name) in _LOGIN.items() if name in kept}
            if lacking := [name for key, (_, name) in _LOGIN.items() if not login[key]]:
                raise SecretUnusableError(f"the secret {secret} has no {', '.join(lacking)}")
        return login

    @contextmanager
    def connected(self, region: str) -> Iterator[Any]:
        """A session of psycopg or python-oracledb. Raises SecretUnusableError, UnreachableError."""
        login = self.login(region)
        try:
            with (
                connect_to_oracle(login)
                if self.engine == "oracle"
                else psycopg.connect(**login, autocommit=True, connect_timeout=_CONNECT_TIMEOUT_S)
            ) as session:
                yield session
        except (
            psycopg.Error,
            oracledb.Error,
            OSError,
            ValueError,
        ) as error:  # the last two: impossible host names
            raise UnreachableError(" ".join(str(error).split())) from error


@cache
def _trust_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="trust-"))


def _trust_file(pem: str) -> Path:
    """The PEM as a file of a folder of its own, as libpq and Oracle's client want it."""
    folder = Path(_trust_folder(), hashlib.sha256(pem.encode()).hexdigest())
    folder.mkdir(exist_ok=True)
    file = folder / "ewallet.pem"
    file.write_text(pem)
    return file


def _read_secret(identifier: str, region: str) -> dict[str, Any]:
    try:
        found = moto_seams.backend("secretsmanager", region).get_secret_value(identifier, "", "")
        secret = json.loads(found["secret_string"] if "secret_string" in found else found["SecretString"])
    except Exception as error:  # moto's own exceptions, and JSON's
        raise SecretUnusableError(f"the secret {identifier} cannot be read: {type(error).__name__}") from error
    if not isinstance(secret, dict):
        raise SecretUnusableError(f"the secret {identifier} is not a JSON object with username, password, host, port")
    return secret

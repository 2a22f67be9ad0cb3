"""What DMS keeps of endpoints, replication instances and connections; tasks are in `task.py`."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import StructureShape

from rehearsal.aws import moto_seams
from rehearsal.aws.aws_request import service_model

SETTINGS = {"postgres": "PostgreSQLSettings", "aurora-postgresql": "PostgreSQLSettings", "oracle": "OracleSettings"}
_ATTRIBUTES_ONLY = ("alwaysReplaceEmptyString",)
"""What no setting of an engine says: the guide's page of Oracle as a target, extra connection attributes."""
_IN_SECRET = {"host": "host", "port": "port", "dbname": "dbname", "user": "username", "password": "password"}


class SecretUnusableError(ValueError):
    """The Secrets Manager secret of an endpoint cannot be read; the message names it."""


@dataclass(frozen=True)
class Certificate:
    """An imported certificate."""

    arn: str
    identifier: str
    pem: str
    created: datetime

    def describe(self) -> dict[str, Any]:
        """The certificate in the answer of a call."""
        named = {"CertificateArn": self.arn, "CertificateIdentifier": self.identifier, "CertificatePem": self.pem}
        return named | {"CertificateCreationDate": self.created}


@dataclass
class Endpoint:
    """An endpoint; `attributes` are those of CreateEndpoint, secrets included."""

    arn: str
    attributes: dict[str, Any] = field(repr=False)
    status: str = "active"
    trusted: str | None = None
    """The PEM of its CertificateArn."""

    @property
    def identifier(self) -> str:
        """EndpointIdentifier."""
        return str(self.attributes["EndpointIdentifier"])

    @property
    def engine(self) -> str:
        """EngineName."""
        return str(self.attributes["EngineName"])

    @property
    def settings(self) -> dict[str, Any]:
        """PostgreSQLSettings or OracleSettings, over what ExtraConnectionAttributes says (`slotName=x;...`)."""
        extra = (self.attributes.get("ExtraConnectionAttributes") or "").split(";")
        section = SETTINGS.get(self.engine, "")
        shape = service_model("dms").shape_for(section) if section else None
        members = [*shape.members] if isinstance(shape, StructureShape) else []
        spelled = {name.lower(): name for name in [*members, *_ATTRIBUTES_ONLY]}
        pairs = ((name.strip(), value.strip()) for name, _, value in (pair.partition("=") for pair in extra))
        named = {spelled.get(name.lower(), name): value for name, value in pairs if name}
        return named | (self.attributes.get(section) or {})

    def login(self, region: str) -> dict[str, Any]:
        """host, port, dbname, user, password (libpq's names): its own, or its secret's; sslmode and, where something is
        verified, sslrootcert. Raises SecretUnusableError.

        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
        """
        own, settings = self.attributes, self.settings
        login = {
            "host": own.get("ServerName") or settings.get("ServerName"),
            "port": own.get("Port") or settings.get("Port"),
            "dbname": own.get("DatabaseName") or settings.get("DatabaseName"),
            "user": own.get("Username") or settings.get("Username"),
            "password": own.get("Password") or settings.get("Password"),
            "sslmode": {"none": "disable"}.get(mode := own.get("SslMode") or "none", mode),
        }
        if self.trusted:
            login["sslrootcert"] = str(_trust_file(self.trusted))
        if secret := settings.get("SecretsManagerSecretId"):
            kept = _read_secret(secret, region)
            login |= {key: kept[name] for key, name in _IN_SECRET.items() if name in kept}
            if lacking := [name for key, name in _IN_SECRET.items() if not login[key]]:
                raise SecretUnusableError(f"the secret {secret} has no {', '.join(lacking)}")
        return login


@dataclass
class ReplicationInstance:
    """A replication instance; tasks run in the stand-in itself."""

    arn: str
    identifier: str
    instance_class: str
    allocated_storage_gb: int = 100
    engine_version: str = "3.5.3"
    status: str = "creating"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Connection:
    """What the last test of an endpoint from an instance found."""

    instance_arn: str
    instance_identifier: str
    endpoint: Endpoint
    status: str = "testing"
    last_failure: str = ""


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

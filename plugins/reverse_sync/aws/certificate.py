"""The certificate that an endpoint trusts its database by: named by its ARN, or a file that is imported once.

DMS can't change an imported certificate. Its name has a digest of the file, so that another file is another
certificate, and the endpoint's CertificateArn differs: drift, as any other.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.aws.dms import empty_if_missing

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient as DmsClient
    from mypy_boto3_dms.type_defs import FilterTypeDef

    from reverse_sync.pipeline import Endpoint

_DIGITS = 12


class ImportedCertificate(NamedTuple):
    """A certificate that a run imported; `users` are the endpoints that trust by it."""

    identifier: str
    arn: str
    users: frozenset[str]


def certificate_arn(client: DmsClient, endpoint: Endpoint) -> str | None:
    """The ARN of the endpoint's certificate; None where it has none. One that is not imported yet is said to be so."""
    identifier = _identifier(endpoint)
    if identifier is None:
        return endpoint.certificate
    return _find(client, identifier) or f"the certificate {identifier}, which is not imported yet"


def import_certificate(client: DmsClient, endpoint: Endpoint) -> None:
    """Import the endpoint's file, unless it has none, or that was done."""
    file, identifier = endpoint.certificate_file, _identifier(endpoint)
    if file is None or identifier is None or _find(client, identifier):
        return
    if file.suffix == ".sso":
        client.import_certificate(CertificateIdentifier=identifier, CertificateWallet=file.read_bytes())
    else:
        client.import_certificate(CertificateIdentifier=identifier, CertificatePem=file.read_text(encoding="utf-8"))


def imported_certificates(client: DmsClient, endpoint: Endpoint) -> list[ImportedCertificate]:
    """What runs imported for the endpoint: its file, and those that it had before; none where it names no file."""
    if endpoint.certificate_file is None:
        return []
    own = re.compile(rf"{re.escape(endpoint.identifier)}-[0-9a-f]{{{_DIGITS}}}")
    found = {
        certificate["CertificateArn"]: certificate["CertificateIdentifier"]
        for page in client.get_paginator("describe_certificates").paginate()
        for certificate in page["Certificates"]
        if own.fullmatch(certificate["CertificateIdentifier"])
    }
    users: dict[str, set[str]] = {arn: set() for arn in found}
    for page in client.get_paginator("describe_endpoints").paginate():
        for one in page["Endpoints"]:
            if (arn := one.get("CertificateArn", "")) in users:
                users[arn].add(one["EndpointIdentifier"])
    return [ImportedCertificate(identifier, arn, frozenset(users[arn])) for arn, identifier in found.items()]


def delete_certificates(client: DmsClient, endpoint: Endpoint) -> list[str]:
    """Delete what runs imported for the endpoint and no endpoint uses any more; the names of those."""
    unused = [found for found in imported_certificates(client, endpoint) if not found.users]
    for certificate in unused:
        client.delete_certificate(CertificateArn=certificate.arn)
    return [certificate.identifier for certificate in unused]


def _identifier(endpoint: Endpoint) -> str | None:
    if endpoint.certificate_file is None:
        return None
    return f"{endpoint.identifier}-{hashlib.sha256(endpoint.certificate_file.read_bytes()).hexdigest()[:_DIGITS]}"


def _find(client: DmsClient, identifier: str) -> str | None:
    filters: list[FilterTypeDef] = [{"Name": "certificate-id", "Values": [identifier]}]
    found = empty_if_missing(lambda: client.describe_certificates(Filters=filters)["Certificates"])
    return found[0]["CertificateArn"] if found else None

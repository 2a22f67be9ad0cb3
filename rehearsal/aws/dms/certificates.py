"""Certificates that endpoints trust their databases by: PEM only, an Oracle wallet (.sso) can't be read here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import InvalidCertificateError, InvalidResourceStateError, ResourceNotFoundError
from rehearsal.aws.dms.region import free_identifier, tags
from rehearsal.aws.dms.resources import Certificate

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

_FILTERS = {"certificate-arn": "CertificateArn", "certificate-id": "CertificateIdentifier"}


class CertificateCalls:
    """The calls on certificates."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def import_certificate(self, parameters: Parameters) -> dict[str, Any]:
        """ImportCertificate."""
        asked, pem = parameters["CertificateIdentifier"], str(parameters.get("CertificatePem") or "")
        identifier = free_identifier("CertificateIdentifier", asked, self._region.certificates)
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise InvalidCertificateError(f"the certificate {identifier} is no X.509 certificate in PEM") from error
        arn = self._region.new_arn("cert", None)
        self._region.tags[arn] = tags(parameters)
        found = self._region.certificates[arn] = Certificate(arn, identifier, pem, datetime.now(UTC))
        return {"Certificate": found.describe()}

    def describe_certificates(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeCertificates."""
        found = (one.describe() for one in self._region.certificates.values())
        return matching_page("Certificates", found, parameters, _FILTERS)

    def delete_certificate(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteCertificate: not while an endpoint uses it."""
        arn = parameters["CertificateArn"]
        if arn not in self._region.certificates:
            raise ResourceNotFoundError(f"Certificate {arn} not found.")
        if any(endpoint.attributes.get("CertificateArn") == arn for endpoint in self._region.endpoints.values()):
            raise InvalidResourceStateError(f"Certificate {arn} is in use by an endpoint.")
        described = self._region.certificates[arn].describe()
        self._region.remove(arn)
        return {"Certificate": described}

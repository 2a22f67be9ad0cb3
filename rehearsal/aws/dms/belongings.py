"""What belongs to other resources: the certificates that endpoints trust, and the tags and events of any.

A certificate is PEM only: an Oracle wallet (.sso) can't be read here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.endpoint import Endpoint
from rehearsal.aws.dms.errors import invalid_certificate, invalid_state, not_found
from rehearsal.aws.dms.region import tags
from rehearsal.aws.dms.resources import Certificate

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region


class Belongings:
    """The calls on certificates, tags and events."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def import_certificate(self, parameters: Parameters) -> dict[str, Any]:
        """ImportCertificate."""
        pem = str(parameters.get("CertificatePem") or "")
        named = self._region.named(Certificate, parameters)
        certificate = Certificate(named | {"CertificatePem": pem, "CertificateCreationDate": datetime.now(UTC)})
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            message = f"the certificate {certificate.identifier} is no X.509 certificate in PEM"
            raise invalid_certificate(message) from error
        self._region.keep(certificate, parameters)
        return self._region.answer(certificate)

    def delete_certificate(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteCertificate: not while an endpoint uses it."""
        certificate = self._region.find(Certificate, parameters["CertificateArn"])
        if any(one.members.get("CertificateArn") == certificate.arn for one in self._region.of(Endpoint)):
            raise invalid_state(f"Certificate {certificate.arn} is in use by an endpoint.")
        self._region.remove(certificate)
        return self._region.answer(certificate)

    def add_tags_to_resource(self, parameters: Parameters) -> dict[str, Any]:
        """AddTagsToResource."""
        self._tags(parameters["ResourceArn"]).update(tags(parameters))
        return {}

    def remove_tags_from_resource(self, parameters: Parameters) -> dict[str, Any]:
        """RemoveTagsFromResource."""
        tags = self._tags(parameters["ResourceArn"])
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, parameters: Parameters) -> dict[str, Any]:
        """ListTagsForResource."""
        arns = parameters.get("ResourceArnList") or [parameters.get("ResourceArn", "")]
        found = ((arn, key, value) for arn in arns for key, value in self._tags(arn).items())
        return {"TagList": [{"ResourceArn": arn, "Key": key, "Value": value} for arn, key, value in found]}

    def describe_events(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeEvents: those of the last hour, or as its parameters say."""
        return matching_page("Events", self._region.events.find(parameters), parameters)

    def _tags(self, arn: str) -> dict[str, str]:
        if arn not in self._region.tags:
            raise not_found(f"Resource {arn} not found.")
        return self._region.tags[arn]

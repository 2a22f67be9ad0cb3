"""What belongs to other resources: the certificates that endpoints trust, and the tags and events of any.

A certificate is PEM only: an Oracle wallet (.sso) can't be read here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import invalid_certificate, invalid_state, not_found
from rehearsal.aws.dms.region import Parameters, Region, tags
from rehearsal.aws.dms.resources import Certificate


def import_certificate(region: Region, parameters: Parameters) -> dict[str, Any]:
    """ImportCertificate."""
    pem = str(parameters.get("CertificatePem") or "")
    named = region.named(Certificate, parameters)
    certificate = Certificate(named | {"CertificatePem": pem, "CertificateCreationDate": datetime.now(UTC)})
    try:
        x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        message = f"the certificate {certificate.identifier} is no X.509 certificate in PEM"
        raise invalid_certificate(message) from error
    region.keep(certificate, parameters)
    return region.answer(certificate)


def delete_certificate(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DeleteCertificate: not while an endpoint uses it."""
    certificate = region.find(Certificate, parameters["CertificateArn"])
    if region.users(certificate):
        raise invalid_state(f"Certificate {certificate.arn} is in use by an endpoint.")
    region.remove(certificate)
    return region.answer(certificate)


def add_tags_to_resource(region: Region, parameters: Parameters) -> dict[str, Any]:
    """AddTagsToResource."""
    _tags(region, parameters["ResourceArn"]).update(tags(parameters))
    return {}


def remove_tags_from_resource(region: Region, parameters: Parameters) -> dict[str, Any]:
    """RemoveTagsFromResource."""
    tags = _tags(region, parameters["ResourceArn"])
    for key in parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(region: Region, parameters: Parameters) -> dict[str, Any]:
    """ListTagsForResource."""
    arns = parameters.get("ResourceArnList") or [parameters.get("ResourceArn", "")]
    found = ((arn, key, value) for arn in arns for key, value in _tags(region, arn).items())
    return {"TagList": [{"ResourceArn": arn, "Key": key, "Value": value} for arn, key, value in found]}


def describe_events(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DescribeEvents: those of the last hour, or as its parameters say."""
    return matching_page("Events", region.events.find(parameters), parameters)


def _tags(region: Region, arn: str) -> dict[str, str]:
    if arn not in region.tags:
        raise not_found(f"Resource {arn} not found.")
    return region.tags[arn]

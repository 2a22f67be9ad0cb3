"""The faults that DMS answers with: https://docs.aws.amazon.com/dms/latest/APIReference/CommonErrors.html"""


class DmsError(Exception):
    """An error that the caller gets as `code` and message, with HTTP status 400."""

    code = ""

    def __init_subclass__(cls, code: str) -> None:
        cls.code = code


class InvalidParameterValueError(DmsError, code="InvalidParameterValueException"):
    """A parameter's value cannot be used."""


class InvalidParameterCombinationError(DmsError, code="InvalidParameterCombinationException"):
    """Parameters that are fine alone do not go together."""


class ValidationError(DmsError, code="ValidationException"):
    """The request does not fit the service's model."""


class ResourceNotFoundError(DmsError, code="ResourceNotFoundFault"):
    """What the request names does not exist."""


class ResourceAlreadyExistsError(DmsError, code="ResourceAlreadyExistsFault"):
    """What the request would make exists."""


class InvalidResourceStateError(DmsError, code="InvalidResourceStateFault"):
    """The resource exists, but not in a state in which this can be done."""


class AccessDeniedError(DmsError, code="AccessDeniedFault"):
    """DMS itself may not do what the request asks for."""


class S3ResourceNotFoundError(DmsError, code="S3ResourceNotFoundFault"):
    """The bucket is not there."""


class InvalidCertificateError(DmsError, code="InvalidCertificateFault"):
    """What is imported is no certificate."""

"""The faults that DMS answers with: https://docs.aws.amazon.com/dms/latest/APIReference/CommonErrors.html"""

from functools import partial


class DmsError(Exception):
    """A fault that the caller gets as ``code`` and message, with HTTP status 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


invalid_value = partial(DmsError, "InvalidParameterValueException")
invalid_combination = partial(DmsError, "InvalidParameterCombinationException")
invalid_request = partial(DmsError, "ValidationException")
not_found = partial(DmsError, "ResourceNotFoundFault")
already_exists = partial(DmsError, "ResourceAlreadyExistsFault")
invalid_state = partial(DmsError, "InvalidResourceStateFault")
access_denied = partial(DmsError, "AccessDeniedFault")
bucket_not_found = partial(DmsError, "S3ResourceNotFoundFault")
invalid_certificate = partial(DmsError, "InvalidCertificateFault")

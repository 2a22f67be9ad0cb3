"""The faults that DMS answers with: https://docs.aws.amazon.com/dms/latest/APIReference/CommonErrors.html"""


class DmsError(Exception):
    """An error that the caller gets as `code` and message, with HTTP status 400."""

    code = "InvalidParameterValueException"


class InvalidParameterValueError(DmsError):
    """A parameter's value cannot be used."""


class InvalidParameterCombinationError(DmsError):
    """Parameters that are fine alone do not go together."""

    code = "InvalidParameterCombinationException"


class ValidationError(DmsError):
    """The request does not fit the service's model."""

    code = "ValidationException"


class ResourceNotFoundError(DmsError):
    """What the request names does not exist."""

    code = "ResourceNotFoundFault"


class ResourceAlreadyExistsError(DmsError):
    """What the request would make exists."""

    code = "ResourceAlreadyExistsFault"


class InvalidResourceStateError(DmsError):
    """The resource exists, but not in a state in which this can be done."""

    code = "InvalidResourceStateFault"


class UnknownOperationError(DmsError):
    """DMS has this call, or nobody has; the rehearsal does not."""

    code = "UnknownOperationException"

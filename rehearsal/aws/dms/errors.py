"""The faults that DMS answers with: https://docs.aws.amazon.com/dms/latest/APIReference/CommonErrors.html"""

from functools import partial

from rehearsal.aws.errors import AwsError

invalid_value = partial(AwsError, "InvalidParameterValueException")
invalid_combination = partial(AwsError, "InvalidParameterCombinationException")
invalid_request = partial(AwsError, "ValidationException")
not_found = partial(AwsError, "ResourceNotFoundFault")
already_exists = partial(AwsError, "ResourceAlreadyExistsFault")
invalid_state = partial(AwsError, "InvalidResourceStateFault")
access_denied = partial(AwsError, "AccessDeniedFault")
bucket_not_found = partial(AwsError, "S3ResourceNotFoundFault")
invalid_certificate = partial(AwsError, "InvalidCertificateFault")

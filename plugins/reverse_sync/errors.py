"""The few errors of this project. Each message states the facts that disagree, then the next step."""


class ReverseSyncError(Exception):
    """Something a person has to look at; the message is all that person needs."""


class PipelineError(ReverseSyncError, ValueError):
    """A pipeline file, or a file it names, can't be used."""


class NeedsPersonError(ReverseSyncError):
    """Trying again by itself can't help (drift, a missing resource, patience at its end): the task is not retried."""


class NotProvedError(NeedsPersonError):
    """The change did not arrive in Oracle, or arrived different."""

"""Filter patterns of CloudWatch Logs for text: terms, phrases, optional and excluded terms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re

from rehearsal.aws.errors import AwsError

_TERM = re.compile(r'([-?]?)(?:"([^"\\]+)"|(\w+))(?:\s+|$)')
_TERMS = re.compile(f"(?:{_TERM.pattern})*")


class LogFilter:
    """A pattern: `a b` wants both terms, `?a ?b` one of them, `-a` none, `"a b"` is one term with what is in it."""

    def __init__(self, pattern: str) -> None:
        """Raises AwsError for a pattern that the rehearsal does not evaluate."""
        if not _TERMS.fullmatch(pattern.strip()):
            raise AwsError(
                "InvalidParameterException",
                f'the rehearsal does not evaluate the filter pattern {pattern!r}: it knows terms, "phrases",'
                " ?optional and -excluded ones, but no %regular expressions%, { JSON } and [fields]",
            )
        self._terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
        for kind, phrase, word in _TERM.findall(pattern):
            self._terms[kind].append(phrase or word)
        if self._terms["?"] and (self._terms[""] or self._terms["-"]):
            message = f"the filter pattern {pattern!r} has ?terms beside others, where AWS ignores the `?`"
            raise AwsError("InvalidParameterException", message)

    def matches(self, message: str) -> bool:
        """Whether a log event with this message passes."""
        wanted, optional, excluded = ([term in message for term in terms] for terms in self._terms.values())
        return all(wanted) and not any(excluded) and (not optional or any(optional))

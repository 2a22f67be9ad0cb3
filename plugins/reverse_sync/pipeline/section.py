"""What every section of a pipeline file is made of."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

ConnectionId = Annotated[str, StringConstraints(min_length=1, max_length=250)]


class Section(BaseModel):
    """One part of the file: immutable, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def shaped(pattern: str, words: str) -> AfterValidator:
    """A text of that regular expression; of another one `words` say what is allowed, with an example.

    pydantic's own constraint would show the expression to who writes the file.
    """
    wanted = re.compile(pattern)

    def check(value: str) -> str:
        if not wanted.fullmatch(value):
            raise ValueError(words)
        return value

    return AfterValidator(check)

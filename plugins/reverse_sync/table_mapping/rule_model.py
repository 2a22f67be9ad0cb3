"""What the models of all rules share: keys with dashes, ids, texts that may stand for numbers, missing keys."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """An object of the document: no key but the documented ones, and none changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


def _rule_id(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return value
    raise PydanticCustomError("rule_id", 'a number of at most 18 digits, for instance "10"')


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def given(value: object) -> object:
    """AWS's samples write "" for a number that is not given (`"scale": ""`)."""
    return None if value == "" else value


Name = Annotated[str, Field(min_length=1)]
RuleId = Annotated[int, BeforeValidator(_rule_id)]
AsText = Annotated[str, BeforeValidator(_text)]
Size = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(given)]


class Rule(Model):
    """What every rule has."""

    rule_id: RuleId
    rule_name: Name


def require(model: BaseModel, keys: tuple[str, ...], because: str, within: str = "") -> None:
    """Refuse a model that lacks one of the keys, or has it empty."""
    for key in keys:
        if not (value := getattr(model, key.replace("-", "_"))):
            path = f"{within}.{key}" if within else key
            empty = ", and it is empty" if value == "" else ""
            raise PydanticCustomError(
                "missing-key",
                "{because} needs the key {path}{empty}",
                {"because": because, "path": path, "empty": empty},
            )


def refuse(code: str, message: str, **values: object) -> PydanticCustomError:
    """What a validator raises: a Problem's code and its sentence."""
    return PydanticCustomError(code, message, values)

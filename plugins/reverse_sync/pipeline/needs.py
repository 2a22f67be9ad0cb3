"""What a value of a pipeline file has to be, in the words of who writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_NEEDS = {
    "string_type": "a text, in quotes where YAML would read something else",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "a section of keys and values"),
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "literal_error": "{expected}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}
"""What pydantic calls a fault -> what is allowed there."""


def allowed(details: ErrorDetails) -> str:
    """What would be right where that fault was found."""
    if words := _NEEDS.get(details["type"]):
        return words.format(**details.get("ctx", {}))
    message = details["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:]

"""Format models: how PostgreSQL prints as they say, and the elements by which read_datetime of types.sql reads.

https://docs.oracle.com/database/121/SQLRF/sql_elements004.htm#SQLRF00212 (format models)
"""

import re
import tomllib
from pathlib import Path

from rehearsal.oracle.errors import OracleError, unlisted

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
_ELEMENTS: dict[str, tuple[str, str]] = _TABLES["here"]
_TWICE = {"year": 1812, "hour": 1813, "month": 1816}
_TOKEN = re.compile(
    rf"""(?P<element>{"|".join(_ELEMENTS)}) | (?P<fraction>FF[1-9]?) | (?P<zone>TZH|TZM) | (?P<fill>FM)
    | (?P<text>"[^"]*") | (?P<mark>[-/,.;:\s]) | (?P<radix>X)""",
    re.VERBOSE | re.IGNORECASE,
)
_UNLISTED = re.compile("|".join(map(re.escape, _TABLES["elsewhere"]["elements"].split())), re.IGNORECASE)
_WORDS = ("MONTH", "MON", "DAY", "DY", "AM", "PM")  # printed in the case in which they are written
_MAX_FRACTION = 6


def output_format(model: str) -> str:
    """What PostgreSQL's to_char needs to print as Oracle's would with ``model``. Raises OracleError."""
    parts, fill = [], ""
    for kind, text in _split(model):
        upper = text.upper()
        if kind == "fill":
            fill = "" if fill else "FM"
        elif kind == "element":
            parts.append(_printed(upper, text, fill))
        elif kind == "fraction":
            if upper == "FF":
                raise unlisted("format element FF for output: its digits depend on the column, say FF1 to FF6")
            if fill:
                raise unlisted(f"format element {text} behind FM")
            parts.append(_printed_fraction(int(text[2:])))
        elif kind == "zone":
            raise unlisted(f"format element {text}")
        elif kind == "radix":
            parts.append(".")
        elif kind == "text":
            parts.append(text.replace("\\", "\\\\"))
        else:
            parts.append(f'"{text}"')
    return "".join(parts)


def _printed(element: str, text: str, fill: str) -> str:
    if element == "SYYYY" and fill:
        raise unlisted("format element SYYYY behind FM")
    spelled = _ELEMENTS[element][0]
    return fill + (_cased(spelled, text) if element in _WORDS else spelled)


def _printed_fraction(digits: int) -> str:
    zeros = "0" * (digits - _MAX_FRACTION)  # there is nothing below a microsecond
    return f'FF{_MAX_FRACTION}"{zeros}"' if zeros else f"FF{digits}"


def has_fraction(model: str) -> bool:
    """Whether a format asks for digits below a second, which a DATE does not have."""
    return any(kind == "fraction" for kind, _ in _split(model))


def input_elements(model: str) -> str:
    """The elements by which an input is read, as an array of PostgreSQL's. Raises OracleError."""
    elements: list[str] = []
    seen: dict[str, str] = {}
    for kind, text in _split(model):
        element, field = _ELEMENTS.get(text.upper(), (text, "")) if kind == "element" else (text, "")
        if kind == "zone" or (kind == "element" and not field):
            raise unlisted(f"format element {text} for input")
        if kind == "fraction":
            element, field = f"FF{_fraction(text)}", "fraction"
        if kind != "fill":
            spelled = {"text": "'" + text.strip('"'), "radix": "."}.get(kind, element)
            elements.append(text.upper() if field == "year" else spelled)
        if field:
            _require_once(field, text.upper(), seen)
    hour, is_halved = seen.get("hour", "HH24"), "half" in seen
    if "hour" in seen and hour == "HH24" and is_halved:
        raise OracleError(1818, "'HH24' precludes use of meridian indicator")
    if (hour == "HH24") == is_halved:
        raise unlisted(f"reading '{model}': HH for input needs AM")
    return "{" + ",".join('"' + re.sub(r'(["\\])', r"\\\1", element) + '"' for element in elements) + "}"


def _require_once(field: str, element: str, seen: dict[str, str]) -> None:
    if seen.get(field) == element:
        raise OracleError(1810, "format code appears twice")
    if field in seen:
        raise OracleError(_TWICE.get(field, 1810), f"{field} may only be specified once")
    seen[field] = element


def nls_settings(parameter: str, model: str) -> dict[str, str]:
    """What printing and reading by an NLS format needs, such as nls_date_format. Raises OracleError."""
    try:
        reading = input_elements(model)
    except OracleError:
        reading = "{}"  # reading by it is refused when it is wanted
    if parameter == "nls_date_format" and has_fraction(model):
        raise OracleError(1821, "date format not recognized")
    needs_column = ("fraction", "FF") in _split(model.upper())
    return {
        parameter: "" if needs_column else output_format(model),
        f"{parameter.removesuffix('_format')}_input": reading,
    }


def number_format(model: str) -> str:
    """PostgreSQL's format for printing a number with ``model``: digits, one period, commas, FM. Raises OracleError."""
    if re.fullmatch(r"(FM)?[09]+(,[09]+)*(\.[09]+)?", model.upper()):
        return model.upper()
    raise unlisted(f"number format '{model}'")


def _split(model: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(model):
        match = _TOKEN.match(model, at)
        rare = _UNLISTED.match(model, at)
        if rare and (not match or rare.end() > match.end()):
            raise unlisted(f"format element {rare[0]}")
        if not match:
            raise OracleError(1821, "date format not recognized")
        if re.match(r"(TH|SP)", model[match.end() :], re.IGNORECASE) and match.lastgroup == "element":
            raise unlisted(f"format element {match[0]}{model[match.end() : match.end() + 2]}")
        found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return found


def _cased(name: str, text: str) -> str:
    for case in (str.upper, str.lower) if name == "AM" else (str.upper, str.lower, str.capitalize):
        if text == case(text):
            return case(name)
    raise unlisted(f"format element {text}")


def _fraction(text: str) -> int:
    digits = int(text[2:] or _MAX_FRACTION)
    if digits > _MAX_FRACTION:
        raise unlisted(f"format element {text}")
    return digits

"""Datetime format models: from Oracle's elements to PostgreSQL's, and to the pattern that an input must match.

https://docs.oracle.com/database/121/SQLRF/sql_elements004.htm#SQLRF00212 (format models)
"""

import re

from rehearsal.oracle.errors import OracleError, unlisted

# Longest first. Oracle's element -> PostgreSQL's, and the input that TO_DATE takes for it (None: output only).
_ELEMENTS: dict[str, tuple[str, str | None]] = {
    "MONTH": ("MONTH", None),
    "HH24": ("HH24", r"[01]?\d|2[0-3]"),
    "HH12": ("HH12", r"\d{1,2}"),
    "YYYY": ("YYYY", r"\d{4}"),
    "DAY": ("DAY", None),
    "MON": ("MON", r"[A-Za-z]{3}"),
    "RR": ("YY", r"\d{2}"),
    "YY": ("YY", None),
    "MM": ("MM", r"\d{1,2}"),
    "MI": ("MI", r"\d{1,2}"),
    "DD": ("DD", r"\d{1,2}"),
    "DY": ("DY", None),
    "HH": ("HH12", r"\d{1,2}"),
    "SS": ("SS", r"\d{1,2}"),
    "AM": ("AM", r"[AaPp][Mm]"),
    "PM": ("AM", r"[AaPp][Mm]"),
}
_TOKEN = re.compile(
    rf"""(?P<element>{"|".join(_ELEMENTS)}) | (?P<fraction>FF[1-9]?) | (?P<zone>TZH|TZM) | (?P<fill>FM)
    | (?P<text>"[^"]*") | (?P<mark>[-/,.;:\s]) | (?P<radix>X)""",
    re.VERBOSE | re.IGNORECASE,
)
_UNLISTED = re.compile(
    r"TS|RRRR|SSSSS|TZR|TZD|DL|DS|SYYYY|SYEAR|YEAR|YYY|Y,YYY|IYYY|IYY|IY|BC|B\.C\.|A\.D\.|A\.M\.|P\.M\.|AD|CC|SCC|RM|FX|EE|E|IW|I|WW|W|Y|DDD|D|Q|J",
    re.IGNORECASE,
)
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
            spelled = _ELEMENTS[upper][0]
            parts.append(fill + (_cased(spelled, text) if upper in _WORDS else spelled))
        elif kind == "fraction":
            if upper == "FF":
                raise unlisted("format element FF for output: its digits depend on the column, say FF1 to FF6")
            if fill:
                raise unlisted(f"format element {text} behind FM")
            parts.append(f"FF{_fraction(text)}")
        elif kind == "zone":
            raise unlisted(f"format element {text}")
        elif kind == "radix":
            parts.append(".")
        elif kind == "text":
            parts.append(text.replace("\\", "\\\\"))
        else:
            parts.append(f'"{text}"')
    return "".join(parts)


def input_format(model: str) -> tuple[str, str]:
    """PostgreSQL's format for reading, and the pattern that the input must match as a whole. Raises OracleError."""
    parts, pattern = [], []
    for kind, text in _split(model):
        if kind == "fill":
            continue
        if kind == "element":
            name, expected = _ELEMENTS[text.upper()]
            if expected is None:
                raise unlisted(f"format element {text} for input")
            parts.append(name)
            pattern.append(f"({expected})")
        elif kind == "fraction":
            parts.append("US")
            pattern.append(rf"(\d{{1,{_fraction(text)}}})")
        elif kind == "radix":
            parts.append(".")
            pattern.append(r"\.")
        elif kind == "zone":
            raise unlisted(f"format element {text} for input")
        else:
            spelled = text.strip('"')
            parts.append(f'"{spelled}"')
            pattern.append(re.escape(spelled) if kind == "text" else r"[-/,.;:\s]")
    _require_a_date(model, parts)
    return "".join(parts), f"^{''.join(pattern)}$"


def _require_a_date(model: str, parts: list[str]) -> None:
    if not all(any(part in parts for part in needed) for needed in (("YYYY", "YY"), ("MM", "MON"), ("DD",))):
        raise unlisted(f"reading '{model}': a format for input needs year, month and day")
    if "HH12" in parts and "AM" not in parts:
        raise unlisted(f"reading '{model}': HH for input needs AM")
    if len(set(filter(str.isupper, parts))) < len(list(filter(str.isupper, parts))):
        raise OracleError(1810, "format code appears twice")


def nls_settings(parameter: str, model: str) -> dict[str, str]:
    """What printing and reading by an NLS format needs, such as nls_date_format. Raises OracleError."""
    stem = parameter.removesuffix("_format")
    try:
        reading, pattern = input_format(model)
    except OracleError:
        reading, pattern = "", "^$never"
    needs_column = ("fraction", "FF") in _split(model.upper())
    printing = "" if needs_column else output_format(model)
    return {parameter: printing, f"{stem}_input": reading, f"{stem}_pattern": pattern}


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

"""The functions that the list knows, and what PostgreSQL computes in their place."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from rehearsal.oracle.dialect.formats import input_format, number_format, output_format
from rehearsal.oracle.dialect.tokens import literal
from rehearsal.oracle.dialect.types import column_type
from rehearsal.oracle.errors import OracleError, unlisted

if TYPE_CHECKING:
    from rehearsal.oracle.dialect.expressions import Expressions


# Oracle's name: PostgreSQL's function, the least and the most arguments.
FUNCTIONS: dict[str, tuple[str, int, int]] = {
    "NVL": ('"SYS".nvl', 2, 2),
    "SUBSTR": ('"SYS".substr', 2, 3),
    "INSTR": ('"SYS".instr', 2, 2),
    "LENGTH": ('"SYS".length', 1, 1),
    "LENGTHB": ('"SYS".lengthb', 1, 1),
    "UPPER": ('"SYS".upper', 1, 1),
    "LOWER": ('"SYS".lower', 1, 1),
    "LTRIM": ('"SYS".ltrim', 1, 2),
    "RTRIM": ('"SYS".rtrim', 1, 2),
    "LPAD": ('"SYS".lpad', 2, 3),
    "RPAD": ('"SYS".rpad', 2, 3),
    "REPLACE": ('"SYS".replace', 2, 3),
    "ABS": ('"SYS".abs', 1, 1),
    "MOD": ('"SYS".mod', 2, 2),
    "ROUND": ('"SYS".round', 1, 2),
    "TRUNC": ('"SYS".trunc', 1, 2),
    "RAWTOHEX": ('"SYS".rawtohex', 1, 1),
    "SYS_EXTRACT_UTC": ('"SYS".sys_extract_utc', 1, 1),
    "SYS_CONTEXT": ('"SYS".sys_context', 2, 2),
}

AGGREGATES = {
    "COUNT": "count({0})::numeric",
    "SUM": '"SYS".fit(sum({0}))',
    "MIN": "min({0})",
    "MAX": "max({0})",
    "AVG": "(sum({0}) / NULLIF(count({0}), 0)::numeric)",
}

NO_PARENTHESES = {
    "SYSDATE": '"SYS".sysdate()',
    "SYSTIMESTAMP": '"SYS".systimestamp()',
    "CURRENT_DATE": '"SYS".sysdate()',
    "CURRENT_TIMESTAMP": '"SYS".systimestamp()',
    "LOCALTIMESTAMP": '"SYS".systimestamp()::timestamp',
    "USER": '"SYS".user_name()::varchar',
    "DBTIMEZONE": "'+00:00'::text",
    "SESSIONTIMEZONE": "'+00:00'::text",
}


@dataclass
class Expression:
    """A piece of SQL for PostgreSQL; ``text`` is set for a string literal, ``column`` for a plain column."""

    sql: str
    is_condition: bool = False
    text: str | None = None
    column: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether it surely is a string; NULL is one where nothing else tells its type."""
        return self.text is not None or self.sql == "NULL"


def joined(parts: Sequence[Expression]) -> Expression:
    """The parts concatenated; of CHARs it makes a CHAR."""
    texts = ('"SYS".txt(NULL::varchar)' if part.sql == "NULL" else f'"SYS".txt({part.sql})' for part in parts)
    return Expression(reduce(lambda one, two: f'"SYS".joined({one}, {two})', texts))


def _coalesce(words: "Expressions") -> Expression:
    values = words.values()
    if len(values) < 2:
        raise OracleError(938, "not enough arguments for function")
    return Expression(f'"SYS".chosen(COALESCE({", ".join(value.sql for value in values)}))')


def _cast(words: "Expressions") -> Expression:
    value = words.value().sql
    words.expect("AS", 905, "missing keyword")
    kind = column_type(*words.data_type())
    if kind.data_type in ("CLOB", "RAW"):
        raise unlisted(f"CAST to {kind.data_type}")
    if kind.data_type in ("VARCHAR2", "CHAR"):
        limit, unit = kind.limit
        return Expression(f"\"SYS\".cast_{kind.data_type.lower()}({value}, {limit}, '{unit}')")
    return Expression(f"{value}::{kind.postgres}")


def _to_char(words: "Expressions") -> Expression:
    value = words.value().sql
    if not words.accept(","):
        return Expression(f'"SYS".varchar2("SYS".txt({value}))')
    model = words.format_argument().text
    if re.match(r"(?i)(FM)?[$BLSU]?[09X.,]", model):
        return Expression(f'"SYS".to_char_number({value}, {literal(number_format(model))})')
    return Expression(f'"SYS".to_char_date({value}, {literal(output_format(model))})')


def _to_date(function: str) -> "Callable[[Expressions], Expression]":
    def read(words: "Expressions") -> Expression:
        value = words.value().sql
        if not words.accept(","):
            return Expression(f'"SYS".{function}({value})')
        postgres, pattern = input_format(words.format_argument().text)
        return Expression(f'"SYS".{function}({value}, {literal(postgres)}, {literal(pattern)})')

    return read


def _to_number(words: "Expressions") -> Expression:
    value = words.value().sql
    if not words.accept(","):
        return Expression(f'"SYS".to_number({value})')
    model = words.format_argument().text
    if not re.fullmatch(r"[Xx]{1,60}", model):
        raise unlisted(f"TO_NUMBER with format '{model}'")
    return Expression(f'"SYS".from_hex({value}, {len(model)})')


def _decode(words: "Expressions") -> Expression:
    arguments = words.values()
    if len(arguments) < 3:
        raise OracleError(938, "not enough arguments for function")
    base, *rest = arguments
    searches, results = rest[: len(rest) // 2 * 2 : 2], rest[1::2]
    default = rest[-1] if len(rest) % 2 else Expression("NULL")
    # The first search tells as what to compare, the first result as what to answer; a string literal is seen here,
    # what else does not fit is refused when the types are known.
    compared, *sought = _alike([base, *searches], as_text=searches[0].is_text)
    *answers, otherwise = _alike([*results, default], as_text=results[0].is_text)
    whens = " ".join(
        f'WHEN "SYS".same({compared}, {search}) THEN {answer}' for search, answer in zip(sought, answers, strict=True)
    )
    return Expression(f'"SYS".varchar2(CASE {whens} ELSE {otherwise} END)')


def _alike(values: list[Expression], *, as_text: bool) -> list[str]:
    return [f'"SYS".txt({value.sql})' if as_text else value.sql for value in values]


def _nullif(words: "Expressions") -> Expression:
    first = words.value()
    if first.sql == "NULL":
        raise OracleError(932, "inconsistent datatypes: expected - got CHAR")
    words.expect(",", 909, "invalid number of arguments")
    equal = f'"SYS".equal({first.sql}, {words.value().sql})'
    return Expression(f'"SYS".chosen(CASE WHEN {equal} THEN NULL ELSE {first.sql} END)')


def _trim(words: "Expressions") -> Expression:
    side = words.one_of("LEADING", "TRAILING", "BOTH") or "BOTH"
    if words.accept("FROM"):
        return Expression(f"\"SYS\".trim_side('{side}', {words.value().sql}, ' ')")
    value = words.value().sql
    if words.accept("FROM"):
        return Expression(f"\"SYS\".trim_side('{side}', {words.value().sql}, {value})")
    return Expression(f"\"SYS\".trim_side('{side}', {value}, ' ')")


def _standard_hash(words: "Expressions") -> Expression:
    value = words.value().sql
    method = words.format_argument().text.upper() if words.accept(",") else "SHA1"
    if method not in ("MD5", "SHA256"):
        raise unlisted(f"STANDARD_HASH with {method}")
    return Expression(f'"SYS".hash_{method.lower()}({value})')


# Those whose arguments are more than a list of values.
SPECIAL: dict[str, "Callable[[Expressions], Expression]"] = {
    "CAST": _cast,
    "TO_CHAR": _to_char,
    "TO_DATE": _to_date("to_date"),
    "TO_TIMESTAMP": _to_date("to_timestamp"),
    "TO_NUMBER": _to_number,
    "COALESCE": _coalesce,
    "DECODE": _decode,
    "NULLIF": _nullif,
    "TRIM": _trim,
    "STANDARD_HASH": _standard_hash,
}

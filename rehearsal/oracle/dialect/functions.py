"""The functions that the list knows: how each one's arguments are read, and what PostgreSQL computes in its place."""

import re
from collections.abc import Callable
from functools import reduce
from typing import Any

from rehearsal.oracle.dialect.formats import has_fraction, input_elements, number_format, output_format
from rehearsal.oracle.dialect.names import literal
from rehearsal.oracle.dialect.tree.expressions import (
    NULL,
    ROWNUM,
    Bind,
    Column,
    Function,
    Key,
    Literal,
    Reader,
    Value,
    written,
)
from rehearsal.oracle.dialect.types import ColumnType
from rehearsal.oracle.errors import OracleError, unlisted

_BIGINT_DIGITS = 15
LISTAGG = "LISTAGG"  # whose order stands behind its parentheses


def _between(least: int, most: int | None = None) -> Callable[[Reader], tuple[Any, ...]]:
    def read(reader: Reader) -> tuple[Any, ...]:
        arguments = () if reader.words.sees(")") else reader.values()
        if most is None and len(arguments) < least:
            raise OracleError(938, "not enough arguments for function")
        if most is not None and not least <= len(arguments) <= most:
            raise OracleError(909, "invalid number of arguments")
        return arguments

    return read


def _plain(target: str, least: int, most: int) -> Function:
    """A function that schema SYS has too."""
    return Function(_between(least, most), lambda *arguments: f'"SYS".{target}({written(arguments)})')


def _template(text: str) -> Callable[..., str]:
    return lambda *arguments: text.format(*(argument.sql() for argument in arguments))


def _read_cast(reader: Reader) -> tuple[Any, ...]:
    value = reader.value()
    reader.words.expect("AS")
    return value, reader.data_type()


def _write_cast(value: Value, kind: ColumnType) -> str:
    if kind.data_type in ("CLOB", "NCLOB", "BLOB", "RAW", "NVARCHAR2", "NCHAR", "TIMESTAMP(6) WITH LOCAL TIME ZONE"):
        raise unlisted(f"CAST to {kind.data_type}")
    if kind.data_type == "FLOAT":
        return f'"SYS".significant({value.sql()}::numeric, {-(-(kind.data_precision or 126) * 30103 // 100000)})'
    if kind.data_type in ("VARCHAR2", "CHAR"):
        limit, unit = kind.limit
        return f"\"SYS\".cast_{kind.data_type.lower()}({value.sql()}, {limit}, '{unit}')"
    return f"{value.sql()}::{kind.postgres}"


def _read_formatted(reader: Reader) -> tuple[Any, ...]:
    """A value, and perhaps a format model, which must be written out."""
    value, words = reader.value(), reader.words
    if not words.accept(","):
        return value, None
    if words.now.kind != "string":
        raise unlisted("a format model that is not a string literal")
    model = words.take().text
    if words.sees(","):
        raise unlisted("NLS parameters of a function")
    return value, model


def _write_to_char(value: Value, model: str | None) -> str:
    if model is None:
        return f'"SYS".varchar2("SYS".txt({value.sql()}))'
    if re.match(r"(?i)(FM)?([$BLSUC]?[09X.,]|[DGV][09]|RN|TM)", model):
        printed = number_format(model)
        digits = len(re.findall("[09]", printed.partition(".")[0]))
        return _written("to_char_number", value, Literal("CHAR", printed), Literal("NUMBER", str(10**digits - 1)))
    return f'"SYS".to_char_date({value.sql()}, {literal(output_format(model))}, {has_fraction(model)})'


def _to_datetime(function: str) -> Function:
    def write(value: Value, model: str | None) -> str:
        if model is None:
            return f'"SYS".{function}({value.sql()})'
        elements = input_elements(model)
        if function == "to_date" and "FF" in elements:
            raise OracleError(1821, "date format not recognized")
        return f'"SYS".{function}({value.sql()}, {literal(elements)})'

    return Function(_read_formatted, write)


def _write_to_number(value: Value, model: str | None) -> str:
    if model is None:
        return _written("to_number", value)
    if not re.fullmatch(r"[Xx]{1,60}", model):
        raise unlisted(f"TO_NUMBER with format '{model}'")
    if len(model) <= _BIGINT_DIGITS:
        return f'"SYS".from_hex_{len(model)}({value.sql()})'
    return f'"SYS".from_hex({value.sql()}, {len(model)})'


def _write_decode(base: Value, *rest: Value) -> str:
    searches, results = rest[: len(rest) // 2 * 2 : 2], rest[1::2]
    default = rest[-1] if len(rest) % 2 else NULL
    # The first search tells as what to compare, the first result as what to answer; a string literal is seen here,
    # what else does not fit is refused when the types are known.
    compared, *sought = _alike([base, *searches], as_text=_is_text(searches[0]))
    *answers, otherwise = _alike([*results, default], as_text=_is_text(results[0]))
    whens = (
        f'WHEN "SYS".same({compared}, {search}) THEN {answer}' for search, answer in zip(sought, answers, strict=True)
    )
    return f'"SYS".decided(CASE {" ".join(whens)} ELSE {otherwise} END)'


def _alike(values: list[Value], *, as_text: bool) -> list[str]:
    return [f'"SYS".txt({value.sql()})' if as_text else value.sql() for value in values]


def _is_text(value: Value) -> bool:
    """Whether it surely is a string; NULL is one where nothing else tells its type."""
    return value == NULL or (isinstance(value, Literal) and value.kind in ("CHAR", "NCHAR"))


def _write_substr(value: Value, *bounds: Value) -> str:
    """With bounds that say themselves that they are in the text, it is one call that names the value once."""
    numbers = [
        bound.text for bound in bounds if isinstance(bound, Literal) and re.fullmatch("[1-9][0-9]{0,8}", bound.text)
    ]
    if len(numbers) < len(bounds):
        return _written("substr", value, *bounds)
    return f'"SYS".piece({value.sql()}, {numbers[0]}, {numbers[1] if numbers[1:] else 10**9})'


def _write_mod(value: Value, by: Value) -> str:
    is_plain = isinstance(by, Literal) and re.fullmatch("[1-9][0-9]*", by.text)
    return f'"SYS".mod_by({written((value, by))})' if is_plain else _written("mod", value, by)


def _written(function: str, *arguments: Value) -> str:
    """A call of a function that names its arguments several times; see functions.sql."""
    is_cheap = all(isinstance(argument, Column | Bind | Literal) for argument in arguments)
    return f'"SYS".{function}{"" if is_cheap else "_of"}({written(arguments)})'


def _read_nullif(reader: Reader) -> tuple[Any, ...]:
    first = reader.value()
    if first == NULL:
        raise OracleError(932, "inconsistent datatypes: expected - got CHAR")
    reader.words.expect(",", 909, "invalid number of arguments")
    return first, reader.value()


def _read_trim(reader: Reader) -> tuple[Any, ...]:
    words, blank = reader.words, Literal("CHAR", " ")
    side = Literal("CHAR", words.one_of("LEADING", "TRAILING", "BOTH") or "BOTH")
    what = blank if words.sees("FROM") else reader.value()
    return (side, reader.value(), what) if words.accept("FROM") else (side, what, blank)


def _write_standard_hash(value: Value, method: str | None) -> str:
    method = (method or "SHA1").upper()
    if method not in ("MD5", "SHA256", "SHA384", "SHA512"):
        raise unlisted(f"STANDARD_HASH with {method}")
    return f'"SYS".hash_{method.lower()}({value.sql()})'


def _write_crypto_hash(value: Value, method: Value) -> str:
    """DBMS_CRYPTO.HASH_MD5 is 2; SQL takes no package's constant."""
    if not isinstance(method, Literal) or method.text != "2":
        raise unlisted("DBMS_CRYPTO.HASH with another method than 2")
    return f'"SYS".crypto_md5({value.sql()})'


def _aggregate(text: str, *, of_rows: bool = False) -> Function:
    """A group function; ``of_rows`` tells that it takes `*`."""

    def read(reader: Reader) -> tuple[Any, ...]:
        words = reader.words
        if of_rows and words.accept("*"):
            return "", Literal("WORD", "*")
        distinct = "DISTINCT " if words.one_of("DISTINCT", "UNIQUE") else ""
        if not distinct:
            words.accept("ALL")
        value = reader.value()
        if words.sees(","):
            raise OracleError(909, "invalid number of arguments")
        return distinct, value

    return Function(read, lambda distinct, value: text.format(distinct + value.sql()), is_aggregate=True)


def _read_listagg(reader: Reader) -> tuple[Any, ...]:
    words = reader.words
    if words.sees("DISTINCT"):
        raise unlisted("LISTAGG(DISTINCT ...)")
    value, delimiter = reader.value(), reader.value() if words.accept(",") else NULL
    if delimiter != NULL and not isinstance(delimiter, Literal):
        raise unlisted("a delimiter of LISTAGG that is no literal")
    if words.sees("ON"):
        raise unlisted("LISTAGG(... ON OVERFLOW)")
    return value, delimiter


def _write_listagg(value: Value, delimiter: Value, keys: tuple[Key, ...]) -> str:
    listed = f'string_agg("SYS".measured({value.sql()}), {delimiter.sql()}::text ORDER BY {written(keys)})'
    return f'{listed}::"SYS".concatenated::text'


def _write_concatenation(*parts: Value) -> str:
    """The parts concatenated; of CHARs it makes a CHAR."""
    texts = (f'"SYS".txt({"NULL::varchar" if part == NULL else part.sql()})' for part in parts)
    joined = reduce(lambda one, two: f'"SYS".joined({one}, {two})', texts)
    return f'"SYS".whole({joined})'


# Those of schema SYS, with the least and the most arguments.
_PLAIN = {
    **dict.fromkeys(
        ("LENGTH", "LENGTHB", "UPPER", "LOWER", "CHR", "ABS", "FLOOR", "CEIL", "RAWTOHEX", "SYS_EXTRACT_UTC"), (1, 1)
    ),
    **dict.fromkeys(("LTRIM", "RTRIM", "ROUND", "TRUNC"), (1, 2)),
    **dict.fromkeys(("NVL", "ADD_MONTHS"), (2, 2)),
    **dict.fromkeys(("LPAD", "RPAD", "REPLACE", "SYS_CONTEXT"), (2, 3)),
    "INSTR": (2, 4),
}
FUNCTIONS = {
    **{name: _plain(name.lower(), *counts) for name, counts in _PLAIN.items()},
    "SUBSTR": Function(_between(2, 3), _write_substr),
    "MOD": Function(_between(2, 2), _write_mod),
    "CAST": Function(_read_cast, _write_cast),
    "TO_CHAR": Function(_read_formatted, _write_to_char),
    "TO_DATE": _to_datetime("to_date"),
    "TO_TIMESTAMP": _to_datetime("to_timestamp"),
    "TO_NUMBER": Function(_read_formatted, _write_to_number),
    "COALESCE": Function(_between(2), lambda *values: f'"SYS".chosen(COALESCE({written(values)}))'),
    "DECODE": Function(_between(3), _write_decode),
    "NVL2": Function(_between(3, 3), _template('"SYS".decided("SYS".nvl2({0} IS NULL, {1}, {2}))')),
    "NULLIF": Function(_read_nullif, _template('"SYS".chosen(CASE WHEN "SYS".equal({0}, {1}) THEN NULL ELSE {0} END)')),
    "TRIM": Function(_read_trim, _template('"SYS".trim_side({0}::text, {1}, {2})')),
    "STANDARD_HASH": Function(_read_formatted, _write_standard_hash),
    "DBMS_CRYPTO.HASH": Function(_between(2, 2), _write_crypto_hash),
    "DBMS_LOB.GETLENGTH": Function(_between(1, 1), _template('"SYS".lob_length({0})')),
    "DBMS_LOB.COMPARE": Function(_between(2, 2), _template('"SYS".lob_compare({0}, {1})')),
    "TO_CLOB": Function(_between(1, 1), _template('NULLIF("SYS".txt({0})::text, \'\')::"SYS".clob')),
    "TO_NCLOB": Function(_between(1, 1), _template('NULLIF("SYS".txt({0})::text, \'\')::"SYS".nclob')),
    "TO_BLOB": Function(_between(1, 1), _template('({0})::bytea::"SYS".blob')),
    "HEXTORAW": Function(_between(1, 1), _template('"SYS".hextoraw("SYS".txt({0})::text)')),
    "TO_BINARY_FLOAT": Function(_between(1, 1), _template('"SYS".txt({0})::text::float4')),
    "TO_BINARY_DOUBLE": Function(_between(1, 1), _template('"SYS".txt({0})::text::float8')),
    "COUNT": _aggregate("count({0})::numeric", of_rows=True),
    "SUM": _aggregate('"SYS".fit(sum({0}))'),
    "MIN": _aggregate("min({0})"),
    "MAX": _aggregate("max({0})"),
    LISTAGG: Function(_read_listagg, _write_listagg, is_aggregate=True),
    "AVG": _aggregate("(sum({0}) / NULLIF(count({0}), 0)::numeric)"),
}
CHOSEN = Function(Reader.values, _template('"SYS".chosen({0})'))
CONCATENATION = Function(Reader.values, _write_concatenation)
NO_PARENTHESES = {
    "NULL": NULL,
    "ROWNUM": ROWNUM,
    "SYSDATE": Literal("WORD", '"SYS".sysdate()'),
    "SYSTIMESTAMP": Literal("WORD", '"SYS".systimestamp()'),
    "CURRENT_DATE": Literal("WORD", '"SYS".as_date(statement_timestamp())'),
    "CURRENT_TIMESTAMP": Literal("WORD", '"SYS".zoned(statement_timestamp())'),
    "LOCALTIMESTAMP": Literal("WORD", "statement_timestamp()::timestamp"),
    **{
        f"BINARY_{kind}_{name}": Literal("WORD", f"'{name}'::float{size}")
        for kind, size in (("FLOAT", 4), ("DOUBLE", 8))
        for name in ("NAN", "INFINITY")
    },
    "USER": Literal("WORD", '"SYS".user_name()::varchar'),
    "DBTIMEZONE": Literal("WORD", "'+00:00'::text"),
    "SESSIONTIMEZONE": Literal("WORD", "current_setting('oracle.time_zone')"),
}

"""Expressions and conditions: read as Oracle spells them, written as PostgreSQL computes the same.

PostgreSQL's operators are the ones of the schema SYS where Oracle's differ (see functions.sql); every function that
is written out is one of SYS too.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from rehearsal.oracle.dialect.formats import input_format, number_format, output_format
from rehearsal.oracle.dialect.functions import AGGREGATES, FUNCTIONS, NO_PARENTHESES
from rehearsal.oracle.dialect.tokens import Token, Words, literal, quote, row
from rehearsal.oracle.dialect.types import column_type
from rehearsal.oracle.errors import OracleError, stored, unlisted
from rehearsal.oracle.values import normalized

_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_MAX_DEPTH = 60
_MAX_LIST = 1000
_MAX_LITERAL_BYTES = 4000
_Read = TypeVar("_Read")


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


class Expressions(Words):
    """Reads expressions. ``bind_types`` are PostgreSQL's names for the types of the values that came with it."""

    def __init__(self, sql: str, bind_types: Sequence[str], schema: str):
        super().__init__(sql)
        self.bind_types = bind_types
        self.many_rows = False  # each bind is a whole column of values, in a source `b` of its own
        self.schema = schema
        self.sequences: list[str] = []  # whose NEXTVAL the statement takes
        self.aggregates = 0
        self._depth = 0
        # Each placeholder is a bind of its own, in the order of the text, also where a name is repeated.
        places = [at for at, token in enumerate(self.tokens) if token.kind == "bind"]
        self._bind_numbers = {at: number for number, at in enumerate(places, 1)}

    def value(self, number: int = 907, text: str = "missing right parenthesis") -> Expression:
        """An expression that has a value; a condition in its place is this error. Raises ORA-00936 and others."""
        start = self.now
        found = self._either()
        if found.is_condition:
            raise OracleError(number, text, start.start)
        return found

    def condition(self) -> str:
        """A condition, as WHERE takes it. Raises ORA-00920 and others."""
        sequences = len(self.sequences)
        found = self._either()
        if not found.is_condition:
            raise self.error(920, "invalid relational operator")
        self.refuse_sequences_since(sequences)
        return found.sql

    def subquery(self) -> str:
        """A SELECT; the parser of queries knows how."""
        raise NotImplementedError

    def at_subquery(self) -> bool:
        """Whether a SELECT comes next."""
        return self.sees("SELECT") or self.sees("WITH")

    def _either(self) -> Expression:
        return self.deeper(lambda: self._chain("OR", self._and))

    def deeper(self, read: Callable[[], _Read]) -> _Read:
        """Read something that may hold its like, down to a depth that neither parser minds."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise unlisted("expressions nested so deep")
        found = read()
        self._depth -= 1
        return found

    def _and(self) -> Expression:
        return self._chain("AND", self._not)

    def _chain(self, word: str, part: Callable[[], Expression]) -> Expression:
        first = part()
        if not first.is_condition or not self.sees(word):
            return first
        parts = [first.sql]
        while self.accept(word):
            following = part()
            if not following.is_condition:
                raise self.error(920, "invalid relational operator")
            parts.append(following.sql)
        return Expression(f"({f' {word} '.join(parts)})", is_condition=True)

    def _not(self) -> Expression:
        if not self.accept("NOT"):
            return self._predicate()
        found = self.deeper(self._not)
        if not found.is_condition:
            raise self.error(920, "invalid relational operator")
        return Expression(f"(NOT {found.sql})", is_condition=True)

    def _predicate(self) -> Expression:
        if self.accept("EXISTS"):
            self.open()
            inner = self.subquery()
            self.close()
            return Expression(f"EXISTS ({inner})", is_condition=True)
        left = self._sum()
        if left.is_condition:
            return left
        if self.now.kind == "op" and self.now.text in _COMPARISONS:
            return self._comparison(left)
        if self.accept("IS"):
            negated = "NOT " if self.accept("NOT") else ""
            self.expect("NULL", 908, "missing NULL keyword")
            return Expression(f"({left.sql} IS {negated}NULL)", is_condition=True)
        negated = (
            "NOT " if self.sees("NOT") and self.ahead().text in ("IN", "LIKE", "BETWEEN") and self.accept("NOT") else ""
        )
        rest = {"IN": self._in, "LIKE": self._like, "BETWEEN": self._between}.get(self.now.text)
        if rest is None or self.now.kind != "name":
            return left
        self.take()
        return Expression(f"({negated}({rest(left)}))", is_condition=True)

    def _comparison(self, left: Expression) -> Expression:
        operator = _COMPARISONS[self.take().text]
        if self.sees("ANY") or self.sees("ALL") or self.sees("SOME"):
            raise unlisted(f"comparison with {self.now.text}")
        right = self._operand()
        return Expression(f"({left.sql} {operator} {right.sql})", is_condition=True)

    def _operand(self) -> Expression:
        found = self._sum()
        if found.is_condition:
            raise self.error(936, "missing expression")
        return found

    def _in(self, left: Expression) -> str:
        self.open()
        if self.at_subquery():
            inner = self.subquery()
        else:
            items = self._list(self._operand)
            if len(items) > _MAX_LIST:
                raise OracleError(1795, "maximum number of expressions in a list is 1000")
            if not (all(item.text for item in items) or all(item.sql.endswith("::numeric") for item in items)):
                # PostgreSQL would find one type for all, and compare a CHAR with a VARCHAR2 blank-padded.
                self.close()
                return " OR ".join(f"{left.sql} = {item.sql}" for item in items)
            inner = ", ".join(item.sql for item in items)
        self.close()
        return f"{left.sql} IN ({inner})"

    def _like(self, left: Expression) -> str:
        pattern = self._operand()
        if not self.accept("ESCAPE"):
            return f'"SYS".txt({left.sql}) LIKE "SYS".txt({pattern.sql}) ESCAPE \'\''
        escape = self._operand().sql
        return f'"SYS".txt({left.sql}) LIKE "SYS".escaped("SYS".txt({pattern.sql}), {escape}) ESCAPE {escape}'

    def _between(self, left: Expression) -> str:
        low = self._operand()
        self.expect("AND", 905, "missing keyword")
        return f"{left.sql} BETWEEN {low.sql} AND {self._operand().sql}"

    def _list(self, item: Callable[[], Expression]) -> list[Expression]:
        items = [item()]
        while self.accept(","):
            items.append(item())
        return items

    def values(self) -> list[Expression]:
        """Values with commas between them."""
        return self._list(self.value)

    def _sum(self) -> Expression:
        left = self._product()
        while not left.is_condition:
            if self.accept("||"):
                parts = [left, self._concatenated()]
                while self.accept("||"):
                    parts.append(self._concatenated())
                left = _joined(parts)
            elif operator := self.one_of("+", "-"):
                left = Expression(f"({left.sql} {operator} {self._factor(self._product).sql})")
            else:
                break
        return left

    def _concatenated(self) -> Expression:
        return self._factor(self._product)

    def _product(self) -> Expression:
        left = self._unary()
        while not left.is_condition and (operator := self.one_of("*", "/")):
            left = Expression(f"({left.sql} {operator} {self._factor(self._unary).sql})")
        return left

    def _factor(self, read: Callable[[], Expression]) -> Expression:
        found = read()
        if found.is_condition:
            raise self.error(936, "missing expression")
        return found

    def _unary(self) -> Expression:
        if sign := self.one_of("-", "+"):
            return Expression(f"({sign} {self._factor(lambda: self.deeper(self._unary)).sql})")
        return self._primary()

    def _primary(self) -> Expression:
        token = self.now
        if token.kind == "string" and len(token.text.encode()) > _MAX_LITERAL_BYTES:
            raise OracleError(1704, "string literal too long", token.start)
        if token.kind == "number":
            self.take()
            return Expression(f"{normalized(token.text)}::numeric")
        if token.kind == "string":
            self.take()
            return Expression(f"{literal(token.text)}::bpchar", text=token.text)
        if token.kind == "bind":
            self.take()
            return self._bind()
        if self.accept("("):
            return self._parenthesis()
        if token.kind in ("name", "quoted"):
            return self._named()
        raise self.error(936, "missing expression")

    def _bind(self) -> Expression:
        number = self._bind_numbers[self.at - 1]
        if number > len(self.bind_types):
            raise OracleError(1008, "not all variables bound")
        return Expression(f"b.c{number}" if self.many_rows else f"${number}::{self.bind_types[number - 1]}")

    def _parenthesis(self) -> Expression:
        if self.at_subquery():
            found = Expression(f"({self.subquery()})")
        else:
            found = self._either()
            found = Expression(f"({found.sql})", found.is_condition, found.text)
        self.close()
        return found

    def _named(self) -> Expression:
        token = self.now
        is_call = self.ahead().text == "(" and self.ahead().kind == "op"
        if token.kind == "name":
            special = {
                "NULL": lambda: Expression("NULL"),
                "CASE": self._case,
                "DATE": self._datetime_literal,
                "TIMESTAMP": self._datetime_literal,
                "INTERVAL": self._interval,
            }.get(token.text)
            if special and not (is_call and token.text != "CASE"):
                self.take()
                return special()
            if token.text == "ROWNUM":
                raise unlisted("ROWNUM other than as a limit in WHERE")
            if token.text in NO_PARENTHESES and not is_call and self.ahead().text != ".":
                self.take()
                return Expression(NO_PARENTHESES[token.text])
            if is_call:
                return self._call()
        return self._column()

    def _column(self) -> Expression:
        if not self.at_name():
            raise self.error(936, "missing expression")
        names = [self.name()]
        while self.accept("."):
            names.append(self.name(1747, "invalid user.table.column, table.column, or column specification"))
        if names[-1] == "CURRVAL" and len(names) in (2, 3):
            raise unlisted("CURRVAL")
        if names[-1] == "NEXTVAL" and len(names) in (2, 3):
            owner, sequence = names[-3:-2] or [self.schema], names[-2]
            path = f"{quote(stored(owner[0]))}.{quote(stored(sequence))}"
            if path in self.sequences:
                # Oracle gives both the same number, PostgreSQL would not.
                raise unlisted("NEXTVAL of one sequence twice in a statement")
            self.sequences.append(path)
            return Expression(f'"SYS".nextval({literal(path)})')
        if self.now.text == "(" and self.now.kind == "op":
            raise unlisted(f"function {'.'.join(names)}")
        if len(names) > 3:
            raise OracleError(1747, "invalid user.table.column, table.column, or column specification")
        column = quote(stored(names[-1]))
        if len(names) == 1:
            return Expression(column, column=names[0])
        return Expression(f"{row(names[-2])}.{column}")

    def _call(self) -> Expression:
        name, sequences = self.take().text, len(self.sequences)
        self.open()
        if name in AGGREGATES:
            found = self._aggregate(name)
            self.refuse_sequences_since(sequences)
        elif special := SPECIAL.get(name):
            found = special(self)
        elif name in FUNCTIONS:
            arguments = [] if self.sees(")") else self.values()
            target, least, most = FUNCTIONS[name]
            if not least <= len(arguments) <= most:
                raise OracleError(909, "invalid number of arguments")
            found = Expression(f"{target}({', '.join(argument.sql for argument in arguments)})")
        else:
            raise unlisted(f"function {name}")
        self.close()
        self._evaluated_once(f"{name}(...)", sequences)
        if self.sees("OVER") or self.sees("KEEP") or self.sees("WITHIN"):
            raise unlisted(f"{name}(...) {self.now.text}")
        return found

    def refuse_sequences_since(self, count: int) -> None:
        """Raise ORA-02287 if a sequence was used since there were ``count``."""
        if len(self.sequences) > count:
            raise OracleError(2287, "sequence number not allowed here")

    def _aggregate(self, name: str) -> Expression:
        self.aggregates += 1
        if name == "COUNT" and self.accept("*"):
            return Expression("count(*)::numeric")
        distinct = "DISTINCT " if self.one_of("DISTINCT", "UNIQUE") else ""
        if not distinct:
            self.accept("ALL")
        return Expression(AGGREGATES[name].format(distinct + self.value().sql))

    def _evaluated_once(self, where: str, sequences: int) -> None:
        """What may be computed twice or not at all must not take a sequence's number."""
        if len(self.sequences) > sequences:
            raise unlisted(f"NEXTVAL inside {where}")

    def _case(self) -> Expression:
        sequences = len(self.sequences)
        base = None if self.sees("WHEN") else self.value()
        parts = []
        while self.accept("WHEN"):
            test = f'"SYS".equal({base.sql}, {self.value().sql})' if base else self.condition()
            self.expect("THEN", 905, "missing keyword")
            parts.append(f"WHEN {test} THEN {self.value().sql}")
        if not parts:
            raise self.error(905, "missing keyword")
        if self.accept("ELSE"):
            parts.append(f"ELSE {self.value().sql}")
        self.expect("END", 905, "missing keyword")
        self._evaluated_once("CASE", sequences)
        return Expression(f'"SYS".chosen(CASE {" ".join(parts)} END)')

    def _datetime_literal(self) -> Expression:
        kind = self.tokens[self.at - 1].text
        if self.now.kind != "string":
            raise self.error(936, "missing expression")
        text = self.take().text
        pattern = (
            r"\d{4}-\d{2}-\d{2}"
            if kind == "DATE"
            else r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?( ?[+-](0\d|1[0-4]):[0-5]\d)?"
        )
        if not re.fullmatch(pattern, text):
            raise OracleError(1861, "literal does not match format string")
        plain, zone = (
            (text[:-6].rstrip(), text[-6:]) if re.search(r"[+-]\d{2}:\d{2}$", text) and kind != "DATE" else (text, "")
        )
        try:
            datetime.datetime.fromisoformat(plain)
        except ValueError:
            raise OracleError(1847, "day of month must be between 1 and last day of month") from None
        if zone:
            return Expression(f'"SYS".from_tz({literal(plain)}::timestamp, {literal(zone)})')
        return Expression(
            f"{literal(plain)}::{'timestamp' if kind == 'TIMESTAMP' else chr(34) + 'SYS' + chr(34) + '.date'}"
        )

    def _interval(self) -> Expression:
        raise unlisted("INTERVAL literal")

    def data_type(self) -> tuple[str, str, list[int]]:
        """A data type: its name, BYTE or CHAR or nothing, and the numbers in its parentheses."""
        token = self.take()
        if token.kind != "name":
            raise OracleError(902, "invalid datatype", token.start)
        numbers: list[int] = []
        unit = ""
        if self.accept("("):
            star = self.accept("*")
            numbers.append(38 if star else self.integer())
            if self.accept(","):
                numbers.append(self.integer())
            unit = self.one_of("BYTE", "CHAR") or ""
            self.close()
        name = token.text
        if name == "TIMESTAMP" and self.accept("WITH"):
            local = self.accept("LOCAL")
            if not self.accept("TIME", "ZONE") or local:
                raise unlisted("TIMESTAMP WITH LOCAL TIME ZONE")
            name = "TIMESTAMP WITH TIME ZONE"
        return name, unit, numbers

    def format_argument(self) -> Token:
        """A format model, which must be written out."""
        if self.now.kind != "string":
            raise unlisted("a format model that is not a string literal")
        return self.take()


def _joined(parts: Sequence[Expression]) -> Expression:
    texts = ('"SYS".txt(NULL::varchar)' if part.sql == "NULL" else f'"SYS".txt({part.sql})' for part in parts)
    return Expression(reduce(lambda one, two: f'"SYS".joined({one}, {two})', texts))


def _coalesce(words: Expressions) -> Expression:
    values = words.values()
    if len(values) < 2:
        raise OracleError(938, "not enough arguments for function")
    return Expression(f'"SYS".chosen(COALESCE({", ".join(value.sql for value in values)}))')


def _cast(words: Expressions) -> Expression:
    value = words.value().sql
    words.expect("AS", 905, "missing keyword")
    kind = column_type(*words.data_type())
    if kind.data_type in ("CLOB", "RAW"):
        raise unlisted(f"CAST to {kind.data_type}")
    if kind.data_type in ("VARCHAR2", "CHAR"):
        limit, unit = kind.limit
        return Expression(f"\"SYS\".cast_{kind.data_type.lower()}({value}, {limit}, '{unit}')")
    return Expression(f"{value}::{kind.postgres}")


def _to_char(words: Expressions) -> Expression:
    value = words.value().sql
    if not words.accept(","):
        return Expression(f'"SYS".varchar2("SYS".txt({value}))')
    model = words.format_argument().text
    if re.match(r"(?i)(FM)?[$BLSU]?[09X.,]", model):
        return Expression(f'"SYS".to_char_number({value}, {literal(number_format(model))})')
    return Expression(f'"SYS".to_char_date({value}, {literal(output_format(model))})')


def _to_date(function: str) -> Callable[[Expressions], Expression]:
    def read(words: Expressions) -> Expression:
        value = words.value().sql
        if not words.accept(","):
            return Expression(f'"SYS".{function}({value})')
        postgres, pattern = input_format(words.format_argument().text)
        return Expression(f'"SYS".{function}({value}, {literal(postgres)}, {literal(pattern)})')

    return read


def _to_number(words: Expressions) -> Expression:
    value = words.value().sql
    if not words.accept(","):
        return Expression(f'"SYS".to_number({value})')
    model = words.format_argument().text
    if not re.fullmatch(r"[Xx]{1,60}", model):
        raise unlisted(f"TO_NUMBER with format '{model}'")
    return Expression(f'"SYS".from_hex({value}, {len(model)})')


def _decode(words: Expressions) -> Expression:
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


def _nullif(words: Expressions) -> Expression:
    first = words.value()
    if first.sql == "NULL":
        raise OracleError(932, "inconsistent datatypes: expected - got CHAR")
    words.expect(",", 909, "invalid number of arguments")
    equal = f'"SYS".equal({first.sql}, {words.value().sql})'
    return Expression(f'"SYS".chosen(CASE WHEN {equal} THEN NULL ELSE {first.sql} END)')


def _trim(words: Expressions) -> Expression:
    side = words.one_of("LEADING", "TRAILING", "BOTH") or "BOTH"
    if words.accept("FROM"):
        return Expression(f"\"SYS\".trim_side('{side}', {words.value().sql}, ' ')")
    value = words.value().sql
    if words.accept("FROM"):
        return Expression(f"\"SYS\".trim_side('{side}', {words.value().sql}, {value})")
    return Expression(f"\"SYS\".trim_side('{side}', {value}, ' ')")


def _standard_hash(words: Expressions) -> Expression:
    value = words.value().sql
    method = words.format_argument().text.upper() if words.accept(",") else "SHA1"
    if method not in ("MD5", "SHA256"):
        raise unlisted(f"STANDARD_HASH with {method}")
    return Expression(f'"SYS".hash_{method.lower()}({value})')


# Those whose arguments are more than a list of values.
SPECIAL: dict[str, Callable[[Expressions], Expression]] = {
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

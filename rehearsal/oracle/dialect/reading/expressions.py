"""Expressions and conditions, as Oracle spells them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rehearsal.oracle.dialect.functions import CONCATENATION, FUNCTIONS, LISTAGG, NO_PARENTHESES
from rehearsal.oracle.dialect.names import Name
from rehearsal.oracle.dialect.tokens import Token, Words
from rehearsal.oracle.dialect.tree.expressions import (
    NULL,
    Arithmetic,
    Bind,
    Call,
    Case,
    Column,
    Condition,
    Key,
    Literal,
    NextValue,
    Subquery,
    Test,
    Value,
    refuse_sequences,
    sequences,
)
from rehearsal.oracle.dialect.tree.queries import Query
from rehearsal.oracle.dialect.types import ColumnType, column_type
from rehearsal.oracle.errors import OracleError, unlisted
from rehearsal.oracle.values import normalized

_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_OTHER_PREDICATES = ("A", "EMPTY", "DANGLING", "JSON", "OF", "PRESENT")  # behind IS
_PSEUDOCOLUMNS = ("CURRVAL", "ORA_ROWSCN", "CONNECT_BY_ROOT", "CONNECT_BY_ISLEAF", "CONNECT_BY_ISCYCLE")
_MAX_LIST = 1000
_MAX_LITERAL_BYTES = 4000
_DATE = r"(\d{4}-\d{2}-\d{2})()()"
_TIMESTAMP = r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(\d*)(?: ?([+-]\d{2}:\d{2}))?"

ReadBind = Callable[[Words], Value]


def numbered_binds(types: Sequence[str]) -> ReadBind:
    """Reads each placeholder as a bind of its own, in the order of the text, also where a name is repeated."""
    remaining = list(enumerate(types, 1))[::-1]

    def read(words: Words) -> Value:
        words.take()
        if not remaining:
            raise OracleError(1008, "not all variables bound")
        return Bind(*remaining.pop())

    return read


def _number(text: str) -> Literal:
    suffix = text[-1].upper()
    if suffix in "FD":
        return Literal(f"BINARY_{'FLOAT' if suffix == 'F' else 'DOUBLE'}", normalized(text[:-1]))
    return Literal("NUMBER", normalized(text))


class Expressions:
    """Reads expressions and conditions from ``words``; names without an owner are ``schema``'s."""

    def __init__(self, words: Words, schema: str, read_bind: ReadBind, read_query: Callable[[], Query]):
        self.words = words
        self._schema = schema
        self._read_bind = read_bind
        self._read_query = read_query

    def value(self, number: int = 907, text: str = "missing right parenthesis") -> Value:
        """An expression that has a value; a condition in its place is this error. Raises ORA-00936 and others."""
        start = self.words.now
        found = self._either()
        if isinstance(found, Condition):
            raise OracleError(number, text, start.start)
        return found

    def values(self) -> tuple[Value, ...]:
        """Values with commas between them."""
        return self.words.listed(self.value)

    def condition(self) -> Condition:
        """A condition, as WHERE takes it. Raises ORA-00920 and others."""
        found = self._condition(self._either)
        refuse_sequences(found)
        return found

    def operand(self) -> Value:
        """What stands beside an operator."""
        return self._operand(self._sum)

    def at_subquery(self) -> bool:
        """Whether a SELECT comes next."""
        return self.words.sees("SELECT") or self.words.sees("WITH")

    def data_type(self) -> ColumnType:
        """A data type."""
        words = self.words
        token = words.take()
        if token.kind != "name":
            raise OracleError(902, "invalid datatype", token.start)
        numbers: list[int] = []
        unit = ""
        any_precision = False
        if words.accept("("):
            any_precision = words.accept("*")
            if not any_precision:
                numbers.append(words.integer())
            if words.accept(","):
                numbers = numbers or [38]
                numbers.append(words.integer())
            unit = words.one_of("BYTE", "CHAR") or ""
            words.expect(")")
        name = token.text
        if name == "TIMESTAMP" and words.accept("WITH"):
            name = f"TIMESTAMP WITH {'LOCAL ' if words.accept('LOCAL') else ''}TIME ZONE"
            words.expect("TIME", 907, "missing right parenthesis")
            words.expect("ZONE", 907, "missing right parenthesis")
        if name == "DOUBLE" and words.accept("PRECISION"):
            name = "DOUBLE PRECISION"
        found = column_type(name, unit, numbers)
        return replace(found, data_precision=None) if any_precision else found

    def _either(self) -> Value | Condition:
        return self.words.deeper(lambda: self._chain("OR", lambda: self._chain("AND", self._not)))

    def _condition(self, read: Callable[[], Value | Condition]) -> Condition:
        found = read()
        if isinstance(found, Value):
            raise self.words.error(920, "invalid relational operator")
        return found

    def _operand(self, read: Callable[[], Value | Condition]) -> Value:
        found = read()
        if isinstance(found, Condition):
            raise self.words.error(936, "missing expression")
        return found

    def _chain(self, word: str, part: Callable[[], Value | Condition]) -> Value | Condition:
        first = part()
        if isinstance(first, Value) or not self.words.sees(word):
            return first
        parts = [first]
        while self.words.accept(word):
            parts.append(self._condition(part))
        return Test(word, tuple(parts))

    def _not(self) -> Value | Condition:
        if not self.words.accept("NOT"):
            return self._predicate()
        return Test("NOT", (self._condition(lambda: self.words.deeper(self._not)),))

    def _predicate(self) -> Value | Condition:
        words = self.words
        if words.accept("EXISTS"):
            return Test("EXISTS", (Subquery(words.wrapped(self._read_query)),))
        left = self._sum()
        if isinstance(left, Condition):
            return left
        if words.now.kind == "op" and words.now.text in _COMPARISONS:
            operator = _COMPARISONS[words.take().text]
            if words.sees("ANY") or words.sees("ALL") or words.sees("SOME"):
                raise unlisted(f"comparison with {words.now.text}")
            return Test(operator, (left, self.operand()))
        if words.accept("IS"):
            negated = words.accept("NOT")
            if words.now.text in _OTHER_PREDICATES:
                raise unlisted(f"IS {words.now.text}")
            word = words.one_of("NAN", "INFINITE") or ""
            if not word:
                words.expect("NULL")
                return Test("IS NOT NULL" if negated else "IS NULL", (left,))
            test = Test(f"IS {word}", (left,))
            return Test("NOT", (test,)) if negated else test
        negated = words.sees("NOT") and words.ahead().text in _PREDICATES and words.accept("NOT")
        read = _PREDICATES.get(words.now.text) if words.now.kind == "name" else None
        if read is None:
            return left
        words.take()
        found = read(self, left)
        return Test("NOT", (found,)) if negated else found

    def _in(self, left: Value) -> Condition:
        if self.words.sees("(", "SELECT") or self.words.sees("(", "WITH"):
            return Test("IN", (left, Subquery(self.words.wrapped(self._read_query))))
        items = self.words.wrapped(lambda: self.words.listed(self.operand))
        if len(items) > _MAX_LIST:
            raise OracleError(1795, "maximum number of expressions in a list is 1000")
        return Test("IN LIST", (left, *items))

    def _like(self, left: Value) -> Condition:
        pattern = self.operand()
        if self.words.accept("ESCAPE"):
            return Test("LIKE ESCAPE", (left, pattern, self.operand()))
        return Test("LIKE", (left, pattern))

    def _between(self, left: Value) -> Condition:
        low = self.operand()
        self.words.expect("AND")
        return Test("BETWEEN", (left, low, self.operand()))

    def _sum(self) -> Value | Condition:
        return self._operations(self._product, "||", "+", "-")

    def _product(self) -> Value | Condition:
        return self._operations(self._unary, "*", "/")

    def _operations(self, read: Callable[[], Value | Condition], *operators: str) -> Value | Condition:
        found = read()
        while isinstance(found, Value) and (operator := self.words.one_of(*operators)):
            right = self._operand(read)
            if operator == "||":
                parts = found.arguments if isinstance(found, Call) and found.function is CONCATENATION else (found,)
                found = Call(CONCATENATION, (*parts, right))
            else:
                steps = found.steps if isinstance(found, Arithmetic) else (("", found),)
                found = Arithmetic((*steps, (operator, right)))
        return found

    def _unary(self) -> Value | Condition:
        if sign := self.words.one_of("-", "+"):
            return Arithmetic(((sign, self._operand(lambda: self.words.deeper(self._unary))),))
        found = self._primary()
        if self.words.sees("AT", "TIME", "ZONE") or self.words.sees("AT", "LOCAL"):
            raise unlisted("AT TIME ZONE or AT LOCAL")
        return found

    def _primary(self) -> Value | Condition:
        words = self.words
        token = words.now
        if token.kind in ("name", "quoted"):
            return self._named(token)
        if token.kind == "bind":
            return self._read_bind(words)
        if token.kind == "number":
            return _number(words.take().text)
        if token.kind in ("string", "national"):
            if len(token.text.encode()) > _MAX_LITERAL_BYTES:
                raise OracleError(1704, "string literal too long", token.start)
            return Literal("CHAR" if token.kind == "string" else "NCHAR", words.take().text)
        if words.accept("("):
            found = Subquery(self._read_query()) if self.at_subquery() else self._either()
            if words.sees(","):
                raise unlisted("a list of values in parentheses as one value")
            words.expect(")")
            return found
        raise words.error(936, "missing expression")

    def _named(self, token: Token) -> Value:
        words = self.words
        if token.kind == "quoted":
            return self._column()
        if token.text == "CASE":
            return self._case()
        if words.ahead().text == "(" and words.ahead().kind == "op":
            return self._called(words.take().text)
        if token.text in ("DATE", "TIMESTAMP"):
            return self._datetime_literal(words.take().text)
        if token.text == "INTERVAL":
            raise unlisted("INTERVAL literal")
        if token.text in NO_PARENTHESES and words.ahead().text != ".":
            return NO_PARENTHESES[words.take().text]
        return self._column()

    def _column(self) -> Value:
        words = self.words
        if not words.at_name():
            raise words.error(936, "missing expression")
        names = [words.name()]
        while words.accept("."):
            names.append(words.name(1747, "invalid user.table.column, table.column, or column specification"))
        if names[-1] in _PSEUDOCOLUMNS:
            raise unlisted(names[-1])
        if names[-1] == "NEXTVAL" and len(names) in (2, 3):
            return NextValue(Name(names[0] if len(names) == 3 else self._schema, names[-2]))
        if words.now.text == "(" and words.now.kind == "op":
            return self._called(".".join(names).removeprefix("SYS."))
        if len(names) > 3:
            raise OracleError(1747, "invalid user.table.column, table.column, or column specification")
        return Column(names[-1], names[-2] if len(names) > 1 else "", owner="".join(names[:-2]))

    def _called(self, name: str) -> Value:
        words = self.words
        if name not in FUNCTIONS:
            raise unlisted(f"function {name}")
        found = Call(FUNCTIONS[name], words.wrapped(lambda: FUNCTIONS[name].read(self)))
        if name == LISTAGG:
            words.expect("WITHIN", 2000, "missing WITHIN keyword")
            words.expect("GROUP", 2000, "missing GROUP keyword")
            found = replace(found, arguments=(*found.arguments, words.wrapped(self._order)))
        if found.function.is_aggregate:
            refuse_sequences(found)
        _require_once(found, f"{name}(...)")
        if words.sees("OVER") or words.sees("KEEP") or words.sees("WITHIN"):
            raise unlisted(f"{name}(...) {words.now.text}")
        return found

    def _order(self) -> tuple[Key, ...]:
        self.words.expect("ORDER", 30491, "missing ORDER BY clause")
        self.words.expect("BY")
        return self.words.listed(lambda: Key(self.value(), self.direction()))

    def direction(self) -> str:
        """What stands behind a key of ORDER BY."""
        nulls = self.words.one_of("ASC", "DESC") or "ASC"
        return f"{nulls} NULLS {self.words.either('FIRST', 'LAST')}" if self.words.accept("NULLS") else nulls

    def _case(self) -> Value:
        words = self.words
        words.take()
        base = None if words.sees("WHEN") else self.value()
        branches: list[tuple[Value | Condition, Value]] = []
        while words.accept("WHEN"):
            test = self.value() if base else self.condition()
            words.expect("THEN")
            branches.append((test, self.value()))
        if not branches:
            raise words.error(905, "missing keyword")
        otherwise = self.value() if words.accept("ELSE") else NULL
        words.expect("END")
        found = Case(base, tuple(branches), otherwise)
        _require_once(found, "CASE")
        return found

    def _datetime_literal(self, kind: str) -> Value:
        if self.words.now.kind != "string":
            raise self.words.error(936, "missing expression")
        text = self.words.take().text
        found = re.fullmatch(_DATE if kind == "DATE" else _TIMESTAMP, text)
        if not found:
            if re.search("^-|[A-Z][a-z]+/[A-Z]", text):
                raise unlisted(f"year or time zone of {text}")
            raise OracleError(1861, "literal does not match format string")
        plain, more_digits, zone = found.groups("")
        if more_digits:
            raise unlisted(f"more than six digits of a second in {text}")
        if zone[1:3] > "14":
            raise OracleError(1874, "time zone hour must be between -12 and 14")
        if zone[4:] > "59":
            raise OracleError(1875, "time zone minute must be between -59 and 59")
        return Literal(kind, plain, zone)


_PREDICATES: dict[str, Callable[[Expressions, Value], Condition]] = {
    "IN": Expressions._in,
    "LIKE": Expressions._like,
    "BETWEEN": Expressions._between,
}


def _require_once(found: Value, where: str) -> None:
    """What may be computed twice or not at all must not take a sequence's number."""
    if sequences(found):
        raise unlisted(f"NEXTVAL inside {where}")

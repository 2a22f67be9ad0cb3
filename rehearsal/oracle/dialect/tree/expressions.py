"""Expressions and conditions.

PostgreSQL's operators are those of the schema SYS where Oracle's differ (see types.sql), and so is every function.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from rehearsal.oracle.dialect.names import Name, literal, quote, row
from rehearsal.oracle.dialect.tokens import Words
from rehearsal.oracle.dialect.tree.walking import Frozen, find
from rehearsal.oracle.dialect.types import ColumnType
from rehearsal.oracle.errors import OracleError, unlisted


class Node(Frozen):
    """A piece of a statement."""

    def sql(self) -> str:
        """What PostgreSQL runs in its place. Raises OracleError where the list does not have it."""
        raise NotImplementedError


class Value(Node):
    """Something that has a value."""


class Condition(Node):
    """Something that is true, false or unknown."""


class Reader(Protocol):
    """What a function's own reader may read of its arguments."""

    words: Words

    def value(self) -> Value:
        """An expression."""

    def values(self) -> tuple[Value, ...]:
        """Expressions with commas between them."""

    def data_type(self) -> ColumnType:
        """A data type."""


class Function(Frozen):
    """A function of the list: ``read`` its arguments, ``write`` it with them."""

    read: Callable[[Reader], tuple[Any, ...]]
    write: Callable[..., str]
    is_aggregate: bool = False


class Literal(Value):
    """A number (say a BINARY_FLOAT), CHAR, NCHAR, DATE or TIMESTAMP written out, or a WORD: NULL, DEFAULT, ROWNUM."""

    kind: str
    text: str
    zone: str = ""

    def sql(self) -> str:
        if self == ROWNUM:
            raise unlisted("ROWNUM other than as a limit in WHERE")
        if self.kind == "WORD":
            return self.text
        if self.kind == "NUMBER":
            return f"{self.text}::numeric"
        if self.kind.startswith("BINARY_"):
            return f"{self.text}::numeric::{'float4' if self.kind == 'BINARY_FLOAT' else 'float8'}"
        if self.kind in ("CHAR", "NCHAR"):
            return f"{literal(self.text)}::{'bpchar' if self.kind == 'CHAR' else _NCHAR}"
        # With all fields given nothing depends on today, so that PostgreSQL computes it once.
        plain = f'"SYS".read_datetime({literal(self.text)}, {literal(_DATETIME)}, {literal("epoch")})'
        if self.kind == "DATE":
            return f'"SYS".as_date({plain})'
        return f'"SYS".from_tz({plain}, {literal(self.zone)})' if self.zone else plain


_NCHAR = '"SYS".nchar'
_DATETIME = '{YYYY,-,MM,-,DD," ",HH24,:,MI,:,SS,.,FF6}'
NULL, DEFAULT, ROWNUM = (Literal("WORD", word) for word in ("NULL", "DEFAULT", "ROWNUM"))


class Bind(Value):
    """A placeholder whose value has PostgreSQL's ``type``; for many rows a whole column of a source `b`."""

    number: int
    type: str
    is_column: bool = False

    def sql(self) -> str:
        return f"b.c{self.number}" if self.is_column else f"${self.number}::{self.type}"


class Column(Value):
    """A column, perhaps with its table's name or alias, and its ``owner``, or of a trigger's ``row`` NEW or OLD."""

    name: str
    table: str = ""
    row: str = ""
    owner: str = ""

    def sql(self) -> str:
        if self.row:
            return f"{self.row}.{quote(self.name)}"
        return f"{row(self.table)}.{quote(self.name)}" if self.table else quote(self.name)


class NextValue(Value):
    """A sequence's NEXTVAL."""

    sequence: Name

    def sql(self) -> str:
        return f'"SYS".nextval({literal(self.sequence.path)})'


class Arithmetic(Value):
    """Values with +, -, * and / before them, computed from left to right; the first may have a sign."""

    steps: tuple[tuple[str, Value], ...]

    def sql(self) -> str:
        found = ""
        for operator, value in self.steps:
            found = f"({found} {operator} {value.sql()})" if found or operator else value.sql()
        return found


class Key(Node):
    """A key of ORDER BY: a value or an item's number, and its direction."""

    value: Value | int
    options: str

    def sql(self) -> str:
        if isinstance(self.value, int):
            return f"{self.value} {self.options}"
        return f"{'(SELECT NULL)' if self.value == NULL else self.value.sql()} {self.options}"


class Call(Value):
    """A function, or `||`, with what it is applied to."""

    function: Function
    arguments: tuple[Any, ...] = ()

    def sql(self) -> str:
        return self.function.write(*self.arguments)


class Case(Value):
    """CASE; its branches have conditions, or values that ``base`` is compared with."""

    base: Value | None
    branches: tuple[tuple[Value | Condition, Value], ...]
    otherwise: Value

    def sql(self) -> str:
        whens = " ".join(f"WHEN {self._test(test)} THEN {value.sql()}" for test, value in self.branches)
        return f'"SYS".chosen(CASE {whens} ELSE {self.otherwise.sql()} END)'

    def _test(self, test: Value | Condition) -> str:
        return f'"SYS".equal({self.base.sql()}, {test.sql()})' if self.base else test.sql()


class Subquery(Value):
    """A SELECT in parentheses."""

    query: Node

    def sql(self) -> str:
        return f"({self.query.sql()})"


class Test(Condition):
    """A comparison or other condition; AND, OR and a list of IN take any number of operands."""

    operator: str
    operands: tuple[Value | Condition, ...]

    def sql(self) -> str:
        operands = [operand.sql() for operand in self.operands]
        if self.operator in ("AND", "OR"):
            return f"({f' {self.operator} '.join(operands)})"
        if self.operator == "IN LIST":
            return self._in_list(*operands)
        return _TESTS.get(self.operator, "({0} " + self.operator + " {1})").format(*operands)

    def _in_list(self, left: str, *right: str) -> str:
        kinds = {getattr(item, "kind", getattr(item, "type", None)) for item in self.operands[1:]}
        if kinds == {"CHAR"} or kinds <= {"NUMBER", "numeric"}:
            return f"({left} IN ({', '.join(right)}))"
        # PostgreSQL would find one type for all, and compare a CHAR with a VARCHAR2 blank-padded.
        return f"({' OR '.join(f'{left} = {item}' for item in right)})"


_TESTS = {
    "NOT": "(NOT {0})",
    "EXISTS": "(EXISTS {0})",
    "IS NAN": "({0}::float8 = 'NaN'::float8)",
    "IS INFINITE": "(abs({0}::float8) = 'Infinity'::float8)",
    "IS NULL": "({0} IS NULL)",
    "IS NOT NULL": "({0} IS NOT NULL)",
    "BETWEEN": "({0} BETWEEN {1} AND {2})",
    "LIKE": '("SYS".txt({0}) LIKE "SYS".txt({1}) ESCAPE \'\')',
    "LIKE ESCAPE": '("SYS".txt({0}) LIKE "SYS".escaped("SYS".txt({1}), {2}) ESCAPE {2})',
}


def never(where: Condition | None) -> Condition:
    """A condition with the same binds that is never true."""
    return Test("AND", (*filter(None, (where,)), Test("IS NOT NULL", (NULL,))))


def written(nodes: Iterable[Node], separator: str = ", ") -> str:
    """Nodes with commas between them."""
    return separator.join(node.sql() for node in nodes)


def sequences(*nodes: object) -> list[Name]:
    """The sequences whose NEXTVAL is taken, in order."""
    return [found.sequence for found in find(NextValue, *nodes)]


def refuse_sequences(*nodes: object) -> None:
    """Raise ORA-02287 if a sequence's number is taken in these."""
    if sequences(*nodes):
        raise OracleError(2287, "sequence number not allowed here")


def refuse_repeated_sequences(node: object) -> None:
    """Raise ORA-03001 if a sequence's number is taken twice: Oracle gives both the same one, PostgreSQL would not."""
    found = sequences(node)
    if len(set(found)) < len(found):
        raise unlisted("NEXTVAL of one sequence twice in a statement")

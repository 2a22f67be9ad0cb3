"""Expressions and conditions: read as Oracle spells them, written as PostgreSQL computes the same.

PostgreSQL's operators are the ones of the schema SYS where Oracle's differ (see functions.sql); every function that
is written out is one of SYS too.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from rehearsal.oracle.dialect.functions import AGGREGATES, FUNCTIONS, NO_PARENTHESES, SPECIAL, Expression, joined
from rehearsal.oracle.dialect.tokens import Token, Words, literal, quote, row
from rehearsal.oracle.errors import OracleError, stored, unlisted
from rehearsal.oracle.values import normalized

_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_MAX_DEPTH = 60
_MAX_LIST = 1000
_MAX_LITERAL_BYTES = 4000
_DATE = r"(?P<plain>\d{4}-\d{2}-\d{2})"
_TIMESTAMP = r"(?P<plain>\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?) ?(?P<zone>[+-](0\d|1[0-4]):[0-5]\d)?"
_Read = TypeVar("_Read")


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
            return Expression(f"EXISTS ({self.wrapped(self.subquery)})", is_condition=True)
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
            items = self.listed(self._operand)
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

    def values(self) -> list[Expression]:
        """Values with commas between them."""
        return self.listed(self.value)

    def _sum(self) -> Expression:
        left = self._product()
        while not left.is_condition:
            if self.accept("||"):
                parts = [left, self._concatenated()]
                while self.accept("||"):
                    parts.append(self._concatenated())
                left = joined(parts)
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
            }.get(token.text)
            if special and not (is_call and token.text != "CASE"):
                self.take()
                return special()
            if token.text == "INTERVAL":
                raise unlisted("INTERVAL literal")
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
        found = re.fullmatch(_DATE if kind == "DATE" else _TIMESTAMP, text)
        if not found:
            raise OracleError(1861, "literal does not match format string")
        plain, zone = found["plain"], found.groupdict().get("zone")
        try:
            datetime.datetime.fromisoformat(plain)
        except ValueError:
            raise OracleError(1847, "day of month must be between 1 and last day of month") from None
        if zone:
            return Expression(f'"SYS".from_tz({literal(plain)}::timestamp, {literal(zone)})')
        return Expression(f"""{literal(plain)}::{'"SYS".date' if kind == "DATE" else "timestamp"}""")

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

"""SELECT, and the tables that a statement names."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from rehearsal.oracle.dialect.dictionary import DICTIONARY, is_of_oracle
from rehearsal.oracle.dialect.functions import CHOSEN
from rehearsal.oracle.dialect.names import Name
from rehearsal.oracle.dialect.reading.expressions import Expressions, ReadBind
from rehearsal.oracle.dialect.tokens import Token, Words
from rehearsal.oracle.dialect.tree.expressions import (
    NULL,
    ROWNUM,
    Call,
    Column,
    Condition,
    Key,
    Literal,
    Test,
    Value,
    refuse_sequences,
)
from rehearsal.oracle.dialect.tree.queries import Compound, Item, Query, Select, Source
from rehearsal.oracle.dialect.tree.walking import find
from rehearsal.oracle.errors import OracleError, invalid_identifier, unlisted

_MAX_HEADING_BYTES = 30
_JOINS = ("LEFT", "INNER", "CROSS", "JOIN", "RIGHT", "FULL", "NATURAL", "USING")
_NO_ALIAS = (*_JOINS, "WHEN", "OFFSET", "FETCH", "LOG", "RETURNING")
# Behind a table's name, with what follows them.
_TABLE_CLAUSES = ("AS", "MATCH_RECOGNIZE", "PARTITION", "PIVOT", "SAMPLE", "SUBPARTITION", "UNPIVOT", "VERSIONS")
_FOREIGN_SCHEMAS = ("PG_", "INFORMATION_SCHEMA")

ColumnsOf = Callable[[Name], tuple[str, ...]]


class Queries:
    """Reads SELECT statements; ``columns_of`` tells the columns of a table, ``expressions`` reads what is in them."""

    def __init__(self, words: Words, schema: str, read_bind: ReadBind, columns_of: ColumnsOf):
        self.words = words
        self.columns_of = columns_of
        self._schema = schema
        self.expressions = Expressions(words, schema, read_bind, self.subquery)

    def statement(self) -> Query:
        """A whole SELECT statement, or the one of an INSERT."""
        return self._query(is_inner=False)

    def subquery(self) -> Query:
        """A SELECT inside another statement."""
        return self.words.deeper(lambda: self._query(is_inner=True))

    def table(self) -> Name:
        """A table's name, and whose it is."""
        owner, name = self._qualified()
        if self.words.sees("@"):
            raise unlisted("database link @")
        if owner in ("", "SYS", "PUBLIC"):
            if name in DICTIONARY:
                return Name("SYS", name)
            if is_of_oracle(name) and (owner or not self._has_own(name)):
                raise unlisted(f"dictionary view {name}")
        if owner.upper().startswith(_FOREIGN_SCHEMAS) or owner == "SYS":
            raise OracleError(942, "table or view does not exist")
        return Name(owner or self._schema, name)

    def _has_own(self, name: str) -> bool:
        """Whether the schema has a table of that name, which comes before Oracle's."""
        with suppress(OracleError):
            return bool(self.columns_of(Name(self._schema, name)))
        return False

    def new_name(self) -> Name:
        """The name of something to be created."""
        owner, name = self._qualified()
        if name in DICTIONARY:
            raise unlisted(f"an object with the dictionary's name {name}")
        return Name(owner or self._schema, name)

    def alias(self, default: str = "") -> str:
        """A table's alias, or the default; Oracle knows no AS here."""
        words = self.words
        if words.now.text in _TABLE_CLAUSES and words.ahead().text in ("(", "OF", "BETWEEN", "BLOCK"):
            raise unlisted(f"{words.now.text} {words.ahead().text}")
        if words.sees("AS"):
            raise OracleError(933, "SQL command not properly ended", words.now.start)
        if words.now.kind == "name" and words.now.text in _NO_ALIAS:
            return default
        return words.name() if words.at_name() else default

    def source(self, join: str = "") -> Source:
        """A table or subquery of FROM or MERGE."""
        words = self.words
        if words.accept("("):
            if not self.expressions.at_subquery():
                raise unlisted("parentheses around joined tables")
            query = self.subquery()
            words.expect(")")
            headings = [item.alias or item.heading for item in query.select.items]
            if len(set(headings)) < len(headings):
                raise unlisted("two columns of one name in a subquery of FROM")
            return Source(query, self.alias(), join)
        if words.sees("TABLE", "("):
            raise unlisted("TABLE (...)")
        table = self.table()
        if words.sees("("):
            raise unlisted(f"table function {table.name}")
        return Source(table, self.alias(table.name), join)

    def _qualified(self) -> tuple[str, str]:
        name = self.words.name(903, "invalid table name")
        return (name, self.words.name(903, "invalid table name")) if self.words.accept(".") else ("", name)

    def _query(self, *, is_inner: bool) -> Query:
        words = self.words
        if words.sees("WITH"):
            raise unlisted("WITH")
        select = self._selects(is_inner=is_inner)
        order: tuple[Key, ...] = ()
        if words.accept("ORDER"):
            words.expect("BY")
            order = words.listed(lambda: self._key(select.items))
            if isinstance(select, Compound) and not all(isinstance(key.value, Column | int) for key in order):
                raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")
            refuse_sequences(select, order)
        limit = self._row_limit()
        lock = ""
        if not is_inner and words.accept("FOR"):
            if limit or isinstance(select, Compound) or select.is_distinct or select.group or select.limit:
                raise OracleError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")
            lock = self._lock()
        return Query(select, order, limit, lock)

    def _selects(self, *, is_inner: bool) -> Select | Compound:
        """One SELECT, or several under set operators, which are all of one precedence."""
        found = self._select_or_parenthesis(is_inner=is_inner)
        while operator := self.words.one_of("UNION", "INTERSECT", "MINUS"):
            kind = {"MINUS": "EXCEPT"}.get(operator, operator) + (
                " ALL" if operator == "UNION" and self.words.accept("ALL") else ""
            )
            found = Compound(self._united(found), kind, self._united(self._select_or_parenthesis(is_inner=is_inner)))
            refuse_sequences(found)
            if isinstance(found.left, Compound) and any(item.value == NULL for item in find(Item, found)):
                raise unlisted("NULL in the select lists of several set operators")
        return found

    def _select_or_parenthesis(self, *, is_inner: bool) -> Select | Compound:
        if self.words.sees("("):
            return self.words.deeper(lambda: self.words.wrapped(lambda: self._selects(is_inner=is_inner)))
        return self._select(is_inner=is_inner)

    def _united(self, select: Select | Compound) -> Select | Compound:
        """With what it answers of CHARs compared as a set operator does: each as the VARCHAR2 that it becomes."""
        if isinstance(select, Compound):
            return select
        items = tuple(
            one for item in select.items for one in (self._columns(item, select) if not item.value else (item,))
        )
        return replace(select, items=tuple(_as_chosen(item) for item in items))

    def _columns(self, item: Item, select: Select) -> Iterator[Item]:
        """The columns that `*` stands for."""
        for source in select.sources:
            if item.table in ("", source.alias):
                names = (
                    self.columns_of(source.relation)
                    if isinstance(source.relation, Name)
                    else [one.alias or one.heading for one in source.relation.select.items]
                )
                yield from (Item(Column(name, source.alias), name) for name in names)

    def _select(self, *, is_inner: bool) -> Select:
        words, read = self.words, self.expressions
        words.expect("SELECT")
        is_distinct = bool(words.one_of("DISTINCT", "UNIQUE"))
        words.accept("ALL")
        items = self._items()
        words.expect("FROM")
        sources = self._sources()
        where, limit = _without_limit(read.condition()) if words.accept("WHERE") else ((), None)
        group: tuple[Value, ...] = ()
        if words.accept("GROUP"):
            words.expect("BY")
            group = words.listed(lambda: self._group_item(items))
        having = read.condition() if words.accept("HAVING") else None
        if having and words.sees("GROUP"):
            raise unlisted("HAVING before GROUP BY")
        if words.sees("CONNECT") or words.sees("START"):
            raise words.error(933, "")
        found = Select(is_distinct, items, sources, where, limit, group, having)
        is_grouped = group or is_distinct or any(call.function.is_aggregate for call in find(Call, found))
        if limit and len(sources) > 1 and (is_grouped or words.sees("ORDER")):
            raise unlisted("ROWNUM with joined tables that are grouped or sorted")
        refuse_sequences(*((found,) if is_distinct or group or is_inner else (sources, where, limit, having)))
        return found

    def _items(self) -> tuple[Item, ...]:
        if self.words.accept("*"):
            if self.words.sees(","):
                raise OracleError(923, "FROM keyword not found where expected", self.words.now.start)
            return (Item(None),)
        return self.words.listed(self._item)

    def _item(self) -> Item:
        words, start = self.words, self.words.at
        if words.at_name() and words.ahead().text == "." and words.ahead(2).text == "*" and words.ahead(2).kind == "op":
            table = words.name()
            words.at += 2
            return Item(None, table=table)
        value = self.expressions.value(923, "FROM keyword not found where expected")
        heading = _heading(words.text, words.tokens[start : words.at])
        marked = words.accept("AS")
        return Item(value, heading, words.name() if marked or words.at_name() else "")

    def _sources(self) -> tuple[Source, ...]:
        words = self.words
        found = [self.source()]
        while True:
            if words.sees("CROSS", "APPLY") or words.sees("OUTER", "APPLY"):
                raise unlisted("APPLY")
            if words.accept(",") or words.accept("CROSS", "JOIN"):
                found.append(self.source("CROSS JOIN"))
            elif kind := self._join_kind():
                source = self.source(kind)
                words.expect("ON", 905, "missing keyword")
                found.append(Source(source.relation, source.alias, kind, self.expressions.condition()))
            else:
                return tuple(found)

    def _join_kind(self) -> str:
        words = self.words
        if words.accept("LEFT"):
            words.accept("OUTER")
            words.expect("JOIN")
            return "LEFT JOIN"
        return "JOIN" if words.accept("JOIN") or words.accept("INNER", "JOIN") else ""

    def _group_item(self, items: tuple[Item, ...]) -> Value:
        found = self.expressions.value()
        # PostgreSQL would take a select list's alias here, Oracle does not.
        if isinstance(found, Column) and not found.table:
            for item in items:
                if item.alias == found.name and item.value != found:
                    raise invalid_identifier(found.name)
        return found

    def _key(self, items: tuple[Item, ...]) -> Key:
        start, found = self.words.now, self.expressions.value()
        value: Value | int = found
        if isinstance(found, Literal) and start.kind == "number" and start.text.isdigit():
            value = int(found.text)
            if items[0].value and not 1 <= value <= len(items):
                raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")
        elif isinstance(found, Column) and not found.table:
            value = _item_of(found, items) or found
        elif any(column == Column(item.alias) != item.value for column in find(Column, found) for item in items):
            raise unlisted("an alias inside an expression of ORDER BY")
        return Key(value, self.expressions.direction())

    def _row_limit(self) -> Value | None:
        words = self.words
        if not words.accept("FETCH"):
            return None
        words.either("FIRST", "NEXT")
        count = Literal("NUMBER", "1") if words.sees("ROWS") or words.sees("ROW") else self.expressions.operand()
        words.either("ROWS", "ROW")
        if words.accept("WITH"):
            raise unlisted("FETCH ... WITH TIES")
        words.expect("ONLY")
        return count

    def _lock(self) -> str:
        words = self.words
        words.expect("UPDATE")
        if words.accept("NOWAIT"):
            return " FOR UPDATE NOWAIT"
        if words.now.kind != "end":
            raise unlisted(f"FOR UPDATE {words.now.text}")
        return " FOR UPDATE"


def _as_chosen(item: Item) -> Item:
    return item if item.value in (None, NULL) else replace(item, value=Call(CHOSEN, (item.value,)))


def _without_limit(condition: Condition) -> tuple[tuple[Condition, ...], Test | None]:
    """The conditions joined by AND, without the first `ROWNUM <= n` among them, and that one."""
    parts = condition.operands if isinstance(condition, Test) and condition.operator == "AND" else (condition,)
    for part in parts:
        if (
            isinstance(part, Test)
            and part.operands[0] == ROWNUM
            and (part.operator in ("<", "<=") or part == Test("=", (ROWNUM, Literal("NUMBER", "1"))))
        ):
            return tuple(other for other in parts if other is not part), part  # type: ignore[misc]
    return parts, None  # type: ignore[return-value]


def _item_of(column: Column, items: tuple[Item, ...]) -> int:
    """The number of the item that a key of ORDER BY names by its alias; 0 if there is none."""
    alike = [at for at, item in enumerate(items, 1) if item.alias == column.name or item.value == column]
    named = [at for at in alike if items[at - 1].alias == column.name]
    if named and len(alike) > 1:
        raise OracleError(960, "ambiguous column naming in select list")
    return named[0] if named else 0


def _heading(text: str, tokens: list[Token]) -> str:
    """The name that Oracle gives a column without alias: the expression without blanks, in upper case."""
    if tokens[-1].kind in ("name", "quoted") and all(t.kind in ("name", "quoted") or t.text == "." for t in tokens):
        return tokens[-1].text
    spelled = "".join(
        text[t.start : t.end] if t.kind in ("string", "national", "quoted") else text[t.start : t.end].upper()
        for t in tokens
    )
    return spelled.encode()[:_MAX_HEADING_BYTES].decode(errors="ignore")

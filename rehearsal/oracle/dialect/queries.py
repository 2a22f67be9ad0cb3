"""SELECT: what it may hold, and how PostgreSQL says it.

Tables go by `t:NAME` inside a query, so that a table's name can never be read as a whole row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rehearsal.oracle.dialect.dictionary import DICTIONARY
from rehearsal.oracle.dialect.expressions import Expressions
from rehearsal.oracle.dialect.functions import Expression
from rehearsal.oracle.dialect.tokens import Token, quote, row
from rehearsal.oracle.errors import OracleError, invalid_identifier, stored, unlisted

_MAX_HEADING_BYTES = 30
_NO_ALIAS = ("LEFT", "INNER", "CROSS", "JOIN", "RIGHT", "FULL", "NATURAL", "USING", "WHEN", "OFFSET", "FETCH", "LOG")
_FOREIGN_SCHEMAS = ("PG_", "INFORMATION_SCHEMA")


@dataclass
class Item:
    """One entry of a select list."""

    sql: str
    heading: str
    alias: str = ""
    column: str | None = None


@dataclass
class Block:
    """One SELECT, piece by piece."""

    distinct: str
    items: list[Item]
    sources: str
    is_single_source: bool
    where: list[str] = field(default_factory=list)
    limit: str = ""
    group: str = ""
    having: str = ""

    def sql(self) -> str:
        """The block for PostgreSQL."""
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        if self.limit and self.is_single_source:
            # ROWNUM counts before anything is grouped or sorted.
            alias = self.sources.rpartition(" AS ")[2]
            sources, where = f"(SELECT * FROM {self.sources}{where} LIMIT {self.limit}) AS {alias}", ""
        else:
            sources, where = self.sources, where + (f" LIMIT {self.limit}" if self.limit else "")
        items = ", ".join(item.sql for item in self.items)
        return f"SELECT {self.distinct}{items} FROM {sources}{where}{self.group}{self.having}"


class Queries(Expressions):
    """Reads SELECT statements."""

    _hides_keys = False
    _level = 0  # of subqueries
    _headings: Sequence[str] = ()  # of the last subquery

    def query(self) -> str:
        """A whole SELECT statement, with FOR UPDATE."""
        sql = self.subquery(allow_lock=True)
        self.finish()
        return sql

    def subquery(self, *, allow_lock: bool = False) -> str:
        """A SELECT with ORDER BY and a row limit."""
        self._level += 1
        sql = self.deeper(lambda: self._subquery(allow_lock=allow_lock))
        self._level -= 1
        return sql

    def _subquery(self, *, allow_lock: bool) -> str:
        if self.sees("WITH"):
            raise unlisted("WITH")
        sequences = len(self.sequences)
        block = self._block()
        order = self._order(block.items)
        self._headings = [item.heading if not item.alias else stored(item.alias) for item in block.items]
        if order:
            self.refuse_sequences_since(sequences)
        limited = self._row_limit()
        if allow_lock and self.accept("FOR"):
            if limited or block.distinct or block.group or block.limit:
                raise OracleError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")
            return block.sql() + order + self._lock()
        return block.sql() + order + limited

    def table(self) -> tuple[str, str]:
        """A table's name, qualified for PostgreSQL, and the name alone."""
        names = [self.name(903, "invalid table name")]
        if self.accept("."):
            names.append(self.name(903, "invalid table name"))
        if self.sees("@"):
            raise unlisted("database link @")
        if names[-1] in DICTIONARY and (len(names) == 1 or names[0] in ("SYS", "PUBLIC")):
            return f'"SYS".{quote(names[-1])}', names[-1]
        owner = names[0] if len(names) == 2 else self.schema
        if owner.upper().startswith(_FOREIGN_SCHEMAS) or owner == "SYS":
            raise OracleError(942, "table or view does not exist")
        return f"{quote(stored(owner))}.{quote(stored(names[-1]))}", names[-1]

    def alias(self, default: str = "") -> str:
        """A table's alias, or the default; Oracle knows no AS here."""
        if self.sees("AS"):
            raise OracleError(933, "SQL command not properly ended", self.now.start)
        if self.now.kind == "name" and self.now.text in _NO_ALIAS:
            return default
        return self.name() if self.at_name() else default

    def _block(self) -> Block:
        self.expect("SELECT", 928, "missing SELECT keyword")
        distinct = "DISTINCT " if self.one_of("DISTINCT", "UNIQUE") else ""
        self.accept("ALL")
        aggregates, sequences = self.aggregates, len(self.sequences)
        items = self._items()
        beyond_list = len(self.sequences)
        self.expect("FROM", 923, "FROM keyword not found where expected")
        start = self.at
        sources, count = self._sources()
        block = Block(distinct, items, sources, is_single_source=count == 1)
        if self.accept("WHERE"):
            self._where(block)
        if self.accept("GROUP"):
            self.expect("BY", 924, "missing BY keyword")
            block.group = f" GROUP BY {', '.join(self.listed(lambda: self._group_item(items)))}"
            block.sources = self._without_keys(start)
        if self.accept("HAVING"):
            block.having = f" HAVING {self.condition()}"
        if self.sees("CONNECT") or self.sees("START"):
            raise self.error(933, "")
        if (
            block.limit
            and count > 1
            and (block.group or distinct or self.sees("ORDER") or self.aggregates > aggregates)
        ):
            raise unlisted("ROWNUM with joined tables that are grouped or sorted")
        self.refuse_sequences_since(sequences if distinct or block.group or self._level > 1 else beyond_list)
        return block

    def _items(self) -> list[Item]:
        if self.accept("*"):
            if self.sees(","):
                raise OracleError(923, "FROM keyword not found where expected", self.now.start)
            return [Item("*", "*")]
        return self.listed(self._item)

    def _item(self) -> Item:
        start = self.at
        if self.at_name() and self.ahead().text == "." and self.ahead(2).text == "*" and self.ahead(2).kind == "op":
            table = self.name()
            self.at += 2
            return Item(f"{row(table)}.*", "*")
        value = self.value(923, "FROM keyword not found where expected")
        heading = _heading(self.text, self.tokens[start : self.at], value)
        marked = self.accept("AS")
        alias = self.name() if marked or self.at_name() else ""
        return Item(f"{value.sql} AS {quote(stored(alias) if alias else heading)}", heading, alias, value.column)

    def _sources(self) -> tuple[str, int]:
        sql, count = self._source(), 1
        while True:
            if self.accept(",") or self.accept("CROSS", "JOIN"):
                sql += f" CROSS JOIN {self._source()}"
            elif kind := self._join_kind():
                source = self._source()
                self.expect("ON", 905, "missing keyword")
                sql += f" {kind} {source} ON {self.condition()}"
            else:
                return sql, count
            count += 1

    def _join_kind(self) -> str:
        if self.accept("LEFT"):
            self.accept("OUTER")
            self.expect("JOIN", 905, "missing keyword")
            return "LEFT JOIN"
        if self.accept("JOIN") or self.accept("INNER", "JOIN"):
            return "JOIN"
        return ""

    def _source(self) -> str:
        if self.accept("("):
            if not self.at_subquery():
                raise unlisted("parentheses around joined tables")
            inner = self.subquery()
            self.close()
            if len(set(self._headings)) < len(self._headings):
                raise unlisted("two columns of one name in a subquery of FROM")
            return f"({inner}) AS {row(self.alias())}"
        path, name = self.table()
        if self.sees("("):
            raise unlisted(f"table function {name}")
        if self._hides_keys:
            path = f"(SELECT * FROM {path})"
        return f"{path} AS {row(self.alias(name))}"

    def _where(self, block: Block) -> None:
        """Conditions joined by AND, where `ROWNUM <= n` may be one of them."""
        start = self.at
        try:
            block.where = [self.condition()]
        except OracleError as error:
            if "ROWNUM" not in str(error):
                raise
            self.at = start
            self._where_with_limit(block)

    def _where_with_limit(self, block: Block) -> None:
        while True:
            if self.sees("ROWNUM"):
                self.take()
                operator = self.one_of("<=", "<", "=")
                bound = self._operand() if operator else None
                if not bound or (operator == "=" and bound.sql != "1::numeric") or block.limit:
                    raise unlisted("ROWNUM other than as a limit in WHERE")
                ceiling = f"ceil({bound.sql}) - 1" if operator == "<" else f"floor({bound.sql})"
                block.limit = f"greatest({ceiling}, 0)::bigint"
            else:
                part = self._not()
                if not part.is_condition:
                    raise self.error(920, "invalid relational operator")
                block.where.append(part.sql)
            if not self.accept("AND"):
                break
        if self.sees("OR"):
            raise unlisted("ROWNUM other than as a limit in WHERE")

    def _group_item(self, items: list[Item]) -> str:
        found = self.value()
        # PostgreSQL would take a select list's alias here, Oracle does not.
        if found.column and any(item.alias == found.column != item.column for item in items):
            raise invalid_identifier(found.column)
        return found.sql

    def _without_keys(self, start: int) -> str:
        """The sources once more, as subqueries: PostgreSQL then knows no key and wants every column in GROUP BY."""
        here, self.at = self.at, start
        self._hides_keys = True
        try:
            return self._sources()[0]
        finally:
            self.at = here
            self._hides_keys = False

    def _order(self, items: list[Item]) -> str:
        if not self.accept("ORDER"):
            return ""
        self.expect("BY", 924, "missing BY keyword")
        return f" ORDER BY {', '.join(self.listed(lambda: self._key(items)))}"

    def _key(self, items: list[Item]) -> str:
        if (
            self.now.kind == "number"
            and self.now.text.isdigit()
            and (self.ahead().text in (",", ")", "ASC", "DESC", "NULLS", "FETCH", "FOR") or self.ahead().kind == "end")
        ):
            position = int(self.take().text)
            if items[0].sql != "*" and not 1 <= position <= len(items):
                raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression")
            sql = str(position)
        else:
            found = self.value()
            sql = "(SELECT NULL)" if found.sql == "NULL" else found.sql
            alike = [
                at for at, item in enumerate(items, 1) if found.column in (item.alias, item.column) if found.column
            ]
            named = [str(at) for at in alike if found.column == items[at - 1].alias]
            if named and len(alike) > 1:
                raise OracleError(960, "ambiguous column naming in select list")
            sql = named[0] if named else sql
        direction = self.one_of("ASC", "DESC") or "ASC"
        nulls = ""
        if self.accept("NULLS"):
            which = self.one_of("FIRST", "LAST")
            if not which:
                raise self.error(905, "missing keyword")
            nulls = f" NULLS {which}"
        return f"{sql} {direction}{nulls}"

    def _row_limit(self) -> str:
        if not self.accept("FETCH"):
            return ""
        if not self.one_of("FIRST", "NEXT"):
            raise self.error(905, "missing keyword")
        count = "1" if self.sees("ROWS") or self.sees("ROW") else f"coalesce(floor({self._operand().sql}), 0)"
        if not self.one_of("ROWS", "ROW"):
            raise self.error(905, "missing keyword")
        if self.accept("WITH"):
            raise unlisted("FETCH ... WITH TIES")
        self.expect("ONLY", 905, "missing keyword")
        return f" LIMIT greatest({count}, 0)::bigint"

    def _lock(self) -> str:
        self.expect("UPDATE", 905, "missing keyword")
        if self.accept("NOWAIT"):
            return " FOR UPDATE NOWAIT"
        if self.now.kind != "end":
            raise unlisted(f"FOR UPDATE {self.now.text}")
        return " FOR UPDATE"


def _heading(text: str, tokens: list[Token], value: Expression) -> str:
    """The name that Oracle gives a column without alias: the expression without blanks, in upper case."""
    if value.column:
        return stored(value.column)
    if tokens[-1].kind in ("name", "quoted") and all(t.kind in ("name", "quoted") or t.text == "." for t in tokens):
        return stored(tokens[-1].text)
    spelled = "".join(
        text[t.start : t.end] if t.kind in ("string", "quoted") else text[t.start : t.end].upper() for t in tokens
    )
    return spelled.encode()[:_MAX_HEADING_BYTES].decode(errors="ignore")

"""SELECT. Tables go by `t:NAME` inside a query, so that a table's name is never read as a whole row."""

from dataclasses import replace

from rehearsal.oracle.dialect.names import Name, quote, row
from rehearsal.oracle.dialect.tree.expressions import Condition, Key, Node, Test, Value, written


class Item(Node):
    """One entry of a select list; without a value all columns, of ``table`` or of every table."""

    value: Value | None
    heading: str = "*"
    alias: str = ""
    table: str = ""

    def sql(self) -> str:
        if self.value is None:
            return f"{row(self.table)}.*" if self.table else "*"
        return f"{self.value.sql()} AS {quote(self.alias or self.heading)}"


class Source(Node):
    """A table or subquery in FROM, and how it is joined to those before it."""

    relation: "Name | Query"
    alias: str
    join: str = ""
    condition: Condition | None = None
    hides_keys: bool = False

    def sql(self) -> str:
        relation = self.relation.path if isinstance(self.relation, Name) else f"({self.relation.sql()})"
        if self.hides_keys and isinstance(self.relation, Name):
            relation = f"(SELECT * FROM {relation})"
        condition = f" ON {self.condition.sql()}" if self.condition else ""
        return f"{self.join} {relation} AS {row(self.alias)}{condition}"


class Select(Node):
    """SELECT up to HAVING; ``limit`` is the condition on ROWNUM."""

    is_distinct: bool
    items: tuple[Item, ...]
    sources: tuple[Source, ...]
    where: tuple[Condition, ...]
    limit: Test | None
    group: tuple[Value, ...]
    having: Condition | None

    def sql(self) -> str:
        sources = written((replace(source, hides_keys=bool(self.group)) for source in self.sources), " ")
        tail = f" WHERE {written(self.where, ' AND ')}" if self.where else ""
        if self.limit:
            tail += f" LIMIT {_ceiling(self.limit)}"
            if len(self.sources) == 1:
                sources, tail = f"(SELECT * FROM {sources}{tail}) AS {row(self.sources[0].alias)}", ""
        tail += f" GROUP BY {written(self.group)}" if self.group else ""
        tail += f" HAVING {self.having.sql()}" if self.having else ""
        return f"SELECT {'DISTINCT ' if self.is_distinct else ''}{written(self.items)} FROM {sources}{tail}"


def _ceiling(limit: Test) -> str:
    bound = limit.operands[1].sql()
    return f"greatest({f'ceil({bound}) - 1' if limit.operator == '<' else f'floor({bound})'}, 0)::bigint"


class Compound(Node):
    """Two SELECTs under a set operator; its columns are named as the left one's."""

    left: "Select | Compound"
    operator: str
    right: "Select | Compound"

    @property
    def items(self) -> tuple[Item, ...]:
        """The left one's select list."""
        return self.left.items

    def sql(self) -> str:
        return f"({self.left.sql()}) {self.operator} ({self.right.sql()})"


class Query(Node):
    """SELECT with its order, row limit and lock."""

    select: Select | Compound
    order: tuple[Key, ...]
    limit: Value | None
    lock: str

    def sql(self) -> str:
        order = f" ORDER BY {written(self.order)}" if self.order else ""
        limit = f" LIMIT greatest(coalesce(floor({self.limit.sql()}), 0), 0)::bigint" if self.limit else ""
        return f"{self.select.sql()}{order}{limit}{self.lock}"

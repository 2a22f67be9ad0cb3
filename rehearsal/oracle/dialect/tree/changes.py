"""INSERT, UPDATE, DELETE and MERGE."""

from dataclasses import replace

from rehearsal.oracle.dialect.names import Name, columns, quote, row
from rehearsal.oracle.dialect.tree.expressions import DEFAULT, Bind, Condition, Node, Subquery, Value, never, written
from rehearsal.oracle.dialect.tree.queries import Query, Source
from rehearsal.oracle.dialect.tree.walking import changed, find

Assignments = tuple[tuple[str, Value], ...]


class Insert(Node):
    """INSERT of values or of a query's rows."""

    table: Name
    alias: str
    columns: tuple[str, ...]
    rows: tuple[Value, ...] | Query
    returning: tuple[Value, ...] = ()

    def sql(self) -> str:
        rows = self.rows.sql() if isinstance(self.rows, Query) else f"VALUES ({written(self.rows)})"
        return f"{self._head()} {rows}{_returning(self.returning)}"

    def for_many_rows(self) -> str:
        """The statement for an array of rows at once, whose binds are whole columns; nothing where it can't be.

        A subquery would not see the rows before its own, and unnest would split a TIMESTAMP WITH TIME ZONE.
        """
        binds = find(Bind, self.rows)
        if isinstance(self.rows, Query) or DEFAULT in self.rows or find(Subquery, self.rows):
            return ""
        if not binds or self.returning or any(bind.type == '"SYS".timestamptz' for bind in binds):
            return ""
        arrays = ", ".join(f"{bind.sql()}[]" for bind in binds)
        values = written(changed(self.rows, Bind, lambda bind: replace(bind, is_column=True)))
        names = ", ".join(f"c{bind.number}" for bind in binds)
        return f"{self._head()} SELECT {values} FROM unnest({arrays}) AS b ({names})"

    def _head(self) -> str:
        return f"INSERT INTO {self.table.path} AS {row(self.alias)} ({columns(self.columns)})"


class Update(Node):
    """UPDATE, or DELETE where it assigns nothing."""

    table: Name
    alias: str
    assignments: Assignments
    where: Condition | None
    returning: tuple[Value, ...] = ()

    def sql(self) -> str:
        table = f"{self.table.path} AS {row(self.alias)}"
        head = f"UPDATE {table} SET {_assigned(self.assignments)}" if self.assignments else f"DELETE FROM {table}"
        where = f" WHERE {self.where.sql()}" if self.where else ""
        return f"{head}{where}{_returning(self.returning)}"


class MergePart(Node):
    """What MERGE does with rows that are matched (an UPDATE) or not (an INSERT)."""

    is_matched: bool
    assignments: Assignments
    where: Condition | None

    def sql(self) -> str:
        where = f" AND {self.where.sql()}" if self.where else ""
        if self.is_matched:
            return f"WHEN MATCHED{where} THEN UPDATE SET {_assigned(self.assignments)}"
        names, values = zip(*self.assignments, strict=True)
        return f"WHEN NOT MATCHED{where} THEN INSERT ({columns(names)}) VALUES ({written(values)})"


class Merge(Node):
    """MERGE."""

    table: Name
    alias: str
    source: Source
    on: Condition
    parts: tuple[MergePart, ...]

    def sql(self) -> str:
        head = f"MERGE INTO {self.table.path} AS {row(self.alias)} USING {self.source.sql()} ON {self.on.sql()}"
        return f"{head} {written(self.parts, ' ')}"

    def without_insert(self) -> "Merge":
        """One that finds the same rows, and with the same binds, but inserts none."""
        parts = (part if part.is_matched else replace(part, where=never(part.where)) for part in self.parts)
        return replace(self, parts=tuple(parts))


Change = Insert | Update | Merge


def _returning(values: tuple[Value, ...]) -> str:
    return f" RETURNING {written(values)}" if values else ""


def _assigned(assignments: Assignments) -> str:
    return ", ".join(f"{quote(column)} = {value.sql()}" for column, value in assignments)

"""INSERT, UPDATE, DELETE and MERGE."""

from rehearsal.oracle.dialect.names import Name
from rehearsal.oracle.dialect.reading.queries import Queries
from rehearsal.oracle.dialect.tree.changes import Assignments, Insert, Merge, MergePart, Update
from rehearsal.oracle.dialect.tree.expressions import DEFAULT, Bind, Call, Column, Condition, Value, refuse_sequences
from rehearsal.oracle.dialect.tree.walking import find
from rehearsal.oracle.errors import OracleError, invalid_identifier, unlisted


class Changes:
    """Reads statements that change rows."""

    def __init__(self, queries: Queries):
        self.words = queries.words
        self._queries = queries

    def insert(self) -> Insert:
        """INSERT INTO table [(columns)] VALUES (...) or a SELECT."""
        words = self.words
        if words.sees("ALL") or words.sees("FIRST"):
            raise unlisted(f"INSERT {words.now.text}")
        words.expect("INTO")
        table, alias = self._target()
        columns = self.column_list(alias) if words.sees("(") else self._queries.columns_of(table)
        if words.accept("VALUES"):
            return Insert(table, alias, columns, self._values(len(columns)), self._returning())
        if not self._queries.expressions.at_subquery() and not words.sees("("):
            raise words.error(926, "missing VALUES keyword")
        query = self._queries.statement()
        if query.lock:
            raise OracleError(933, "SQL command not properly ended")
        return Insert(table, alias, columns, query)

    def update(self) -> Update:
        """UPDATE table [alias] SET column = value, ... [WHERE condition]."""
        table, alias = self._target()
        self.words.expect("SET")
        return Update(table, alias, self._assignments(alias), self._filter(), self._returning())

    def delete(self) -> Update:
        """DELETE [FROM] table [alias] [WHERE condition]."""
        self.words.accept("FROM")
        return Update(*self._target(), (), self._filter(), self._returning())

    def merge(self) -> Merge:
        """MERGE INTO table USING source ON (condition) WHEN [NOT] MATCHED THEN ..."""
        words = self.words
        words.expect("INTO")
        table, alias = self._target()
        words.expect("USING")
        source = self._queries.source()
        words.expect("ON")
        on = words.wrapped(self._queries.expressions.condition)
        parts: list[MergePart] = []
        while words.accept("WHEN"):
            part = self._merge_part(alias, is_matched=not words.accept("NOT"))
            if any(part.is_matched == other.is_matched for other in parts):
                raise OracleError(933, "SQL command not properly ended")
            parts.append(part)
        if not parts:
            raise words.error(905, "missing keyword")
        joined = {column.name for column in find(Column, on)}
        for column in (name for part in parts if part.is_matched for name, _ in part.assignments):
            if column in joined:
                raise OracleError(38104, f'Columns referenced in the ON Clause cannot be updated: "{column}"')
        return Merge(table, alias, source, on, tuple(parts))

    def column_list(self, table: str = "") -> tuple[str, ...]:
        """Columns in parentheses, each once."""
        names = self.words.wrapped(lambda: self.words.listed(lambda: self._target_column(table)))
        if len(set(names)) < len(names):
            raise OracleError(957, "duplicate column name")
        return names

    def _target(self) -> tuple[Name, str]:
        if self.words.sees("("):
            raise unlisted("a change of a subquery's rows")
        table = self._queries.table()
        return table, self._queries.alias(table.name)

    def _merge_part(self, alias: str, *, is_matched: bool) -> MergePart:
        words = self.words
        for word in ("MATCHED", "THEN", "UPDATE" if is_matched else "INSERT"):
            words.expect(word)
        if is_matched:
            words.expect("SET")
            part = MergePart(is_matched, self._assignments(alias), self._filter())
            if words.sees("DELETE"):
                raise unlisted("MERGE ... DELETE")
            return part
        if not words.sees("("):
            raise unlisted("MERGE ... INSERT without columns")
        columns = self.column_list(alias)
        words.expect("VALUES")
        return MergePart(is_matched, tuple(zip(columns, self._values(len(columns)), strict=True)), self._filter())

    def _returning(self) -> tuple[Value, ...]:
        """RETURNING values INTO binds; what the binds get is the session's part."""
        words, read = self.words, self._queries.expressions
        if not words.one_of("RETURNING", "RETURN"):
            return ()
        values = read.values()
        if any(call.function.is_aggregate for call in find(Call, values)):
            raise unlisted("a group function in RETURNING")
        refuse_sequences(values)
        words.expect("INTO")
        binds = words.listed(read.operand)
        if len(binds) != len(values):
            raise OracleError(*(913, "too many values") if len(binds) < len(values) else (947, "not enough values"))
        if not all(isinstance(bind, Bind) for bind in binds):
            raise unlisted("RETURNING ... INTO something other than binds")
        return values

    def _filter(self) -> Condition | None:
        return self._queries.expressions.condition() if self.words.accept("WHERE") else None

    def _target_column(self, table: str) -> str:
        """A column that gets a value; its table may stand before it."""
        name = self.words.name()
        if table and self.words.accept("."):
            if name != table:
                raise invalid_identifier(name, self.words.name())
            name = self.words.name()
        return name

    def _values(self, wanted: int) -> tuple[Value, ...]:
        values = self.words.wrapped(lambda: self.words.listed(self._value_or_default))
        if self.words.sees(","):
            raise self.words.error(933, "SQL command not properly ended")
        if len(values) > wanted:
            raise OracleError(913, "too many values")
        if len(values) < wanted:
            raise OracleError(947, "not enough values")
        return values

    def _value_or_default(self) -> Value:
        return DEFAULT if self.words.accept("DEFAULT") else self._queries.expressions.value()

    def _assignments(self, alias: str) -> Assignments:
        return self.words.listed(lambda: self._assignment(alias))

    def _assignment(self, alias: str) -> tuple[str, Value]:
        if self.words.sees("("):
            raise unlisted("UPDATE ... SET (columns)")
        column = self._target_column(alias)
        self.words.expect("=")
        return column, self._value_or_default()

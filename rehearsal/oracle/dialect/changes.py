"""INSERT, UPDATE, DELETE and MERGE."""

from collections.abc import Callable

from rehearsal.oracle.dialect.queries import Queries
from rehearsal.oracle.dialect.tokens import quote, row
from rehearsal.oracle.errors import OracleError, invalid_identifier, shown, stored, unlisted

Columns = Callable[[str], list[str]]


class Changes(Queries):
    """Reads statements that change rows. ``columns_of`` tells the columns of a table, given as PostgreSQL names it."""

    columns_of: Columns
    takes_many_rows = False

    def insert(self) -> str:
        """INSERT INTO table [(columns)] VALUES (...) or a SELECT."""
        if self.sees("ALL") or self.sees("FIRST"):
            raise unlisted(f"INSERT {self.now.text}")
        self.expect("INTO", 925, "missing INTO keyword")
        path, name = self.table()
        columns = self._column_list(name) if self.sees("(") else [quote(stored(name)) for name in self.columns_of(path)]
        head = f"INSERT INTO {path} ({', '.join(columns)})"
        if self.accept("VALUES"):
            # A subquery would not see the array's earlier rows, and unnest would split a TIMESTAMP WITH TIME ZONE.
            self.takes_many_rows = bool(self.bind_types) and not (
                '"SYS".timestamptz' in self.bind_types or any(token.text == "SELECT" for token in self.tokens)
            )
            values = ", ".join(self._values(len(columns)))
            if not self.many_rows:
                return f"{head} VALUES ({values})"
            arrays = [f"${number}::{name}[]" for number, name in enumerate(self.bind_types, 1)]
            names = [f"c{number}" for number in range(1, len(arrays) + 1)]
            return f"{head} SELECT {values} FROM unnest({', '.join(arrays)}) AS b ({', '.join(names)})"
        if not self.at_subquery():
            raise self.error(926, "missing VALUES keyword")
        return f"{head} {self.subquery()}"

    def update(self) -> str:
        """UPDATE table [alias] SET column = value, ... [WHERE condition]."""
        path, name = self.table()
        alias = self.alias(name)
        self.expect("SET", 971, "missing SET keyword")
        return f"UPDATE {path} AS {row(alias)} SET {', '.join(self._assignments(alias))}{self._filter()}"

    def delete(self) -> str:
        """DELETE [FROM] table [alias] [WHERE condition]."""
        self.accept("FROM")
        path, name = self.table()
        alias = self.alias(name)
        return f"DELETE FROM {path} AS {row(alias)}{self._filter()}"

    def merge(self) -> str:
        """MERGE INTO table USING source ON (condition) WHEN [NOT] MATCHED THEN ..."""
        self.expect("INTO", 925, "missing INTO keyword")
        path, name = self.table()
        alias = self.alias(name)
        self.expect("USING", 926, "missing USING keyword")
        source = self._source()
        self.expect("ON", 969, "missing ON keyword")
        self.open()
        start = self.at
        condition = self.condition()
        joined = {token.text for token in self.tokens[start : self.at] if token.kind in ("name", "quoted")}
        self.close()
        parts = [f"MERGE INTO {path} AS {row(alias)} USING {source} ON {condition}"]
        met = set()
        while self.accept("WHEN"):
            if self.now.text in met:
                raise self.error(933, "SQL command not properly ended")
            met.add(self.now.text)
            parts.append(self._merge_part(alias, joined))
        if len(parts) == 1:
            raise self.error(905, "missing keyword")
        return " ".join(parts)

    def _merge_part(self, alias: str, joined: set[str]) -> str:
        if self.accept("NOT"):
            self.expect("MATCHED", 905, "missing keyword")
            self._then("INSERT")
            if not self.sees("("):
                raise unlisted("MERGE ... INSERT without columns")
            columns = self._column_list(alias)
            self.expect("VALUES", 926, "missing VALUES keyword")
            action = f"INSERT ({', '.join(columns)}) VALUES ({', '.join(self._values(len(columns)))})"
            return f"WHEN NOT MATCHED{self._merge_filter()} THEN {action}"
        self.expect("MATCHED", 905, "missing keyword")
        self._then("UPDATE")
        self.expect("SET", 927, "missing equal sign")
        assignments = self._assignments(alias)
        for assignment in assignments:
            column = shown(assignment.partition('"')[2].partition('"')[0])
            if column in joined:
                raise OracleError(38104, f'Columns referenced in the ON Clause cannot be updated: "{column}"')
        action = f"UPDATE SET {', '.join(assignments)}"
        found = f"WHEN MATCHED{self._merge_filter()} THEN {action}"
        if self.sees("DELETE"):
            raise unlisted("MERGE ... DELETE")
        return found

    def _then(self, action: str) -> None:
        self.expect("THEN", 905, "missing keyword")
        self.expect(action, 905, "missing keyword")

    def _merge_filter(self) -> str:
        return f" AND {self.condition()}" if self.accept("WHERE") else ""

    def _filter(self) -> str:
        return f" WHERE {self.condition()}" if self.accept("WHERE") else ""

    def _column_list(self, table: str = "") -> list[str]:
        names = self.wrapped(lambda: self.listed(lambda: self._target_column(table)))
        for at, name in enumerate(names):
            if name in names[:at]:
                raise OracleError(957, "duplicate column name")
        return names

    def _target_column(self, table: str) -> str:
        """A column that gets a value; its table may stand before it."""
        name = self.name()
        if table and self.accept("."):
            if name != table:
                raise invalid_identifier(name, self.name())
            name = self.name()
        return quote(stored(name))

    def _values(self, wanted: int) -> list[str]:
        values = self.wrapped(lambda: self.listed(self._value_or_default))
        if self.sees(","):
            raise self.error(933, "SQL command not properly ended")
        if len(values) > wanted:
            raise OracleError(913, "too many values")
        if len(values) < wanted:
            raise OracleError(947, "not enough values")
        return values

    def _value_or_default(self) -> str:
        if self.accept("DEFAULT"):
            self.takes_many_rows = False
            return "DEFAULT"
        return self.value().sql

    def _assignments(self, alias: str) -> list[str]:
        return self.listed(lambda: self._assignment(alias))

    def _assignment(self, alias: str) -> str:
        if self.sees("("):
            raise unlisted("UPDATE ... SET (columns)")
        column = self._target_column(alias)
        self.expect("=", 927, "missing equal sign")
        return f"{column} = {self._value_or_default()}"

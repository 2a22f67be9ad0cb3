"""What an Oracle session does with SQL, without the wire: translate, check privileges, run."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from psycopg.pq.abc import PGresult

from rehearsal.oracle.backend import Backend, Prepared, Stream
from rehearsal.oracle.dialect.names import Name, literal, quote
from rehearsal.oracle.dialect.statements import Statement, read
from rehearsal.oracle.dialect.tree.changes import Change, Insert, Merge
from rehearsal.oracle.dialect.tree.definitions import Control, CreateTrigger, Definition
from rehearsal.oracle.dialect.tree.expressions import sequences
from rehearsal.oracle.dialect.tree.queries import Query
from rehearsal.oracle.dialect.tree.walking import find
from rehearsal.oracle.errors import OracleError, shown, stored, unlisted
from rehearsal.oracle.packets import Packets

_KEPT_STATEMENTS = 200
_DEFINITION_LOCK_WAIT = "SET LOCAL lock_timeout = '1s'"

_INSUFFICIENT, _CANCELLED, _NULL = 1031, 1013, 1400

_MANY_ROWS = 8
_ESCAPES = re.compile(rb'(["\\])')

Values = list[bytes | None]


@dataclass
class Known:
    """A statement, and PostgreSQL's prepared one where it has rows."""

    statement: Statement
    prepared: Prepared | None = None
    many_rows: str = ""
    for_many_rows: Prepared | None = None  # made when it is first needed

    @property
    def target(self) -> str:
        """The table that it changes, as a literal."""
        return literal(self.statement.table.path) if isinstance(self.statement, Change) else "NULL"

    @property
    def rows(self) -> Prepared:
        """The prepared statement of one that has rows."""
        if self.prepared is None:
            raise OracleError(900, "invalid SQL statement")
        return self.prepared


class Engine:
    """One user's session. Not for use by two threads at once."""

    latest_definition = object()  # another one after each definition of any session

    def __init__(self, conninfo: str, user: str, client: Packets | None = None):
        self.user = user
        self.schema = user
        self.left_invalid = False  # what was last defined does not compile
        self.backend = Backend(conninfo, client)
        self._known: OrderedDict[tuple[str, tuple[str, ...]], Known] = OrderedDict()
        self._known_since = Engine.latest_definition
        name = literal(stored(user))
        self.backend.run(f"SET oracle.login = {name}", f"SET application_name = {name}", f"SET ROLE {quote(user)}")
        self.use_schema(user)

    def describe(self, program: str, machine: str) -> None:
        """Show in V$SESSION whose session this is."""
        self.backend.run(f'SELECT "SYS".describe_session({literal(program)}, {literal(machine)})')

    def name_module(self, module: str) -> None:
        """Show in V$SESSION what it is about."""
        self.backend.run(f'SELECT "SYS".name_module({literal(module)})')

    def prepare(self, sql: str, bind_types: Sequence[str]) -> Known:
        """Translate and prepare a statement, once for each text and types of binds. Raises OracleError."""
        if self._known_since is not Engine.latest_definition:  # what `*` and a missing list of columns stand for
            self._known_since = Engine.latest_definition
            self.forget_statements()
        key = (sql, (self.schema, *bind_types))
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        statement = read(sql, bind_types, self.schema, self._columns_of)
        prepared = self.backend.prepare(statement.sql().encode()) if isinstance(statement, Query | Change) else None
        many = statement.for_many_rows() if isinstance(statement, Insert) else ""
        known = Known(statement, prepared, many)
        if prepared:
            self._known[key] = known
            if len(self._known) > _KEPT_STATEMENTS:
                self._forget(self._known.popitem(last=False)[1])
        return known

    def forget_statements(self) -> None:
        """Translate and prepare everything again when it is next used."""
        while self._known:
            self._forget(self._known.popitem()[1])

    def _forget(self, known: Known) -> None:
        for prepared in filter(None, (known.prepared, known.for_many_rows)):
            self.backend.forget(prepared)

    def query(self, known: Known, values: Values) -> Stream:
        """Start a query; SELECT ... FOR UPDATE opens a transaction first, and locks all its rows before the first."""
        query = known.statement
        if not isinstance(query, Query) or not query.lock:
            return self.backend.query(known.rows, values)
        if any(name.owner == "SYS" for name in find(Name, getattr(query.select, "sources", ()))):
            raise unlisted("SELECT ... FOR UPDATE of a dictionary view")
        self.backend.begin()
        names = [literal(name.path) for name in find(Name, query)]
        reads, changes = (
            " AND ".join(f"has_table_privilege({name}, '{right}')" for name in names) for right in ("SELECT", "UPDATE")
        )
        if self._truth(f"{reads} AND NOT ({changes})"):
            return self._lock_as_reader(known, values)
        stream = self.backend.query(known.rows, values)
        stream.set_aside()
        return stream

    def _lock_as_reader(self, known: Known, values: Values) -> Stream:
        """Lock rows for who may SELECT them: Oracle lets these, PostgreSQL asks for UPDATE, when it opens a cursor."""
        self.backend.run("CLOSE ALL", "SET LOCAL ROLE NONE")
        try:
            self._change_once(b"DECLARE locked CURSOR FOR " + known.rows.sql, values)
        finally:
            self.backend.run(f"SET LOCAL ROLE {quote(self.user)}")
        fetch = self.backend.prepare(b"FETCH ALL FROM locked")
        stream = self.backend.query(fetch, [])
        self.backend.forget(fetch)  # which sets the rows aside
        return stream

    def _change_once(self, sql: bytes, values: Values) -> None:
        prepared = self.backend.prepare(sql)
        try:
            self.backend.change(prepared, [values])
        finally:
            self.backend.forget(prepared)

    def change(self, known: Known, rows: list[Values]) -> list[int]:
        """Run INSERT, UPDATE, DELETE or MERGE once a row; the numbers of rows touched.

        Where a row fails, the rows before it stay changed, and the error's `counts` say how many each touched.
        """
        if known.many_rows and len(rows) >= _MANY_ROWS and not self._refers_to_itself(known):
            with suppress(OracleError):
                # All rows in one statement; which one fails, if one does, is found below.
                known.for_many_rows = known.for_many_rows or self.backend.prepare(known.many_rows.encode())
                self.backend.change(known.for_many_rows, [[_array(values) for values in zip(*rows, strict=True)]])
                return [1] * len(rows)
        try:
            return self.backend.change(known.rows, rows)
        except OracleError as error:
            if error.number == _INSUFFICIENT and not self._sees(known.target):
                raise OracleError(942, "table or view does not exist") from None
            if 0 < error.done < len(rows):
                error.counts = self.backend.change(known.rows, rows[: error.done])
            if error.number == _NULL and isinstance(known.statement, Merge):
                self._blame_update(known.statement, rows[error.done], error)
            raise

    def _blame_update(self, merge: Merge, values: Values, error: OracleError) -> None:
        """Raise ORA-01407 if it was MERGE's UPDATE that met the NULL; PostgreSQL does not say which part did."""
        try:
            self._change_once(merge.without_insert().sql().encode(), values)
            self.backend.undo()
        except OracleError as other:
            if other.number != _NULL:
                return
            column = str(error).removeprefix("ORA-01400: cannot insert NULL into ")
            found = OracleError(1407, f"cannot update {column} to NULL")
            found.counts = error.counts
            raise found from None

    def change_each(self, known: Known, rows: list[Values]) -> tuple[list[int], list[tuple[int, OracleError]]]:
        """Like `change`, but go on behind a failed row; the counts, and the failures by row."""
        counts: list[int] = []
        failures: list[tuple[int, OracleError]] = []
        at_once = len(rows)
        while len(counts) < len(rows):
            try:
                counts += self.change(known, rows[len(counts) : len(counts) + at_once])
                at_once *= 2
            except OracleError as error:
                if error.number == _CANCELLED:
                    raise
                counts += [*error.counts, 0]
                failures.append((len(counts) - 1, error))
                at_once = 1  # failures come in swarms
        return counts, failures

    def run(self, statement: Statement) -> None:
        """Run what has no rows: definitions, COMMIT, ROLLBACK, ALTER SESSION."""
        match statement:
            case Control("COMMIT" | "ROLLBACK" as command):
                self.backend.end(command)
            case Control("CURRENT_SCHEMA", schema):
                self.use_schema(schema)
            case Control():
                for setting in statement.statements():
                    self.backend.run(setting)
            case Definition():
                self._define(statement)

    def close(self) -> None:
        """End the session; what is not committed is rolled back."""
        self.backend.close()

    def _define(self, definition: Definition) -> None:
        """Definitions commit what was open, and themselves."""
        statements = definition.statements()
        self.backend.end("COMMIT")
        self._require_privilege(definition)
        self.backend.begin()
        try:
            self.backend.run(_DEFINITION_LOCK_WAIT, "SET LOCAL ROLE NONE", *statements)
            self.backend.end("COMMIT")
        except OracleError:
            self.backend.end("ROLLBACK")
            raise
        Engine.latest_definition = object()
        wanted = sequences(*(step for step in definition.steps if isinstance(step, CreateTrigger)))
        missing = [f"to_regclass({literal(name.path)}) IS NULL" for name in wanted]
        self.left_invalid = bool(missing) and self._truth(" OR ".join(missing))

    def _require_privilege(self, definition: Definition) -> None:
        wanted, user = definition.privilege if definition.owner == self.user else definition.any_privilege, self.user
        if definition.owner == "SYS" or (
            wanted and not self._truth(f'"SYS".has_privilege({literal(stored(user))}, {literal(wanted)})')
        ):
            raise OracleError(_INSUFFICIENT, "insufficient privileges")
        for table, right in definition.touched():
            user = definition.owner if right == "REFERENCES" else self.user
            may = f'"SYS".may_touch({literal(stored(user))}, {literal(table.path)}, {literal(right)})'
            if table.owner != user and not self._truth(may):
                if right != "ALTER" and not self._sees(literal(table.path)):
                    raise OracleError(942, "table or view does not exist")
                raise OracleError(_INSUFFICIENT, "insufficient privileges")

    def _sees(self, table: str) -> bool:
        return self._truth(f"has_table_privilege({table}, 'SELECT, INSERT, UPDATE, DELETE')")

    def _refers_to_itself(self, known: Known) -> bool:
        """Whether the table has a foreign key to itself: a row may then not come before the one that it refers to."""
        if known.for_many_rows:
            return False
        itself = f"conrelid = {known.target}::regclass AND conrelid = confrelid"
        return self._truth(f"EXISTS (SELECT FROM pg_constraint WHERE {itself})")

    def use_schema(self, schema: str) -> None:
        """Take names without a schema from this one. Raises ORA-01435."""
        if not self._truth(f"to_regnamespace({literal(quote(schema))}) IS NOT NULL"):
            raise OracleError(1435, "user does not exist")
        self.schema = schema
        self.backend.run(f"SET oracle.schema = {literal(schema)}")

    def _truth(self, condition: str) -> bool:
        return self.backend.run(f"SELECT {condition}").get_value(0, 0) == b"t"

    def columns(self, condition: str) -> PGresult:
        """What is known of columns: relid, attnum, data_length, char_length, attnotnull, data_type, data_precision."""
        return self.backend.run(
            "SELECT relid, f.attnum, data_length, char_length, attnotnull, data_type, data_precision"
            ' FROM "SYS".column_facts f'
            f" JOIN pg_attribute a ON attrelid = relid AND a.attnum = f.attnum WHERE {condition}"
        )

    def _columns_of(self, table: Name) -> tuple[str, ...]:
        found = self.backend.run(
            f"SELECT attname FROM pg_attribute WHERE attrelid = to_regclass({literal(table.path)})"
            " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
        names = tuple(shown((found.get_value(row, 0) or b"").decode()) for row in range(found.ntuples))
        if not names:
            raise OracleError(942, "table or view does not exist")
        return names


def _array(values: Sequence[bytes | None]) -> bytes:
    """Values as one PostgreSQL array."""
    joined = b"".join(filter(None, values))
    if b'"' in joined or b"\\" in joined:
        values = [value and _ESCAPES.sub(rb"\\\1", value) for value in values]
    if None in values:
        return b"{" + b",".join(b"NULL" if value is None else b'"%b"' % value for value in values) + b"}"
    return b'{"' + b'","'.join(filter(None, values)) + b'"}'

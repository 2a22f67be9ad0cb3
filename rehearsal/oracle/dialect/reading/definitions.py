"""CREATE, ALTER and DROP of tables, indexes, sequences and users."""

import itertools
import secrets
from dataclasses import replace

from rehearsal.oracle.auth import Verifier
from rehearsal.oracle.dialect.names import Name
from rehearsal.oracle.dialect.reading.changes import Changes
from rehearsal.oracle.dialect.reading.queries import Queries
from rehearsal.oracle.dialect.tree.definitions import (
    Action,
    AddColumn,
    AddConstraint,
    ChangeSequence,
    CreateIndex,
    Definition,
    Drop,
    Step,
)
from rehearsal.oracle.dialect.tree.expressions import NULL, Column, Literal
from rehearsal.oracle.dialect.tree.walking import find
from rehearsal.oracle.errors import OracleError, unlisted

_MAX_BIGINT = 2**63 - 1

Addition = AddColumn | AddConstraint


def _generated() -> str:
    return f"SYS_C{secrets.randbelow(10**9):09d}"  # not counted: those of an earlier start may be kept


class Definitions:
    """Reads definitions of tables, indexes, sequences and users."""

    def __init__(self, queries: Queries, changes: Changes):
        self.words = queries.words
        self._queries = queries
        self._expressions = queries.expressions
        self._columns = changes.column_list

    def create_table(self) -> Definition:
        """CREATE TABLE name (columns and constraints)."""
        table = self._queries.new_name()
        additions = () if self.words.sees("AS") else self._additions(table)
        if self.words.sees("AS"):
            raise unlisted("CREATE TABLE ... AS SELECT")
        steps = (Action("create_table", (table, table.owner)), *_in_order(table, additions))
        return Definition(steps, table.owner, "CREATE TABLE", "CREATE ANY TABLE")

    def alter_table(self) -> Definition:
        """ALTER TABLE name ADD ..., DROP ..., or ENABLE or DISABLE ALL TRIGGERS."""
        words, table = self.words, self._queries.table()
        steps: tuple[Step, ...]
        if switch := words.one_of("ENABLE", "DISABLE"):
            if not words.accept("ALL", "TRIGGERS"):
                raise unlisted(f"ALTER TABLE ... {switch}")
            steps = (Action("switch_triggers", (table, None, switch)),)
        elif words.accept("ADD"):
            if words.now.text in ("SUPPLEMENTAL", "PARTITION"):
                raise unlisted(f"ALTER TABLE ... ADD {words.now.text}")
            several = words.sees("(")
            steps = _in_order(table, self._additions(table) if several else (self._addition(table),))
        elif words.accept("DROP"):
            kind = words.one_of("CONSTRAINT", "COLUMN")
            if not kind and not words.sees("("):
                raise unlisted(f"ALTER TABLE ... DROP {words.now.text}")
            name = words.name() if kind else words.wrapped(words.name)
            steps = (Drop(kind or "COLUMN", table, name), Action("size_strings", (table,)))
        else:
            raise unlisted(f"ALTER TABLE ... {words.now.text}")
        if words.now.kind == "name":
            raise unlisted(f"ALTER TABLE ... {words.now.text} behind another clause")
        return Definition(steps, table.owner, altered=table)

    def drop(self) -> Definition:
        """DROP TABLE, SEQUENCE, INDEX or USER."""
        words = self.words
        kind = words.one_of("TABLE", "SEQUENCE", "INDEX", "USER")
        if not kind:
            raise words.not_listed("DROP", 950)
        if kind == "USER":
            return Definition((Action("drop_user", (words.name(), words.accept("CASCADE"))),), "", "", "DROP USER")
        found = self._queries.table()
        step: Step = Drop(kind, found)
        if kind == "TABLE":
            step = Action("drop_table", (found, words.accept("CASCADE", "CONSTRAINTS")))
            words.accept("PURGE")
        return Definition((step,), found.owner, "", f"DROP ANY {kind}")

    def create_index(self, *, unique: bool) -> Definition:
        """CREATE [UNIQUE] INDEX name ON table (columns)."""
        name = self._queries.new_name()
        self.words.expect("ON")
        table = self._queries.table()
        step = CreateIndex(name, table, self.words.wrapped(lambda: self.words.listed(self._indexed)), unique)
        return Definition((step,), name.owner, "", "CREATE ANY INDEX")

    def _indexed(self) -> str:
        name = self.words.name() if self.words.at_name() else ""
        if not name or not (self.words.sees(",") or self.words.sees(")")):
            raise unlisted("an index on an expression, or with a direction")
        return name

    def sequence(self, *, new: bool) -> Definition:
        """CREATE or ALTER SEQUENCE name with its options."""
        name = self._queries.new_name() if new else self._queries.table()
        step = ChangeSequence(name, new, *self._sequence_options(new=new))
        if new:
            return Definition((step,), name.owner, "CREATE SEQUENCE", "CREATE ANY SEQUENCE")
        return Definition((step,), name.owner, altered=name)

    def user(self, *, new: bool) -> Definition:
        """CREATE or ALTER USER name IDENTIFIED BY password; tablespaces and quotas of a new one are read past."""
        words, name, verb = self.words, self.words.name(), "CREATE USER" if new else "ALTER USER"
        if not words.accept("IDENTIFIED", "BY"):
            raise unlisted(f"{verb} without IDENTIFIED BY")
        token = words.take()
        if token.kind not in ("name", "quoted"):
            raise OracleError(988, "missing or invalid password(s)")
        verifier = Verifier.of(words.text[token.start : token.end].strip('"'))
        while new and self._skips_user_option():
            pass
        if words.now.kind == "name":
            raise unlisted(f"{verb} ... {words.now.text}")
        action = Action("create_user" if new else "change_password", (name, verifier.salt, verifier.digest))
        return Definition((action,), "" if new else name, "", verb)

    def _skips_user_option(self) -> bool:
        words = self.words
        if words.accept("DEFAULT", "TABLESPACE") or words.accept("TEMPORARY", "TABLESPACE"):
            words.name()
        elif words.accept("QUOTA"):
            words.take()
            words.expect("ON")
            words.name()
        else:
            return words.accept("ACCOUNT", "UNLOCK")
        return True

    def _at_constraint(self) -> bool:
        return any(self.words.sees(*kind.split()) for kind in ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK"))

    def _additions(self, table: Name) -> tuple[tuple[Addition, ...], ...]:
        return self.words.wrapped(lambda: self.words.listed(lambda: self._addition(table)))

    def _addition(self, table: Name) -> tuple[Addition, ...]:
        if self.words.sees("CONSTRAINT") or self._at_constraint():
            return (self._constraint(table, self._constraint_name()),)
        return self._column_definition(table)

    def _constraint_name(self) -> str:
        return self.words.name() if self.words.accept("CONSTRAINT") else _generated()

    def _column_definition(self, table: Name) -> tuple[Addition, ...]:
        words, name = self.words, self.words.name()
        if words.sees("AS") or words.sees(",") or words.sees(")"):
            raise unlisted("a column without a data type")
        kind = self._expressions.data_type()
        if words.sees("DEFAULT", "ON"):
            raise unlisted("DEFAULT ON NULL")
        default, text = words.spelled(self._expressions.value) if words.accept("DEFAULT") else (None, None)
        if words.sees("GENERATED"):
            raise unlisted("GENERATED ... AS IDENTITY")
        not_null, constraints = None, []
        while True:
            constraint = self._constraint_name()
            if words.accept("NOT", "NULL"):
                not_null = constraint
            elif self._at_constraint() or words.sees("REFERENCES"):
                constraints.append(self._constraint(table, constraint, (name,)))
            elif not words.accept("NULL"):
                return AddColumn(table, name, kind, default, text, not_null), *constraints

    def _constraint(self, table: Name, name: str, columns: tuple[str, ...] = ()) -> AddConstraint:
        words = self.words
        if words.accept("PRIMARY", "KEY"):
            return AddConstraint(table, name, "PRIMARY KEY", columns or self._columns())
        if words.accept("UNIQUE"):
            return AddConstraint(table, name, "UNIQUE", columns or self._columns())
        if words.accept("CHECK"):
            condition, text = words.wrapped(lambda: words.spelled(self._expressions.condition))
            words_used = {word.text for word in find(Literal, condition) if word.kind == "WORD"}
            if any(not word.startswith("'") for word in words_used - {NULL.text}):  # the others are constants
                raise OracleError(2436, "date or system variable wrongly specified in CHECK constraint")
            if columns and any(column.name not in columns for column in find(Column, condition)):
                raise OracleError(2438, "column check constraint cannot reference other columns")
            return AddConstraint(table, name, "CHECK", condition=condition, text=text)
        if not columns and not words.accept("FOREIGN", "KEY"):
            raise words.error(904, ": invalid identifier")
        columns = columns or self._columns()
        words.expect("REFERENCES")
        target = self._queries.table()
        wanted = self._columns() if words.sees("(") else ()
        action = ""
        if words.accept("ON", "DELETE"):
            action = f" ON DELETE {words.either('CASCADE', 'SET NULL')}"
        return AddConstraint(table, name, "FOREIGN KEY", columns, None, "", target, wanted, action)

    def _sequence_options(self, *, new: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        words, options, facts = self.words, [], []
        while words.now.kind != "end":
            if words.accept("START", "WITH"):
                if not new:
                    raise OracleError(2283, "cannot alter starting sequence number")
                options.append(f"START WITH {words.integer()}")
            elif words.accept("INCREMENT", "BY"):
                options.append(f"INCREMENT BY {words.integer()}")
            elif bound := words.one_of("MINVALUE", "MAXVALUE"):
                value = words.integer()
                if bound == "MAXVALUE":
                    facts.append(f"max_value = {value}")
                options.append(f"{bound} {value}" if abs(value) <= _MAX_BIGINT else f"NO {bound}")
            elif words.accept("CACHE"):
                if (size := words.integer()) < 2:
                    raise OracleError(4010, "the number of values to CACHE must be greater than 1")
                facts.append(f"cache_size = {size}")
            elif flag := words.one_of(*_FLAGS):
                option, fact = _FLAGS[flag]
                options += option
                facts += fact
            else:
                raise words.not_listed("SEQUENCE ...", 933)
        return tuple(options), tuple(facts)


_FLAGS: dict[str, tuple[list[str], list[str]]] = {
    "NOMINVALUE": (["NO MINVALUE"], []),
    "NOMAXVALUE": (["NO MAXVALUE"], []),
    "NOCYCLE": (["NO CYCLE"], []),
    "CYCLE": (["CYCLE"], []),
    "NOCACHE": ([], ["cache_size = 0"]),
    "NOORDER": ([], ["is_ordered = false"]),
    "ORDER": ([], ["is_ordered = true"]),
}


def _in_order(table: Name, additions: tuple[tuple[Addition, ...], ...]) -> tuple[Step, ...]:
    """Columns, what rows that are there have in them, and the constraints, of a new or changed table."""
    found = list(itertools.chain(*additions))
    constraints = [one for one in found if isinstance(one, AddConstraint)]
    keys = {name for one in constraints if one.kind == "PRIMARY KEY" for name in one.columns}
    columns = [replace(one, is_key=one.name in keys) for one in found if isinstance(one, AddColumn)]
    if len({column.name for column in columns}) < len(columns):
        raise OracleError(957, "duplicate column name")
    fits = [Action("fit_default", (table, column.name)) for column in columns if column.default]
    return *columns, Action("size_strings", (table,)), *fits, *constraints

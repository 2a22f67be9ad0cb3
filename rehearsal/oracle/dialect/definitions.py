"""CREATE, ALTER and DROP: each becomes a list of PostgreSQL statements.

What PostgreSQL has no place for (VARCHAR2's bytes, the text of a default, a NOT NULL's name) goes to tables of SYS,
where the dictionary views find it.
"""

import itertools
from collections.abc import Callable
from dataclasses import astuple, dataclass, field

from rehearsal.oracle.auth import Verifier
from rehearsal.oracle.dialect.changes import Changes
from rehearsal.oracle.dialect.dictionary import DICTIONARY
from rehearsal.oracle.dialect.tokens import literal, quote
from rehearsal.oracle.dialect.types import column_type
from rehearsal.oracle.errors import OracleError, stored, unlisted

_names = itertools.count(7001)
_MAX_BIGINT = 2**63 - 1


@dataclass
class Definition:
    """What a definition needs and does. ``any_privilege`` is needed in another's schema, ``privilege`` in one's own.

    ``sequences`` are those without which what it makes is invalid.
    """

    statements: list[str]
    owner: str = ""
    privilege: str = ""
    any_privilege: str = ""
    sequences: list[str] = field(default_factory=list)


def _generated() -> str:
    return f"SYS_C{next(_names):06d}"


def _sized(path: str) -> str:
    return f'SELECT "SYS".size_strings({literal(path)})'


class Definitions(Changes):
    """Reads definitions of tables, indexes, sequences and users."""

    def create_table(self) -> Definition:
        """CREATE TABLE name (columns and constraints)."""
        owner, name = self._new_name()
        path = f"{quote(stored(owner))}.{quote(stored(name))}"
        additions = self.wrapped(lambda: self._additions(path, self.listed))
        if self.sees("AS"):
            raise unlisted("CREATE TABLE ... AS SELECT")
        own = f"ALTER TABLE {path} OWNER TO {quote(stored(owner))}"
        return Definition(
            [f"CREATE TABLE {path} ()", own, *additions, f'SELECT "SYS".spread_any_privileges({literal(path)})'],
            owner,
            "CREATE TABLE",
            "CREATE ANY TABLE",
        )

    def alter_table(self) -> Definition:
        """ALTER TABLE name ADD ..., DROP ..., or ENABLE or DISABLE ALL TRIGGERS."""
        path, _ = self.table()
        owner = self._owner_of(path)
        if switch := self.one_of("ENABLE", "DISABLE"):
            if not self.accept("ALL", "TRIGGERS"):
                raise unlisted(f"ALTER TABLE ... {switch}")
            return Definition(
                [f"SELECT \"SYS\".switch_triggers({literal(path)}, NULL, '{switch}')"], owner, "", "ALTER ANY TABLE"
            )
        if self.accept("ADD"):
            read = (lambda one: self.wrapped(lambda: self.listed(one))) if self.sees("(") else (lambda one: [one()])
            return Definition(self._additions(path, read), owner, "", "ALTER ANY TABLE")
        if self.accept("DROP"):
            if self.accept("CONSTRAINT"):
                dropped = f"CONSTRAINT {quote(stored(self.name()))}"
            else:
                name = self.name() if self.accept("COLUMN") else self.wrapped(self.name)
                dropped = f"COLUMN {quote(stored(name))}"
            return Definition([f"ALTER TABLE {path} DROP {dropped}", _sized(path)], owner, "", "ALTER ANY TABLE")
        raise unlisted(f"ALTER TABLE ... {self.now.text}")

    def drop(self) -> Definition:
        """DROP TABLE, SEQUENCE, INDEX or USER."""
        kind = self.one_of("TABLE", "SEQUENCE", "INDEX", "USER")
        if not kind:
            raise self.not_listed("DROP", 950)
        if kind == "USER":
            user = self.name()
            return Definition(
                [f'SELECT "SYS".drop_user({literal(stored(user))}, {self.accept("CASCADE")})'], "", "", "DROP USER"
            )
        path, _ = self.table()
        owner = self._owner_of(path)
        if kind == "TABLE":
            cascade = self.accept("CASCADE", "CONSTRAINTS")
            self.accept("PURGE")
            return Definition([f'SELECT "SYS".drop_table({literal(path)}, {cascade})'], owner, "", "DROP ANY TABLE")
        return Definition([f"DROP {kind} {path}"], owner, "", f"DROP ANY {kind}")

    def create_index(self, *, unique: bool) -> Definition:
        """CREATE [UNIQUE] INDEX name ON table (columns)."""
        owner, name = self._new_name()
        self.expect("ON", 969, "missing ON keyword")
        path, _ = self.table()
        columns = ", ".join(self._column_list())
        # Oracle does not index rows that are NULL in every column, and compares the others.
        nulls = f" NULLS NOT DISTINCT WHERE NOT (({columns}) IS NULL)" if unique else ""
        kind = "UNIQUE INDEX" if unique else "INDEX"
        return Definition(
            [f"CREATE {kind} {quote(stored(name))} ON {path} ({columns}){nulls}"],
            owner,
            "CREATE TABLE",
            "CREATE ANY INDEX",
        )

    def sequence(self, *, new: bool) -> Definition:
        """CREATE or ALTER SEQUENCE name with its options."""
        if new:
            owner, name = self._new_name()
            path = f"{quote(stored(owner))}.{quote(stored(name))}"
        else:
            path, name = self.table()
            owner = self._owner_of(path)
        options, facts = self._sequence_options(new=new)
        statements = [f"{'CREATE' if new else 'ALTER'} SEQUENCE {path} {' '.join(options)}"]
        if new:
            statements.append(f"ALTER SEQUENCE {path} OWNER TO {quote(stored(owner))}")
            statements.append(f'INSERT INTO "SYS".sequence_facts (relid) VALUES ({literal(path)}::regclass)')
            statements.append(f'SELECT "SYS".spread_any_privileges({literal(path)})')
        statements += [
            f'UPDATE "SYS".sequence_facts SET {fact} WHERE relid = {literal(path)}::regclass' for fact in facts
        ]
        return Definition(
            statements, owner, "CREATE SEQUENCE" if new else "", "CREATE ANY SEQUENCE" if new else "ALTER ANY SEQUENCE"
        )

    def user(self) -> Definition:
        """CREATE USER name IDENTIFIED BY password; tablespaces and quotas are read past."""
        name = self.name()
        if not self.accept("IDENTIFIED", "BY"):
            raise unlisted("CREATE USER without IDENTIFIED BY")
        token = self.take()
        if token.kind not in ("name", "quoted"):
            raise OracleError(988, "missing or invalid password(s)")
        password = self.text[token.start : token.end].strip('"')
        self._skip_user_options()
        verifier = Verifier.of(password)
        secret = f"'\\x{verifier.salt.hex()}', '\\x{verifier.digest.hex()}'"
        return Definition([f'SELECT "SYS".create_user({literal(stored(name))}, {secret})'], "", "", "CREATE USER")

    def _skip_user_options(self) -> None:
        while True:
            if self.accept("DEFAULT", "TABLESPACE") or self.accept("TEMPORARY", "TABLESPACE"):
                self.name()
            elif self.accept("QUOTA"):
                self.one_of("UNLIMITED") or self.take()
                self.expect("ON", 969, "missing ON keyword")
                self.name()
            elif not self.accept("ACCOUNT", "UNLOCK"):
                return

    def _new_name(self) -> tuple[str, str]:
        names = [self.name(903, "invalid table name")]
        if self.accept("."):
            names.append(self.name(903, "invalid table name"))
        if names[-1] in DICTIONARY:
            raise unlisted(f"an object with the dictionary's name {names[-1]}")
        return (names[0] if len(names) == 2 else self.schema), names[-1]

    def _owner_of(self, path: str) -> str:
        return path.partition('"')[2].partition('"')[0].removeprefix("~")

    def _at_constraint(self) -> bool:
        return self.sees("PRIMARY", "KEY") or self.sees("UNIQUE") or self.sees("FOREIGN", "KEY") or self.sees("CHECK")

    def _column_definition(self, path: str) -> list[str]:
        name = self.name()
        kind = column_type(*self.data_type())
        column = quote(stored(name))
        sql, default_text, null_name, more = f"{column} {kind.postgres}", None, None, []
        if self.accept("DEFAULT"):
            value, default_text = self._spelled(lambda: self.value().sql)
            if kind.data_type == "CHAR":
                value = f"\"SYS\".padded({value}::text, {kind.limit[0]}, '{kind.limit[1]}')"
            sql += f" DEFAULT {value}"
        if self.sees("GENERATED"):
            raise unlisted("GENERATED ... AS IDENTITY")
        while True:
            constraint = self.name() if self.accept("CONSTRAINT") else _generated()
            if self.accept("NOT", "NULL"):
                sql, null_name = f"{sql} NOT NULL", constraint
            elif self._at_constraint() or self.sees("REFERENCES"):
                more += self._constraint(path, constraint, column)
            elif not self.accept("NULL"):
                break
        facts = ", ".join(
            "NULL" if fact is None else literal(str(fact)) for fact in (*astuple(kind)[1:], default_text, null_name)
        )
        more.append(
            f'INSERT INTO "SYS".column_facts SELECT attrelid, attnum, {facts} FROM pg_attribute'
            f" WHERE attrelid = {literal(path)}::regclass AND attname = {literal(stored(name))}"
        )
        return [f"ALTER TABLE {path} ADD COLUMN {sql}", *more]

    def _spelled(self, read: Callable[[], str]) -> tuple[str, str]:
        """What ``read`` makes of the words, and the words."""
        start = self.now.start
        return read(), self.text[start : self.tokens[self.at - 1].end]

    def _constraint(self, path: str, name: str = "", column: str = "") -> list[str]:
        if not name:
            name = self.name() if self.accept("CONSTRAINT") else _generated()
        head = f"ALTER TABLE {path} ADD CONSTRAINT {quote(stored(name))}"
        if kind := (self.accept("PRIMARY", "KEY") and "PRIMARY KEY") or self.one_of("UNIQUE"):
            columns = [column] if column else self._column_list()
            # Oracle compares rows that are NULL in some of the columns, in the others.
            nulls = " NULLS NOT DISTINCT" if kind == "UNIQUE" and len(columns) > 1 else ""
            return [f"{head} {kind}{nulls} ({', '.join(columns)})"]
        if self.accept("CHECK"):
            condition, text = self.wrapped(lambda: self._spelled(self.condition))
            return [
                f"{head} CHECK ({condition})",
                f"COMMENT ON CONSTRAINT {quote(stored(name))} ON {path} IS {literal(text)}",
            ]
        columns = [column] if column else self._column_list() if self.accept("FOREIGN", "KEY") else []
        if not columns:
            raise self.error(904, ": invalid identifier")
        self.expect("REFERENCES", 905, "missing keyword")
        target, _ = self.table()
        wanted = f" ({', '.join(self._column_list())})" if self.sees("(") else ""
        action = ""
        if self.accept("ON", "DELETE"):
            action = " ON DELETE CASCADE" if self.accept("CASCADE") else " ON DELETE SET NULL"
            if action.endswith("NULL") and not self.accept("SET", "NULL"):
                raise self.error(905, "missing keyword")
        return [f"{head} FOREIGN KEY ({', '.join(columns)}) REFERENCES {target}{wanted}{action}"]

    def _additions(self, path: str, read: Callable[[Callable[[], list[str]]], list[list[str]]]) -> list[str]:
        """Columns, and behind them the constraints, of a new or changed table."""
        found = list(itertools.chain(*read(lambda: self._addition(path))))
        columns = [statement for statement in found if " ADD COLUMN " in statement]
        return [*columns, *(statement for statement in found if statement not in columns), _sized(path)]

    def _addition(self, path: str) -> list[str]:
        if self.sees("CONSTRAINT") or self._at_constraint():
            return self._constraint(path)
        return self._column_definition(path)

    def _sequence_options(self, *, new: bool) -> tuple[list[str], list[str]]:  # noqa: C901  # one branch an option
        options, facts = [], []
        while self.now.kind != "end":
            if self.accept("START", "WITH"):
                if not new:
                    raise OracleError(2283, "cannot alter starting sequence number")
                options.append(f"START WITH {self.integer()}")
            elif self.accept("INCREMENT", "BY"):
                options.append(f"INCREMENT BY {self.integer()}")
            elif bound := self.one_of("MINVALUE", "MAXVALUE"):
                value = self.integer()
                if bound == "MAXVALUE":
                    facts.append(f"max_value = {value}")
                options.append(f"{bound} {value}" if abs(value) <= _MAX_BIGINT else f"NO {bound}")
            elif flag := self.one_of("NOMINVALUE", "NOMAXVALUE", "NOCYCLE", "CYCLE"):
                options.append(flag.replace("NO", "NO ", 1) if flag != "CYCLE" else flag)
            elif self.accept("NOCACHE"):
                facts.append("cache_size = 0")
            elif self.accept("CACHE"):
                facts.append(f"cache_size = {self.integer()}")
            elif flag := self.one_of("NOORDER", "ORDER"):
                facts.append(f"is_ordered = {flag == 'ORDER'}")
            else:
                raise self.error(933, "SQL command not properly ended")
        return options, facts

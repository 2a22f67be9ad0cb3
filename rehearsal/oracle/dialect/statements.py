"""The list's entry point: which statement it is."""

from collections.abc import Callable, Sequence

from rehearsal.oracle.dialect.names import Name
from rehearsal.oracle.dialect.reading.changes import Changes
from rehearsal.oracle.dialect.reading.definitions import Definitions
from rehearsal.oracle.dialect.reading.expressions import numbered_binds
from rehearsal.oracle.dialect.reading.privileges import Privileges
from rehearsal.oracle.dialect.reading.queries import ColumnsOf, Queries
from rehearsal.oracle.dialect.reading.triggers import Triggers
from rehearsal.oracle.dialect.tokens import Words, tokenize
from rehearsal.oracle.dialect.tree.changes import Change
from rehearsal.oracle.dialect.tree.definitions import SETTINGS, Control, Definition
from rehearsal.oracle.dialect.tree.expressions import Column, refuse_repeated_sequences
from rehearsal.oracle.dialect.tree.queries import Query, Source
from rehearsal.oracle.dialect.tree.walking import find
from rehearsal.oracle.dialect.words import WORDS
from rehearsal.oracle.errors import OracleError, invalid_identifier, unlisted

Statement = Query | Change | Definition | Control


def read(sql: str, bind_types: Sequence[str], schema: str, columns_of: ColumnsOf) -> Statement:
    """Read a statement whose binds have PostgreSQL's ``bind_types`` and whose names are ``schema``'s.

    Raises OracleError.
    """
    words = Words(sql)
    found = _read(words, bind_types, schema, columns_of)
    words.finish()
    if not isinstance(found, Definition):
        refuse_repeated_sequences(found)
        _require_owners(found)
    return found


def _require_owners(statement: Statement) -> None:
    """A column whose table has its owner before it needs that table, under its own name. Raises ORA-00904."""
    tables = {(source.relation, source.alias) for source in find(Source, statement)}
    tables |= {(change.table, change.alias) for change in (statement,) if isinstance(change, Change)}
    for column in find(Column, statement):
        if column.owner and (Name(column.owner, column.table), column.table) not in tables:
            raise invalid_identifier(column.owner, column.table, column.name)


def values_returned(sql: str) -> int:
    """How many of a statement's binds come without a value, since RETURNING ... INTO would fill them."""
    try:
        tokens = tokenize(sql)
    except OracleError:
        return 0
    words = [token.text if token.kind == "name" else "" for token in tokens]
    returning = next((at for at, word in enumerate(words) if word in ("RETURNING", "RETURN")), len(words))
    start = words.index("INTO", returning) if "INTO" in words[returning:] else len(words)
    return sum(token.kind == "bind" for token in tokens[start:])


def _read(words: Words, bind_types: Sequence[str], schema: str, columns_of: ColumnsOf) -> Statement:
    tables = Queries(words, schema, numbered_binds(bind_types), columns_of)
    if words.sees("SELECT") or words.sees("("):
        return tables.statement()
    rows, verb = Changes(tables), words.take()
    objects = Definitions(tables, rows)
    triggers, privileges = Triggers(words, schema, columns_of), Privileges(tables)
    readers: dict[str, Callable[[], Statement]] = {
        "INSERT": rows.insert,
        "UPDATE": rows.update,
        "DELETE": rows.delete,
        "MERGE": rows.merge,
        "COMMIT": lambda: _ending(words, verb.text),
        "ROLLBACK": lambda: _ending(words, verb.text),
        "DROP": objects.drop,
        "GRANT": lambda: privileges.grant(revoke=False),
        "REVOKE": lambda: privileges.grant(revoke=True),
        "CREATE TABLE": objects.create_table,
        "CREATE SEQUENCE": lambda: objects.sequence(new=True),
        "CREATE USER": lambda: objects.user(new=True),
        "ALTER USER": lambda: objects.user(new=False),
        "CREATE UNIQUE INDEX": lambda: objects.create_index(unique=True),
        "CREATE INDEX": lambda: objects.create_index(unique=False),
        "CREATE OR REPLACE TRIGGER": lambda: triggers.create(replace=True),
        "CREATE TRIGGER": lambda: triggers.create(replace=False),
        "ALTER SESSION SET": lambda: _read_setting(words),
        "ALTER TABLE": objects.alter_table,
        "ALTER TRIGGER": triggers.alter,
        "ALTER SEQUENCE": lambda: objects.sequence(new=False),
    }
    for start, reader in readers.items():
        first, *rest = start.split()
        if verb.text == first and verb.kind == "name" and words.accept(*rest):
            return reader()
    if verb.text == "CREATE" and words.sees("OR") and words.ahead().text != "REPLACE":
        raise OracleError(905, "missing keyword", words.ahead().start)
    if verb.text in ("CREATE", "ALTER"):
        raise words.not_listed(verb.text, 901 if verb.text == "CREATE" else 940)
    if verb.text in WORDS["statements"]:
        raise unlisted(verb.text)
    raise OracleError(900, "invalid SQL statement", verb.start)


def _ending(words: Words, command: str) -> Control:
    words.accept("WORK")
    if words.now.kind == "name":
        raise unlisted(f"{command} {words.now.text}")
    return Control(command)


def _read_setting(words: Words) -> Control:
    name = words.take().text
    if name not in SETTINGS:
        raise unlisted(f"ALTER SESSION SET {name}")
    words.expect("=")
    is_name = name == "CURRENT_SCHEMA" or (SETTINGS[name] and words.at_name())  # BINARY may stand without quotes
    found = Control(name, words.name() if is_name else words.string())
    if words.now.kind == "name":
        raise unlisted("ALTER SESSION SET of several parameters")
    return found

"""Which statement it is: the list's entry point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from rehearsal.oracle.dialect.changes import Columns
from rehearsal.oracle.dialect.definitions import Definition
from rehearsal.oracle.dialect.formats import nls_settings
from rehearsal.oracle.dialect.tokens import literal, tokenize
from rehearsal.oracle.dialect.triggers import Triggers
from rehearsal.oracle.errors import OracleError, unlisted

_KNOWN_TO_ORACLE = frozenset(
    (  # noqa: SIM905  # a list would take a line a word
        "BEGIN DECLARE CALL EXPLAIN LOCK SAVEPOINT SET COMMENT RENAME ANALYZE AUDIT NOAUDIT PURGE FLASHBACK "
        "ASSOCIATE DISASSOCIATE WITH TRUNCATE"
    ).split()
)
_NLS_FORMATS = ("NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT")


class Kind(Enum):
    """What a statement does, and so how it is run."""

    QUERY = auto()
    CHANGE = auto()
    DEFINITION = auto()
    COMMIT = auto()
    ROLLBACK = auto()
    SETTING = auto()


@dataclass(frozen=True)
class Statement:
    """A statement in PostgreSQL's words."""

    kind: Kind
    sql: str = ""
    definition: Definition | None = None
    for_many_rows: str = ""  # INSERT ... VALUES for a whole array at once: its binds are arrays


def translate(sql: str, bind_types: Sequence[str], schema: str, columns_of: Columns) -> Statement:
    """Read a statement, whose binds have PostgreSQL's ``bind_types``, in ``schema``. Raises OracleError."""
    words = _Statements(sql, bind_types, schema)
    words.columns_of = columns_of
    statement = words.statement()
    words.finish()
    if not words.takes_many_rows:
        return statement
    words.at, words.sequences, words.many_rows = 0, [], True
    return replace(statement, for_many_rows=words.statement().sql)


def values_returned(sql: str) -> int:
    """How many of a statement's binds come without a value, since RETURNING ... INTO would fill them."""
    try:
        tokens = tokenize(sql)
    except OracleError:
        return 0
    words = [token.text if token.kind == "name" else "" for token in tokens]
    if "RETURNING" not in words or "INTO" not in words[words.index("RETURNING") :]:
        return 0
    start = words.index("INTO", words.index("RETURNING"))
    return sum(token.kind == "bind" for token in tokens[start:])


class _Statements(Triggers):
    def statement(self) -> Statement:
        if self.sees("SELECT"):
            return Statement(Kind.QUERY, self.query())
        verb = self.take()
        changes = {"INSERT": self.insert, "UPDATE": self.update, "DELETE": self.delete, "MERGE": self.merge}
        if verb.kind == "name" and verb.text in changes:
            return Statement(Kind.CHANGE, changes[verb.text]())
        if verb.kind == "name" and verb.text in ("COMMIT", "ROLLBACK"):
            self.accept("WORK")
            return Statement(Kind[verb.text])
        if verb.text == "ALTER" and self.accept("SESSION", "SET"):
            return Statement(Kind.SETTING, self._setting())
        definition = self._definition(verb.text) if verb.kind == "name" else None
        if definition:
            return Statement(Kind.DEFINITION, definition=definition)
        if verb.text in _KNOWN_TO_ORACLE:
            raise unlisted(verb.text)
        raise OracleError(900, "invalid SQL statement", verb.start)

    def _definition(self, verb: str) -> Definition | None:
        match verb:
            case "CREATE":
                return self._one_of_these(verb, 901, _CREATE)
            case "ALTER":
                return self._one_of_these(verb, 940, _ALTER)
            case "DROP":
                return self.drop()
            case "GRANT" | "REVOKE":
                return self.grant(revoke=verb == "REVOKE")
        return None

    def _one_of_these(self, verb: str, number: int, kinds: "_Kinds") -> Definition:
        for words, read in kinds.items():
            if self.accept(*words.split()):
                return read(self)
        raise self.not_listed(verb, number)

    def _setting(self) -> str:
        name = self.take().text
        self.expect("=", 927, "missing equal sign")
        if name == "CURRENT_SCHEMA":
            return f"schema {self.name()}"
        value = self.string()
        if name == "TIME_ZONE":
            if value not in ("+00:00", "UTC", "+0:00"):
                raise unlisted(f"time zone {value}")
            return ""
        if name in _NLS_FORMATS:
            settings = nls_settings(name.lower(), value) | {f"{name.lower()}_spelled": value}
            return "SELECT " + ", ".join(
                f"set_config('oracle.{key}', {literal(text)}, false)" for key, text in settings.items()
            )
        raise unlisted(f"ALTER SESSION SET {name}")


_Kinds = dict[str, Callable[[_Statements], Definition]]
_CREATE: _Kinds = {
    "TABLE": _Statements.create_table,
    "SEQUENCE": lambda words: words.sequence(new=True),
    "USER": _Statements.user,
    "UNIQUE INDEX": lambda words: words.create_index(unique=True),
    "INDEX": lambda words: words.create_index(unique=False),
    "OR REPLACE TRIGGER": lambda words: words.create_trigger(replace=True),
    "TRIGGER": lambda words: words.create_trigger(replace=False),
}
_ALTER: _Kinds = {
    "TABLE": _Statements.alter_table,
    "TRIGGER": _Statements.alter_trigger,
    "SEQUENCE": lambda words: words.sequence(new=False),
}

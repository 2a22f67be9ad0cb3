"""Oracle's errors, numbered and worded as its Database Error Messages does, also for what PostgreSQL reports.

https://docs.oracle.com/database/121/ERRMG/toc.htm
"""

import re

from psycopg.pq import DiagnosticField as Field
from psycopg.pq.abc import PGresult

INTERNAL = 20999  # the clients take ORA-00600 for a dead connection


class OracleError(Exception):
    """An error with Oracle's number; the text is what the client gets behind `ORA-nnnnn:`."""

    def __init__(self, number: int, text: str, position: int = 0):
        super().__init__(f"ORA-{number:05d}: {text}")
        self.number = number
        self.position = position
        self.done = 0  # rows of an array that went well before it
        self.counts: list[int] = []  # and how many rows of the table each of them touched


def unlisted(construct: str) -> OracleError:
    """ORA-03001: the construct is not in the list of what this stand-in knows."""
    return OracleError(3001, f"unimplemented feature: {construct}")


def invalid_identifier(*names: str) -> OracleError:
    """ORA-00904 with the name, qualified as it was written."""
    return OracleError(904, ".".join(f'"{shown(name)}"' for name in names) + ": invalid identifier")


def stored(name: str) -> str:
    """How PostgreSQL holds an Oracle name: one that is not all upper case is marked, so it meets none of its own."""
    return name if name == name.upper() and not name.startswith("~") else "~" + name


def shown(name: str) -> str:
    """The Oracle name of what PostgreSQL holds (tables in a query go by `t:NAME`)."""
    return name.removeprefix("t:").removeprefix("~")


_YEARS = "(full) year must be between -4713 and +9999, and not be 0"
_PLAIN = {
    "22012": (1476, "divisor is equal to zero"),
    "22003": (1438, "value larger than specified precision allowed for this column"),
    "22007": (1861, "literal does not match format string"),
    "22008": (1841, _YEARS),
    "21000": (1427, "single-row subquery returns more than one row"),
    "22P02": (1722, "invalid number"),
    "40P01": (60, "deadlock detected while waiting for resource"),
    "42P01": (942, "table or view does not exist"),
    "3F000": (942, "table or view does not exist"),
    "42P07": (955, "name is already used by an existing object"),
    "42702": (918, "column ambiguously defined"),
    "42712": (918, "column ambiguously defined"),
    "42725": (3001, "unimplemented feature: NULL where nothing tells its type"),
    "42846": (932, "inconsistent datatypes"),
    "42701": (957, "duplicate column name"),
    "42501": (1031, "insufficient privileges"),
    "42804": (932, "inconsistent datatypes"),
    "42P16": (2260, "table can have only one primary key"),
    "42P10": (1791, "not a SELECTed expression"),
    "55P03": (54, "resource busy and acquire with NOWAIT specified or timeout expired"),
    "57014": (1013, "user requested cancel of current operation"),
    "2200H": (8004, "sequence NEXTVAL exceeds MAXVALUE and cannot be instantiated"),
    "54001": (3001, "unimplemented feature: expressions nested so deep"),
}
# By SQLSTATE, the statement's start and the message.
_BY_TEXT = [
    ("22003", b"", "numeric format", 1426, "numeric overflow"),
    ("42601", b"", "more expressions than target", 913, "too many values"),
    ("42601", b"", "subquery has too many columns", 913, "too many values"),
    ("42601", b"", "must return only one column", 913, "too many values"),
    ("42601", b"", "same number of columns", 1789, "query block has incorrect number of result columns"),
    *(
        ("42804", b"", types, 12704, "character set mismatch")
        for types in ("nvarchar2 and", "and nvarchar2 cannot", '"nchar" and', 'and "nchar" cannot')
    ),
    ("42804", b"", "timestamp", 3001, "unimplemented feature: datetimes of several types in one column"),
    *(
        ("42804", b"", f"{operator} types", 1790, "expression must have same datatype as corresponding expression")
        for operator in ("UNION", "INTERSECT", "EXCEPT")
    ),
    ("0A000", b"", "ORDER BY clause", 904, ": invalid identifier"),
    ("42601", b"", "more target columns", 947, "not enough values"),
    ("42601", b"", "multiple assignments", 957, "duplicate column name"),
    ("21000", b"", "MERGE", 30926, "unable to get a stable set of rows in the source tables"),
    ("42P01", b"DROP SEQUENCE", "", 2289, "sequence does not exist"),
    ("42P01", b"ALTER SEQUENCE", "", 2289, "sequence does not exist"),
    ("42704", b"DROP INDEX", "", 1418, "specified index does not exist"),
    ("42704", b"ALTER TABLE", "constraint", 2443, "Cannot drop constraint  - nonexistent constraint"),
    ("42723", b"CREATE", "", 4081, "trigger already exists"),
    ("42P10", b"INSERT", "", 918, "column ambiguously defined"),
    ("42830", b"", "", 2270, "no matching unique or primary key for this column-list"),
    ("42501", b"", "function crypto_md5", 904, '"DBMS_CRYPTO"."HASH": invalid identifier'),
    ("42501", b"SELECT", "", 942, "table or view does not exist"),
    ("42883", b"", "blob", 932, "inconsistent datatypes: expected - got BLOB"),
    ("42883", b"", "clob", 932, "inconsistent datatypes: expected - got CLOB"),
    ("42883", b"", "ordering operator", 932, "inconsistent datatypes: expected - got CLOB"),
    ("42883", b"", "equality operator", 932, "inconsistent datatypes: expected - got CLOB"),
    ("22023", b"", "less than MINVALUE", 4006, "START WITH cannot be less than MINVALUE"),
    ("22023", b"", "greater than MAXVALUE", 4008, "START WITH cannot be more than MAXVALUE"),
    ("22023", b"", "must not be zero", 4002, "INCREMENT must be a non-zero integer"),
    ("0A000", b"", "subquery in check", 2251, "subquery not allowed here"),
    ("0A000", b"", "column reference in DEFAULT", 984, "column not allowed here"),
    ("55000", b"", "view", 1732, "data manipulation operation not legal on this view"),
    ("0A000", b"", "cached plan", 1007, "variable not in select list"),
]
_OWN = "OR000"  # raised by the functions of functions.sql, already worded
# What the functions of functions.sql stand for that have names of their own, by how they begin.
_OWN_FUNCTIONS = {
    "TXT": "a string",
    "MEASURED": "LISTAGG",
    "FIT": "SUM",
    "PIECE": "SUBSTR",
    "SUBSTR_OF": "SUBSTR",
    "SAME": "DECODE",
    "EQUAL": "CASE or NULLIF",
    "TRIM_SIDE": "TRIM",
    "MOD_": "MOD",
    "TO_CHAR_": "TO_CHAR",
    "CAST_": "CAST",
    "HASH_": "STANDARD_HASH",
    "FROM_HEX": "TO_NUMBER",
}
_TRIGGER = re.compile(r'PL/pgSQL function "([^"]+)"\."([^"]+)"\(\)')


def from_postgres(result: PGresult, sql: bytes) -> OracleError:  # noqa: C901  # one branch a kind of failure
    """The Oracle error for a failed result of ``sql``; what has no counterpart becomes ORA-20999 without details."""

    def part(name: Field) -> str:
        return (result.error_field(name) or b"").decode()

    state, message = part(Field.SQLSTATE), part(Field.MESSAGE_PRIMARY)
    trigger = _TRIGGER.search(part(Field.CONTEXT))
    missing = state in ("42P01", "42703") or (state == _OWN and message.startswith("ORA-02289"))
    if trigger and missing:
        return OracleError(4098, f"trigger '{trigger[1]}.{trigger[2]}' is invalid and failed re-validation")
    if state == _OWN or part(Field.DATATYPE_NAME):  # the latter is a domain that refuses a value, see types.sql
        own = message if state == _OWN else part(Field.CONSTRAINT_NAME)
        number, _, wording = own.removeprefix("ORA-").partition(": ")
        return OracleError(int(number), wording or _YEARS)  # which is too long for a constraint's name
    if state.startswith("23"):
        names = (Field.SCHEMA_NAME, Field.TABLE_NAME, Field.COLUMN_NAME, Field.CONSTRAINT_NAME)
        return _violation(state, message, sql, *(shown(part(name)) for name in names))
    if state == "42703" or message.startswith(("missing FROM-clause", "invalid reference to FROM-clause")):
        return _unknown_column(message, sql, int(part(Field.STATEMENT_POSITION) or 0))
    if state == "42803":
        return _misplaced_aggregate(message, sql)
    for in_state, start, wanted, code, text in _BY_TEXT:
        if state == in_state and sql.startswith(start) and wanted in message:
            return OracleError(code, text)
    if state == "42883":
        return unlisted(_without_postgres_names(message))
    if state in _PLAIN:
        return OracleError(*_PLAIN[state])
    return OracleError(INTERNAL, f"the stand-in could not do this (reason {state or 'unknown'} in its log)")


def _violation(state: str, message: str, sql: bytes, schema: str, table: str, column: str, name: str) -> OracleError:
    constraint, place = f"({schema}.{name})", f'("{schema}"."{table}"."{column}")'
    if state == "23502":
        updates = sql.startswith(b"UPDATE")
        return (
            OracleError(1407, f"cannot update {place} to NULL")
            if updates
            else OracleError(1400, f"cannot insert NULL into {place}")
        )
    if state == "23505":
        return OracleError(1, f"unique constraint {constraint} violated")
    if state == "23514":
        return OracleError(2290, f"check constraint {constraint} violated")
    if message.startswith("insert"):
        return OracleError(2291, f"integrity constraint {constraint} violated - parent key not found")
    return OracleError(2292, f"integrity constraint {constraint} violated - child record found")


def _unknown_column(message: str, sql: bytes, position: int) -> OracleError:
    written = re.match(r'((?:"[^"]+"\.)*"[^"]+")', sql.decode()[position - 1 :]) if position else None
    names = re.findall(r'"([^"]+)"', written[1] if written else message)
    return invalid_identifier(*names[-2:] if written else names[:1])


def _misplaced_aggregate(message: str, sql: bytes) -> OracleError:
    if "not allowed" in message:
        return OracleError(934, "group function is not allowed here")
    if "nested" in message:
        if b" GROUP BY " in sql:
            return unlisted("nested group functions")
        return OracleError(978, "nested group function without GROUP BY")
    if b" GROUP BY " in sql:
        return OracleError(979, "not a GROUP BY expression")
    return OracleError(937, "not a single-group group function")


def _without_postgres_names(message: str) -> str:
    """`operator does not exist: numeric ~~ "SYS".date` in the words of the Oracle side."""
    if message.startswith("function "):
        name = message.partition("(")[0].removeprefix("function ").replace('"SYS".', "").replace("SYS.", "").upper()
        name = next((stands_for for own, stands_for in _OWN_FUNCTIONS.items() if name.startswith(own)), name)
        return f"{name} of a value of this type"
    spelled = message.replace('"SYS".', "").replace("numeric", "NUMBER").replace("text", "VARCHAR2")
    spelled = (
        spelled.replace("timestamp without time zone", "TIMESTAMP").replace("bytea", "RAW").replace("character", "CHAR")
    )
    return re.sub(r"^(operator|function) (?:does not exist: )?(.*?)(?: does not exist)?$", r"\1 \2", spelled)

"""Oracle's errors, numbered and worded as its Database Error Messages does, also for what PostgreSQL reports.

https://docs.oracle.com/database/121/ERRMG/toc.htm
"""

import re
import tomllib
from pathlib import Path

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
_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
MISSING: dict[str, tuple[int, str]] = _TABLES["missing"]
_OWN = "OR000"  # raised by the functions of functions.sql, already worded
_NAMES = (Field.SCHEMA_NAME, Field.TABLE_NAME, Field.COLUMN_NAME, Field.CONSTRAINT_NAME)
_TRIGGER = re.compile(r'PL/pgSQL function "([^"]+)"\."([^"]+)"\(\)')


def from_postgres(result: PGresult, sql: bytes) -> OracleError:
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
    if state == "42703" or message.startswith(("missing FROM-clause", "invalid reference to FROM-clause")):
        return _unknown_column(message, sql, int(part(Field.STATEMENT_POSITION) or 0))
    if state == "42803":
        return _misplaced_aggregate(message, sql)
    for in_state, start, wanted, code, text in _TABLES["by_text"]:
        if state == in_state and re.match(start, sql.decode()) and re.search(wanted, message):
            schema, table, column, constraint = (shown(part(name)) for name in _NAMES)
            place = f'("{schema}"."{table}"."{column}")'
            return OracleError(code, text.format(constraint=f"({schema}.{constraint})", column=place))
    if state == "42883":
        return unlisted(_without_postgres_names(message))
    if state in _TABLES["by_state"]:
        return OracleError(*_TABLES["by_state"][state])
    return OracleError(INTERNAL, f"the stand-in could not do this (reason {state or 'unknown'} in its log)")


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
        name = next((stands_for for own, stands_for in _TABLES["own_functions"].items() if name.startswith(own)), name)
        return f"{name} of a value of this type"
    for own, spelled in _TABLES["type_names"].items():
        message = message.replace(own, spelled)
    return re.sub(r"^(operator|function) (?:does not exist: )?(.*?)(?: does not exist)?$", r"\1 \2", message)

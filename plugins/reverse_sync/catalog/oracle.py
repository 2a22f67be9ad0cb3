"""Tables of an Oracle database and what acts on them.

https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/static-data-dictionary-views.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all, fetch_one
from reverse_sync.table_mapping import Column, Table, full_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.catalog.database import Connection

_COLUMNS = """
SELECT table_name, column_name, data_type, nullable, data_default, char_length, data_length, data_precision, data_scale,
       char_used
FROM all_tab_columns WHERE owner = :owner{one_table} ORDER BY table_name, column_id
"""

_CONSTRAINTS = """
SELECT table_name, constraint_name, constraint_type, r_constraint_name, index_name, delete_rule, search_condition
FROM all_constraints WHERE owner = :owner AND constraint_type IN ('P', 'U', 'R', 'C') AND status = 'ENABLED'
"""

_UNIQUE_INDEXES = """
SELECT i.table_name, i.index_name, CASE WHEN c.column_name LIKE 'SYS_NC%' THEN 'an expression' ELSE c.column_name END
FROM all_indexes i JOIN all_ind_columns c ON c.index_owner = i.owner AND c.index_name = i.index_name
WHERE i.table_owner = :owner AND i.uniqueness = 'UNIQUE' ORDER BY i.index_name, c.column_position
"""

_CONSTRAINT_COLUMNS = """
SELECT constraint_name, column_name FROM all_cons_columns WHERE owner = :owner ORDER BY constraint_name, position
"""

# Of INTEGER and NUMBER(*, s) the catalog has the scale alone:
# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html
_PRECISION_OF_A_SCALE = 38

_VIRTUAL = """
SELECT table_name, column_name, 'virtual' FROM all_tab_cols WHERE owner = :owner AND virtual_column = 'YES'
"""

_IDENTITIES = """
SELECT table_name, column_name, 'identity' FROM all_tab_identity_cols
WHERE owner = :owner AND generation_type = 'ALWAYS'
"""
_NO_SUCH_VIEW = 942

_TRIGGERS = """
SELECT table_owner, table_name, owner, trigger_name, trigger_type, triggering_event, status, trigger_body,
       referencing_names
FROM all_triggers WHERE table_owner = :owner ORDER BY table_name, owner, trigger_name
"""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A primary key (`P`), a foreign one (`R`), a check (`C`), or a unique key (`U`) or index, all enabled.

    `refers_to` is a foreign key's table, `on_delete` its rule (`NO ACTION`, `CASCADE`, `SET NULL`), `condition` a
    check's; that of a NOT NULL is no constraint here.
    """

    table: str
    name: str
    kind: str
    columns: tuple[str, ...]
    refers_to: str | None = None
    condition: str = ""
    on_delete: str = "NO ACTION"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table, with its PL/SQL text, in which the new row is called `new_row`.

    Its `owner` may be another schema than the table's.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_TRIGGERS.html
    """

    schema: str
    table: str
    owner: str
    name: str
    type: str
    event: str
    enabled: bool
    body: str
    new_row: str = "NEW"

    @property
    def before_insert(self) -> bool:
        """Whether it fires before each row that is inserted."""
        return self.type == "BEFORE EACH ROW" and "INSERT" in self.event

    @property
    def code(self) -> str:
        """Its text without the comments."""
        return re.sub(r"--[^\n]*|/\*.*?\*/", " ", self.body, flags=re.DOTALL)

    @property
    def rewrites(self) -> tuple[str, ...]:
        """The columns that it gives another value: those it assigns, then those it only selects into."""
        column = rf':{re.escape(self.new_row)}\."?\w+"?'
        assigned = self._columns(rf"({column})\s*:=")
        return (*sorted(assigned), *sorted(self._columns(rf"\bINTO\s+({column}(?:\s*,\s*{column})*)") - assigned))

    @property
    def sequences(self) -> frozenset[str]:
        """The sequences that it takes numbers from."""
        return frozenset(name.upper() for name in re.findall(r"(\w+)\.NEXTVAL", self.code, re.IGNORECASE))

    def _columns(self, pattern: str) -> frozenset[str]:
        """The columns of the new row in what the pattern's group finds; those in double quotes as they stand."""
        lists = re.findall(pattern, self.code, re.IGNORECASE)
        names = [name for found in lists for name in re.findall(r'\.("\w+"|\w+)', found)]
        return frozenset(name.strip('"') if name.startswith('"') else name.upper() for name in names)

    @property
    def full_name(self) -> str:
        """The trigger with its schema."""
        return full_name(self.owner, self.name)

    def __str__(self) -> str:
        return f"{self.full_name} on {full_name(self.schema, self.table)}"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence and the number that it will give next, or after what sessions hold in their caches."""

    name: str
    next_number: int


@dataclass(frozen=True, slots=True)
class Job:
    """An enabled job of the scheduler and what it runs.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_SCHEDULER_JOBS.html
    """

    owner: str
    name: str
    action: str

    @property
    def full_name(self) -> str:
        """The job with its schema."""
        return full_name(self.owner, self.name)


def read_jobs(connection: Connection) -> tuple[Job, ...]:
    """The enabled jobs that the login sees."""
    sql = "SELECT owner, job_name, job_action FROM all_scheduler_jobs WHERE enabled = 'TRUE' ORDER BY owner, job_name"
    return tuple(Job(owner, name, action or "") for owner, name, action in fetch_all(connection, sql))


@dataclass(frozen=True, slots=True)
class Session:
    """A user's session as V$SESSION has it: what its client says of itself may be empty.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-SESSION.html
    """

    login: str
    program: str = ""
    machine: str = ""
    module: str = ""

    def __str__(self) -> str:
        client = "@".join(filter(None, (self.program.partition("@")[0], self.machine)))
        return f"{self.login} ({client})" if client else self.login


def read_sessions(connection: Connection) -> tuple[Session, ...]:
    """Users' sessions; an error of Oracle's where the connection's login may not see them."""
    sql = """
    SELECT username, program, machine, module FROM v$session WHERE type = 'USER' AND username IS NOT NULL
    """
    return tuple(Session(*(text or "" for text in row)) for row in fetch_all(connection, sql))


def read_tables(connection: Connection, owner: str, constraints: Iterable[Constraint]) -> tuple[Table, ...]:
    """Every table and view of a schema, with columns and, out of its constraints, the primary key."""
    keys = {found.table: found.columns for found in constraints if found.kind == "P"}
    columns: dict[str, list[Column]] = {}
    for table, *described in fetch_all(connection, _COLUMNS.format(one_table=""), {"owner": owner}):
        columns.setdefault(table, []).append(_column(*described))
    return tuple(Table(owner, table, tuple(found), keys.get(table, ())) for table, found in columns.items())


def read_columns(connection: Connection, owner: str, table: str) -> dict[str, Column]:
    """name -> column, of one table or view; empty where the login sees no such table."""
    sql = _COLUMNS.format(one_table=" AND table_name = :table_name")
    described = fetch_all(connection, sql, {"owner": owner, "table_name": table})
    return {column.name: column for _, *parts in described for column in [_column(*parts)]}


def _column(name: str, type_name: str, nullable: str, default: str | None, *sizes: int | str | None) -> Column:
    *numbers, char_used = sizes
    char_length, data_length, precision, scale = (None if number is None else int(number) for number in numbers)
    in_bytes = char_used != "C"
    plain_type = re.sub(r"\(\d+\)", "", type_name)
    if plain_type == "NUMBER" and precision is None and scale is not None:
        precision = _PRECISION_OF_A_SCALE
    return Column(
        name,
        plain_type,
        nullable=nullable == "Y",
        default=default.strip() if default else None,
        length=(data_length if in_bytes else char_length) if char_length else None,
        precision=precision,
        scale=scale,
        length_in_bytes=in_bytes and bool(char_length),
        most_bytes=data_length if plain_type == "RAW" or not in_bytes else None,
    )


def read_constraints(connection: Connection, owner: str) -> tuple[Constraint, ...]:
    """The enabled keys and checks of a schema, and the unique indexes that no key made."""
    columns: dict[str, list[str]] = {}
    for name, column in fetch_all(connection, _CONSTRAINT_COLUMNS, {"owner": owner}):
        columns.setdefault(name, []).append(column)
    rows = fetch_all(connection, _CONSTRAINTS, {"owner": owner})
    tables = {name: table for table, name, *_ in rows}
    of_keys = {index for *_, index, _, _ in rows if index}
    indexes: dict[tuple[str, str], list[str]] = {}
    for table, name, column in fetch_all(connection, _UNIQUE_INDEXES, {"owner": owner}):
        if name not in of_keys:
            indexes.setdefault((table, name), []).append(column)
    return (
        *(
            Constraint(
                table,
                name,
                kind,
                tuple(columns.get(name, ())),
                tables.get(refers_to) if refers_to else None,
                condition or "",
                on_delete or "NO ACTION",
            )
            for table, name, kind, refers_to, _, on_delete, condition in rows
            if not _is_not_null(condition or "")
        ),
        *(Constraint(table, name, "U", tuple(found)) for (table, name), found in indexes.items()),
    )


def _is_not_null(condition: str) -> bool:
    return re.fullmatch(r'\s*"?[^"\s]+"?\s+IS\s+NOT\s+NULL\s*', condition, re.IGNORECASE) is not None


def read_computed_columns(connection: Connection, owner: str) -> dict[tuple[str, str], str]:
    """(table, column) -> `virtual` or `identity`: what Oracle alone gives values, and no statement may name.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_TAB_IDENTITY_COLS.html; before 12.1 there
    was no such view.
    """
    from oracledb import DatabaseError

    rows = fetch_all(connection, _VIRTUAL, {"owner": owner})
    try:
        rows += fetch_all(connection, _IDENTITIES, {"owner": owner})
    except DatabaseError as failure:
        if failure.args[0].code != _NO_SUCH_VIEW:
            raise
    return {(table, column): kind for table, column, kind in rows}


def read_triggers(connection: Connection, owner: str) -> tuple[Trigger, ...]:
    """The triggers on a schema's tables."""
    return tuple(
        Trigger(
            schema,
            table,
            trigger_owner,
            name,
            type_name,
            event,
            status == "ENABLED",
            body or "",
            _name_of_new_row(names or ""),
        )
        for schema, table, trigger_owner, name, type_name, event, status, body, names in fetch_all(
            connection, _TRIGGERS, {"owner": owner}
        )
    )


def _name_of_new_row(referencing: str) -> str:
    """Of `REFERENCING NEW AS N OLD AS OLD`: N."""
    found = re.search(r"\bNEW\s+AS\s+(\w+)", referencing, re.IGNORECASE)
    return found[1] if found else "NEW"


def read_sequences(connection: Connection, owner: str) -> tuple[Sequence, ...]:
    """The sequences of a schema."""
    sql = "SELECT sequence_name, last_number FROM all_sequences WHERE sequence_owner = :owner"
    return tuple(Sequence(name, int(number)) for name, number in fetch_all(connection, sql, {"owner": owner}))


def read_database_parameters(connection: Connection) -> dict[str, str]:
    """`NLS_CHARACTERSET` and its like."""
    return dict(fetch_all(connection, "SELECT parameter, value FROM nls_database_parameters"))


def read_role(connection: Connection) -> str:
    """https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SYS_CONTEXT.html, DATABASE_ROLE."""
    return str(fetch_one(connection, "SELECT SYS_CONTEXT('USERENV', 'DATABASE_ROLE') FROM dual")[0])


def read_idle_limit(connection: Connection) -> int | None:
    """IDLE_TIME of the login's own profile in minutes, or None where there is no limit.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/USER_RESOURCE_LIMITS.html
    """
    rows = fetch_all(connection, "SELECT limit FROM user_resource_limits WHERE resource_name = 'IDLE_TIME'")
    return int(rows[0][0]) if rows and str(rows[0][0]).isdigit() else None


def read_privileges(connection: Connection) -> frozenset[str]:
    """The system privileges of the connection's own login, roles included."""
    return frozenset(name for (name,) in fetch_all(connection, "SELECT privilege FROM session_privs"))


def read_table_grants(connection: Connection, owner: str) -> dict[str, frozenset[str]]:
    """table -> privileges that the connection's own login was granted on it."""
    sql = "SELECT table_name, privilege FROM user_tab_privs WHERE owner = :owner"
    grants: dict[str, set[str]] = {}
    for table, privilege in fetch_all(connection, sql, {"owner": owner}):
        grants.setdefault(table, set()).add(privilege)
    return {table: frozenset(found) for table, found in grants.items()}


def read_quotas(connection: Connection) -> frozenset[str]:
    """The tablespaces that the connection's own login has a quota on; UNLIMITED TABLESPACE is none."""
    return frozenset(name for (name,) in fetch_all(connection, "SELECT tablespace_name FROM user_ts_quotas"))


def read_free_bytes(connection: Connection) -> dict[str, int]:
    """Free bytes of each tablespace that the login may use."""
    sql = "SELECT tablespace_name, SUM(bytes) FROM user_free_space GROUP BY tablespace_name"
    return {name: int(free) for name, free in fetch_all(connection, sql)}

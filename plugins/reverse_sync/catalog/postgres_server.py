"""A PostgreSQL server's state as replication sees it: settings, slots, sessions, logins, sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_all, fetch_one

if TYPE_CHECKING:
    from collections.abc import Collection

    from reverse_sync.catalog.database import Connection


@dataclass(frozen=True, slots=True)
class Server:
    """The database that was reached."""

    version: int
    database: str
    in_recovery: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter: its value in its unit, and whether a change of it waits for a reboot."""

    value: str
    unit: str | None
    pending_restart: bool


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension's versions: what can be had, what is installed."""

    available: str | None
    installed: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A replication slot and the WAL in bytes that it keeps from being removed."""

    name: str
    plugin: str | None
    database: str | None
    active: bool
    wal_status: str | None
    retained_bytes: int
    restart_lsn: str | None = None
    confirmed_flush_lsn: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction that has been open for a while; `name` is the login, or the name of a prepared one."""

    name: str
    prepared: bool
    age_s: float


@dataclass(frozen=True, slots=True)
class Login:
    """A login and what it may do without SET ROLE.

    :ivar roles: the roles whose rights it has, its own among them
    :ivar readable: the tables that it may SELECT from
    :ivar makes_in: the schemas that it may make tables in
    """

    name: str
    roles: frozenset[str]
    readable: frozenset[tuple[str, str]]
    makes_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a session's login may do: SELECT from a table, UPDATE a column of it."""

    login: str
    select: bool
    update: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A column's own sequence and the value it gave last (None: not yet used, or hidden from the session's login)."""

    schema: str
    table: str
    column: str
    last_value: int | None
    hidden: bool = False


def read_server(connection: Connection) -> Server:
    """Version (`server_version_num`), database, and whether this is a replica."""
    sql = "SELECT current_setting('server_version_num')::int, current_database(), pg_is_in_recovery()"
    return Server(*fetch_one(connection, sql))


def read_settings(connection: Connection, names: Collection[str]) -> dict[str, Setting]:
    """https://www.postgresql.org/docs/current/view-pg-settings.html"""
    sql = "SELECT name, setting, unit, pending_restart FROM pg_settings WHERE name = ANY (%s)"
    return {name: Setting(*rest) for name, *rest in fetch_all(connection, sql, [list(names)])}


def read_extension(connection: Connection, name: str) -> Extension:
    """https://www.postgresql.org/docs/current/view-pg-available-extensions.html"""
    sql = "SELECT default_version, installed_version FROM pg_available_extensions WHERE name = %s"
    rows = fetch_all(connection, sql, [name])
    return Extension(*rows[0]) if rows else Extension(None, None)


def read_event_triggers(connection: Connection, prefix: str) -> dict[str, str]:
    """Name -> when it fires (`O`, `R`, `A` for always, `D` for never), of the event triggers with that prefix.

    https://www.postgresql.org/docs/current/catalog-pg-event-trigger.html
    """
    sql = "SELECT evtname, evtenabled::text FROM pg_event_trigger WHERE left(evtname, %s) = %s"
    return dict(fetch_all(connection, sql, [len(prefix), prefix]))


def read_slots(connection: Connection) -> tuple[Slot, ...]:
    """https://www.postgresql.org/docs/current/view-pg-replication-slots.html"""
    sql = """
    SELECT slot_name, plugin, database, active, wal_status,
           coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
           restart_lsn::text, confirmed_flush_lsn::text
    FROM pg_replication_slots ORDER BY slot_name
    """
    return tuple(Slot(*row) for row in fetch_all(connection, sql))


def count_wal_senders(connection: Connection) -> int:
    """https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW"""
    return int(fetch_one(connection, "SELECT count(*) FROM pg_stat_replication")[0])


def read_open_transactions(connection: Connection, older_than_s: float) -> tuple[OpenTransaction, ...]:
    """Sessions and prepared transactions that have held a transaction open for longer than `older_than_s` seconds."""
    sql = """
    SELECT name, prepared, age_s FROM (
        SELECT coalesce(usename, '?') AS name, false AS prepared,
               extract(epoch FROM now() - xact_start)::float8 AS age_s
        FROM pg_stat_activity
        WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        UNION ALL
        SELECT gid, true, extract(epoch FROM now() - prepared)::float8 FROM pg_prepared_xacts
    ) AS open WHERE age_s > %s ORDER BY age_s DESC
    """
    return tuple(OpenTransaction(*row) for row in fetch_all(connection, sql, [older_than_s]))


def read_login(connection: Connection, name: str | None) -> Login | None:
    """The login of that name, None where there is none; without a name, the session's own.

    Roles that it has by way of others count, those that it would have to SET ROLE to do not: DMS does not.
    """
    named = "SELECT rolname::text FROM pg_roles WHERE rolname = coalesce(%s::name, current_user)"
    found = fetch_all(connection, named, [name])
    if not found:
        return None
    name = found[0][0]
    roles = "SELECT rolname FROM pg_roles WHERE pg_has_role(%s::name, oid, 'USAGE')"
    readable = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND has_schema_privilege(%s::name, n.oid, 'USAGE') AND has_table_privilege(%s::name, c.oid, 'SELECT')
    """
    makes_in = "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s::name, oid, 'CREATE')"
    return Login(
        name,
        frozenset(role for (role,) in fetch_all(connection, roles, [name])),
        frozenset((schema, table) for schema, table in fetch_all(connection, readable, [name, name])),
        frozenset(schema for (schema,) in fetch_all(connection, makes_in, [name])),
    )


def read_rights(connection: Connection, table: tuple[str, str], column: str) -> Rights:
    """What the session's login may do with a table and a column of it."""
    sql = """
    SELECT current_user::text, used AND has_table_privilege(c.oid, 'SELECT'),
      used AND has_column_privilege(c.oid, %s, 'UPDATE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
      LATERAL (SELECT has_schema_privilege(n.oid, 'USAGE') AS used) AS schema
    WHERE n.nspname = %s AND c.relname = %s
    """
    return Rights(*fetch_one(connection, sql, [column, *table]))


def read_sequences(connection: Connection) -> tuple[Sequence, ...]:
    """The sequences of identity and serial columns."""
    sql = """
    SELECT n.nspname, c.relname, a.attname, s.last_value, NOT has_sequence_privilege(q.oid, 'SELECT, USAGE')
    FROM pg_depend d
    JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
    JOIN pg_namespace qn ON qn.oid = q.relnamespace
    JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    JOIN pg_sequences s ON s.schemaname = qn.nspname AND s.sequencename = q.relname
    WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    """
    return tuple(Sequence(*row) for row in fetch_all(connection, sql))

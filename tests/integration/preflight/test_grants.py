"""The rehearsal's logins have what docs/grants.sql grants and no more, and the preflight names each grant that is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import oracledb
import pytest

from rehearsal.grants import documented
from reverse_sync.preflight.runner import run
from tests.support.cutovers import PIPELINE

if TYPE_CHECKING:
    from tests.integration.preflight.conftest import Parts

pytestmark = pytest.mark.integration

OWN = "reverse_sync, the login of postgres.connection,"
TABLE = "TRAVELBUDDY.FLIGHTSPECIAL"


class Grant(NamedTuple):
    """One privilege of one login; `on` is empty for roles and system privileges."""

    privilege: str
    on: str
    login: str

    @property
    def given(self) -> str:
        return f'GRANT {self.privilege}{self.on} TO "{self.login}"'

    @property
    def taken(self) -> str:
        return f'REVOKE {self.privilege}{self.on} FROM "{self.login}"'


def grants(statements: list[str]) -> list[Grant]:
    """The statements, a privilege each."""
    found = []
    for statement in statements:
        match = re.fullmatch(r'GRANT (.+?)( ON .+)? TO "(\w+)"', statement)
        assert match, statement
        found += [Grant(one, match[2] or "", match[3]) for one in match[1].split(", ")]
    return found


POSTGRES, ORACLE = map(grants, documented())
MISSING = {
    ("dmsuser", "rds_superuser"): "dmsuser does not have rds_superuser",
    ("dmsuser", "rds_replication"): "dmsuser does not have rds_replication",
    ("dmsuser", "USAGE"): "dmsuser may not SELECT from travelbuddy.flightspecial",
    ("dmsuser", "SELECT"): "dmsuser may not SELECT from travelbuddy.flightspecial",
    ("dmsuser", "CREATE"): "dmsuser may not CREATE in the schema public",
    ("reverse_sync", '"dmsuser"'): f"{OWN} does not have the rights of dmsuser",
    ("reverse_sync", "SELECT ON ALL SEQUENCES"): "where the sequence of id stands is hidden from the login of postgres.connection",
    ("DMSUSER", "CREATE SESSION"): "ORA-01045",
    ("DMSUSER", "SELECT ANY TRANSACTION"): "DMSUSER lacks SELECT ANY TRANSACTION",
    ("DMSUSER", "CREATE TABLE"): "DMSUSER has neither CREATE TABLE nor CREATE ANY TABLE",
    ("DMSUSER", "UNLIMITED TABLESPACE"): "DMSUSER has neither UNLIMITED TABLESPACE nor a quota on any tablespace",
    ("DMSUSER", "SELECT ANY DICTIONARY"): "DMSUSER can't read V$SESSION",
    **{("DMSUSER", verb): f"DMSUSER may not {verb} on {TABLE}" for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")},
    ("DMSUSER", "ALTER"): f"DMSUSER lacks ALTER ON {TABLE}",
    ("TRAVELBUDDY", "CREATE SESSION"): "ORA-01045",
}  # fmt: skip


# Named by the steps that need them: tests/integration/product/test_repair.py, test_canary.py.
BY_STEPS = {("reverse_sync", "SELECT"), ("reverse_sync", "UPDATE")}


def key(grant: Grant) -> tuple[str, str]:
    sequences = " ON ALL SEQUENCES" if "SEQUENCES" in grant.on else ""
    return grant.login, grant.privilege + sequences


def expected(grant: Grant) -> str:
    return MISSING[key(grant)]


@pytest.mark.parametrize("grant", [one for one in POSTGRES if key(one) not in BY_STEPS], ids=lambda grant: grant.taken)
def test_a_login_of_postgresql_has_less(parts: Parts, grant: Grant) -> None:
    parts.postgres(grant.taken)
    try:
        found = [item.what for item in run(PIPELINE)]
    finally:
        parts.postgres(*(each.given for each in POSTGRES))
    assert expected(grant) in found


@pytest.mark.parametrize("grant", ORACLE, ids=lambda grant: grant.taken)
def test_a_login_of_oracle_has_less(parts: Parts, grant: Grant) -> None:
    parts.oracle(grant.taken)
    try:
        found = [item.what for item in run(PIPELINE)]
    finally:
        parts.oracle(grant.given)
    assert [what for what in found if expected(grant) in what]


def test_the_logins_of_postgresql_have_no_more(parts: Parts) -> None:
    attributes = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
    assert (
        parts.postgres(f"SELECT rolname FROM pg_roles WHERE rolname IN ('dmsuser', 'reverse_sync') AND ({attributes})")
        == []
    )
    roles = """
        SELECT member.rolname, role.rolname FROM pg_auth_members
        JOIN pg_roles member ON member.oid = pg_auth_members.member JOIN pg_roles role ON role.oid = roleid
        WHERE member.rolname IN ('dmsuser', 'reverse_sync')
    """
    assert set(parts.postgres(roles)) == {
        (grant.login, grant.privilege.strip('"')) for grant in POSTGRES if not grant.on
    }
    tables = """
        SELECT grantee, privilege_type, table_schema || '.' || table_name FROM information_schema.role_table_grants
        WHERE grantee IN ('dmsuser', 'reverse_sync')
    """
    shown = {f"{login} {privilege} {table}" for login, privilege, table in parts.postgres(tables)}
    assert shown == {
        "dmsuser SELECT travelbuddy.flightspecial",
        *(f"reverse_sync SELECT travelbuddy.{name}" for name in ("flightspecial", "flight", "flight_name_history")),
        "reverse_sync UPDATE travelbuddy.flightspecial",
    }


@pytest.mark.parametrize(("login", "password"), [("DMSUSER", "dmsuser123"), ("TRAVELBUDDY", "welcome")])
def test_the_logins_of_oracle_have_no_more(parts: Parts, login: str, password: str) -> None:
    dsn = f"127.0.0.1:{parts.ports.oracle}/XE"
    with oracledb.connect(user=login, password=password, dsn=dsn) as session, session.cursor() as cursor:
        system = {name for (name,) in cursor.execute("SELECT privilege FROM session_privs")}
        tables = "SELECT privilege, owner, table_name FROM user_tab_privs WHERE grantee = :1"
        objects = {f'{verb} ON "{owner}"."{name}"' for verb, owner, name in cursor.execute(tables, [login])}
    mine = [grant for grant in ORACLE if grant.login == login]
    assert system == {grant.privilege for grant in mine if not grant.on}
    assert objects == {grant.privilege + grant.on for grant in mine if grant.on}

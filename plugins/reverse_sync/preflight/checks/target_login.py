"""May the DMS login of the target do what DMS does?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_LOBS = frozenset({"BLOB", "CLOB", "NCLOB"})
_ON_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "mapping", "source", "target", "target_login")
def target_login_grants(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login may not read or change a target table."""
    login = cutover.target_login
    for _, target in cutover.pairs:
        own = target.schema == login.login
        granted = login.schema(target.schema).grants.get(target.name, frozenset())
        missing = [
            action
            for action in _ON_ROWS
            if not own and action not in granted and f"{action} ANY TABLE" not in login.privileges
        ]
        if missing:
            yield error(
                f"{login.login} may not {', '.join(missing)} on {target.full_name}",
                "every change fails with ORA-01031 or ORA-00942",
                f"GRANT {', '.join(missing)} ON {target.full_name} TO {login.login}",
                table=target.full_name,
            )


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "mapping", "source", "target", "target_login")
def validation_privilege(cutover: Cutover) -> Iterator[Finding]:
    """DMS is to validate tables with LOB columns, and its login may not compute their hashes."""
    login = cutover.target_login
    if not cutover.pipeline.dms.task.validation or "EXECUTE" in login.schema("SYS").grants.get("DBMS_CRYPTO", ()):
        return
    lobs = sorted({f"{column.table_name}.{column.to.name}" for column in cutover.columns if column.to.type in _LOBS})
    if lobs:
        yield warning(
            f"{login.login} has no grant of its own to execute SYS.DBMS_CRYPTO, and {lobs[0]} is a LOB",
            "with dms.task.validation DMS compares LOBs by hashes that this package makes",
            f"GRANT EXECUTE ON SYS.DBMS_CRYPTO TO {login.login}, or set dms.task.validation to false",
        )


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "target_login")
def target_login_control_tables(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login may not create DMS's control tables (awsdms_apply_exceptions and others)."""
    login, privileges = cutover.target_login.login, cutover.target_login.privileges
    if not privileges & {"CREATE TABLE", "CREATE ANY TABLE"}:
        yield warning(
            f"{login} has neither CREATE TABLE nor CREATE ANY TABLE",
            "DMS keeps failed changes in awsdms_apply_exceptions, which it must create",
            f"GRANT CREATE TABLE TO {login}",
        )
    elif "UNLIMITED TABLESPACE" not in privileges and not cutover.target_login.quotas:
        yield warning(
            f"{login} has neither UNLIMITED TABLESPACE nor a quota on any tablespace",
            "DMS keeps failed changes in awsdms_apply_exceptions, into which Oracle would take no row",
            f"GRANT UNLIMITED TABLESPACE TO {login}, or ALTER USER {login} QUOTA ... ON its tablespace",
        )


@check(Group.PERMISSIONS, links.DMS_ORACLE_PRIVILEGES, "mapping", "source", "target", "target_login")
def target_login_list(cutover: Cutover) -> Iterator[Finding]:
    """The DMS login lacks what AWS's list has beyond the rows: SELECT ANY TRANSACTION, ALTER on the tables."""
    login = cutover.target_login
    missing = [] if "SELECT ANY TRANSACTION" in login.privileges else ["SELECT ANY TRANSACTION"]
    for _, target in cutover.pairs:
        granted = login.schema(target.schema).grants.get(target.name, frozenset())
        if target.schema != login.login and "ALTER ANY TABLE" not in login.privileges and "ALTER" not in granted:
            missing.append(f"ALTER ON {target.full_name}")
    if missing:
        yield warning(
            f"{login.login} lacks {', '.join(missing)}",
            "AWS asks for it of every target's login",
            "; ".join(f"GRANT {privilege} TO {login.login}" for privilege in missing),
        )

"""Does anybody else write to the tables that are replicated?"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reverse_sync.aws.dms import RUNNING
from reverse_sync.oracle.session import MODULE
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.oracle import Session
    from reverse_sync.preflight.cutover import Cutover

_DMS_PROGRAM = "repctl"
_OVERWRITTEN = "what it writes to a replicated table is overwritten, or makes a change of the task's fail"
_STOP_WRITERS = "stop the applications that still write; reading is no harm"


@check(Group.REPLICATION, links.DMS_TASKS, "dms", "rds")
def forward_task(cutover: Cutover) -> Iterator[Finding]:
    """Another replication task writes Oracle's changes to this PostgreSQL: with both running, changes go round."""
    for task in cutover.dms.neighbours.forward:
        name, status = task["ReplicationTaskIdentifier"], task["Status"]
        runs = status in RUNNING
        yield (error if runs else note)(
            f"the replication task {name}, which writes from Oracle to this PostgreSQL, is {status}",
            "a change would come back to where it was made, and the older of two values may win"
            if runs
            else "whoever resumes it makes a loop",
            "stop it before the cutover" if runs else "delete it once nobody needs the way forward again",
        )


@check(Group.TARGET, links.ORACLE_SESSIONS, "target", "target_login")
def other_sessions(cutover: Cutover) -> Iterator[Finding]:
    """Others are connected to Oracle, by logins of their own or the pipeline's, and may write what is replicated."""
    sessions = cutover.target_login.sessions
    if sessions is None:
        yield note(
            f"{cutover.target_login.login} can't read V$SESSION",
            "who else is connected to Oracle, and may write the replicated tables, is not known",
            f"look there by hand, or GRANT SELECT ANY DICTIONARY TO {cutover.target_login.login}",
        )
        return
    own = {cutover.target.login, cutover.target_login.login}
    others = Counter(str(one) for one in sessions if one.login not in own)
    if others:
        yield note(f"other logins are connected to Oracle: {_counted(others)}", _OVERWRITTEN, _STOP_WRITERS)
    strange = [one for one in sessions if one.login in own and not _is_known(cutover, one)]
    if strange:
        yield warning(
            "somebody else uses the pipeline's own logins of Oracle: " + _counted(Counter(map(str, strange))),
            f"it is neither of this project (MODULE is {MODULE}) nor, by program and machine, DMS's; {_OVERWRITTEN}",
            f"{_STOP_WRITERS}; give the pipeline logins of its own",
        )


def _is_known(cutover: Cutover, session: Session) -> bool:
    """Whether a session of the pipeline's own logins is this project's or DMS's.

    DMS's is known by the name of its engine's process, or by the address of the replication instance, which Amazon's
    names of hosts have in them (ip-10-0-3-12).
    """
    if session.module == MODULE:
        return True
    if session.login != cutover.target_login.login:
        return False
    addresses = cutover.dms.instance_addresses if cutover.has("dms") else ()
    client = f"{session.program} {session.machine}".replace(".", "-")
    return session.program.startswith(_DMS_PROGRAM) or any(one.replace(".", "-") in client for one in addresses)


def _counted(named: Counter[str]) -> str:
    return ", ".join(f"{name} x {count}" if count > 1 else name for name, count in sorted(named.items()))


@check(Group.TARGET, links.ORACLE_SCHEDULER, "mapping", "source", "target")
def scheduled_job(cutover: Cutover) -> Iterator[Finding]:
    """An enabled job of Oracle's scheduler names a replicated table, or is one of its schema."""
    tables = {(target.schema, target.name) for _, target in cutover.pairs}
    for job in cutover.target.jobs:
        touched = [name for _, name in tables if re.search(rf"\b{re.escape(name)}\b", job.action, re.IGNORECASE)]
        if touched:
            yield warning(
                f"the job {job.full_name} is enabled and names {', '.join(sorted(touched))}",
                "rows that it writes are overwritten, or differ from PostgreSQL for good",
                f"DBMS_SCHEDULER.DISABLE('{job.full_name}') while the replication runs",
            )
        elif job.owner in {schema for schema, _ in tables}:
            yield note(
                f"the job {job.full_name} is enabled: {job.action[:80]}",
                "what it writes can't be seen from its action",
                "find out whether it writes a replicated table, and disable it if so",
            )

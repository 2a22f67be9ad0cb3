"""Is the target's Oracle one that DMS can write to?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_SUPPORTED = (10, 11, 12, 18, 19)
"""The major versions that AWS lists for Oracle as a target."""


@check(Group.TARGET, links.DMS_TARGETS, "target")
def target_version(cutover: Cutover) -> Iterator[Finding]:
    """The target's Oracle is of a version that AWS does not list for targets."""
    version = cutover.target.version
    if int(version.split(".")[0]) not in _SUPPORTED:
        yield warning(
            f"the target is Oracle {version}; AWS lists {', '.join(map(str, _SUPPORTED))} for targets",
            "DMS may not write to it, or not rightly",
            "look the version up in the DMS guide, and prove a test row before the cutover",
        )


@check(Group.TARGET, links.ORACLE_ROLE, "target")
def target_read_only(cutover: Cutover) -> Iterator[Finding]:
    """The target is a standby database, which takes no changes but its primary's."""
    role = cutover.target.role
    if role != "PRIMARY":
        yield error(
            f"{cutover.pipeline.oracle.connection} leads to a {role.lower()} database",
            "neither DMS nor the run can write there",
            f"point {cutover.pipeline.oracle.connection} and dms.target_endpoint.connection to the primary",
        )


@check(Group.TARGET, links.ORACLE_IDLE, "target_login")
def idle_sessions_ended(cutover: Cutover) -> Iterator[Finding]:
    """The profile of the DMS login has an IDLE_TIME, after which Oracle ends its sessions."""
    login = cutover.target_login
    if login.idle_limit_min is not None:
        yield warning(
            f"the profile of {login.login} ends sessions that are idle for {login.idle_limit_min} min",
            "while nothing changes in the source DMS's session is idle, and its task fails with ORA-02396",
            f"give {login.login} a profile with IDLE_TIME UNLIMITED",
        )

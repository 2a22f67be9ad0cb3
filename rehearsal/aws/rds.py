"""RDS: one PostgreSQL instance that really is there, with its parameter group, reboots and events."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from rehearsal.aws import moto_seams
from rehearsal.aws.errors import AwsError
from rehearsal.aws.events import Events
from rehearsal.aws.pages import page
from rehearsal.names import db_instance
from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from rehearsal.postgres.control_client import PostgresControl, PostgresControlError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.aws.aws_request import AwsRequest
    from rehearsal.aws.timing import Transitions

INSTANCE = db_instance()
_SEED = json.loads(Path(__file__).with_suffix(".json").read_text())
PARAMETER_GROUP: str = _SEED["group"]["db_parameter_group_name"]
_CHANGEABLE = ("ParameterValue", "ApplyMethod")

_CATALOG = """
    SELECT name AS "ParameterName", boot_val AS "ParameterValue", short_desc AS "Description",
           'engine-default' AS "Source", context <> 'internal' AS "IsModifiable",
           CASE context WHEN 'postmaster' THEN 'static' ELSE 'dynamic' END AS "ApplyType",
           CASE context WHEN 'postmaster' THEN 'pending-reboot' ELSE 'immediate' END AS "ApplyMethod",
           CASE vartype WHEN 'bool' THEN 'boolean' WHEN 'real' THEN 'float' WHEN 'enum' THEN 'string' ELSE vartype END
               AS "DataType",
           coalesce(array_to_string(enumvals, ','), min_val || '-' || max_val) AS "AllowedValues"
    FROM pg_settings WHERE name NOT IN ('wal_level', 'rds.logical_replication')
    UNION ALL
    SELECT 'rds.logical_replication', '0', 'Enables logical decoding (wal_level=logical).', 'engine-default', true,
           'static', 'pending-reboot', 'boolean', '0,1'
"""
"""PostgreSQL's parameters as RDS describes them; it sets wal_level itself, by a parameter of its own:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html#PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication
"""


class Rds:
    """What RDS does to the instance; moto keeps the records (see `moto_seams.install_rds`)."""

    def __init__(self, region: str, port: int, control: PostgresControl, transitions: Transitions) -> None:
        self.region = region
        self._port = port
        self._control = control
        self._transitions = transitions
        self.events = Events()
        self._last_apply_status = "in-sync"
        self._rebooting = threading.Lock()
        transitions.faults.after_heal["fail-reboot"] = self._recover

    def seed(self) -> None:
        """Make the instance and its parameter group. Raises PostgresControlError when PostgreSQL is not there."""
        moto_rds = moto_seams.backend("rds", self.region)
        moto_rds.create_db_parameter_group(_SEED["group"] | {"db_parameter_group_family": self._family})
        moto_rds.create_db_instance(
            _SEED["instance"]
            | {"db_instance_identifier": INSTANCE, "port": self._port}
            | {"engine_version": self._server_version, "master_user_password": SUPERUSER_PASSWORD}
        )
        moto_rds.modify_db_parameter_group(PARAMETER_GROUP, _SEED["parameters"])
        self._event("DB instance created", "creation")

    def go_on(self, events: Events) -> None:
        """The instance that was kept, where PostgreSQL listens now; it was started, whatever state it was in."""
        self.events = events
        instance = moto_seams.backend("rds", self.region).databases.get(INSTANCE)
        if instance is not None:
            instance.port, instance.status = self._port, "available"

    def show_status(self, actual: str) -> str:
        """The instance's status, or that of a fault."""
        return self._transitions.faults.shown_status("rds", actual)

    def show_apply_status(self) -> str:
        """`pending-reboot` while PostgreSQL itself says that a parameter waits for a restart, otherwise `in-sync`."""
        if not self._rebooting.locked():
            with suppress(PostgresControlError):
                health = self._control.call("GET", "/health", timeout_s=5)
                if health["status"] == "available":
                    self._last_apply_status = "pending-reboot" if health["pending_reboot"] else "in-sync"
        return self._last_apply_status

    def reboot(self, instance: Any) -> Any:
        """Restart PostgreSQL; returns the instance, which is `rebooting` meanwhile.

        Raises RDS's InvalidDBInstanceState unless the instance is `available`:
        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
        """
        if instance.status != "available" or not self._rebooting.acquire(blocking=False):
            raise AwsError(
                "InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is not in available state."
            )
        instance.status = "rebooting"
        threading.Thread(target=self._restart, args=(instance, time.monotonic()), daemon=True).start()
        return instance

    def _restart(self, instance: Any, started: float) -> None:
        try:
            self._event("DB instance shutdown", "availability")
            if fault := self._transitions.faults.take("fail-reboot"):
                self._control.call("POST", "/stop")
                after, event, category = fault["status"], "DB instance could not be restarted", "failure"
            else:
                self._control.call("POST", "/reboot")
                after, event, category = "available", "DB instance restarted", "availability"
        except PostgresControlError as error:
            after, event, category = "failed", f"DB instance could not be restarted: {error}", "failure"
        finally:
            self._transitions.wait("reboot", "rebooting", INSTANCE, started)
            self._rebooting.release()
        instance.status = after
        self._event(event, category)
        self._transitions.changed()

    def _recover(self) -> None:
        """What AWS support would do for an instance that a failed reboot left down."""
        instance = moto_seams.backend("rds", self.region).databases.get(INSTANCE)
        if instance is not None and instance.status not in ("available", "rebooting"):
            self._control.call("POST", "/start")
            instance.status = "available"
            self._event("Recovery of the DB instance is complete.", "recovery")

    def check(self, asked: AwsRequest) -> None:
        """Look at what RDS looks at and moto does not, before moto does the call. Raises AwsError."""
        given, groups = asked.parameters, moto_seams.backend("rds", asked.region).db_parameter_groups
        group = str(given.get("DBParameterGroupName", "")).lower()
        is_used = (group, asked.region) == (PARAMETER_GROUP, self.region)
        if "ResourceName" in given:
            _require_resource(given["ResourceName"], asked.region)
        if asked.operation == "CreateDBParameterGroup":
            if (family := given.get("DBParameterGroupFamily")) != self._family:
                message = f"the rehearsal has parameter groups of its own PostgreSQL's family only, not of {family}"
                raise AwsError("InvalidParameterValue", message)
        elif group and group not in groups:
            raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {group}")
        elif asked.operation == "ModifyDBParameterGroup":
            self._change_parameters(given.get("Parameters") or [], is_used=is_used)
        elif asked.operation == "DeleteDBParameterGroup" and is_used:
            message = f"One or more database instances are still members of this parameter group {group}."
            raise AwsError("InvalidDBParameterGroupState", message)

    def _change_parameters(self, parameters: list[dict[str, Any]], *, is_used: bool) -> None:
        """Check a change of a parameter group; give it to PostgreSQL if the instance has the group. All or nothing.

        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
        """
        if not parameters:
            raise AwsError("InvalidParameterValue", "At least one parameter must be supplied.")
        for parameter in parameters:
            self._check_parameter(*(parameter.get(key) for key in ("ParameterName", "ParameterValue", "ApplyMethod")))
        try:
            if is_used:
                values = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in parameters}
                if (logical := values.pop("rds.logical_replication", None)) is not None:
                    values["wal_level"] = "logical" if logical == "1" else "replica"
                self._control.call("PUT", "/parameters", values)
        except PostgresControlError as error:
            raise AwsError("InvalidParameterValue", f"Invalid parameter value: {error}") from error

    def _check_parameter(self, name: str | None, value: str | None, method: str | None) -> None:
        if not name or value is None or method is None:
            raise AwsError(
                "InvalidParameterValue",
                f"A parameter name, value, and apply method must be supplied, not {name}, {value}, {method}.",
            )
        known = self._known_parameters.get(name)
        if known is None:
            raise AwsError("InvalidParameterValue", f"Could not find parameter with name: {name}")
        if not known["IsModifiable"]:
            raise AwsError("InvalidParameterValue", f"The parameter {name} cannot be modified.")
        if known["ApplyType"] == "static" and method == "immediate":
            message = f"cannot use immediate apply method for static parameter, name: {name}"
            raise AwsError("InvalidParameterCombination", message)
        if not _is_allowed(value, known):
            allowed = f" allowed values are: {known['AllowedValues']}" if known["AllowedValues"] else ""
            raise AwsError("InvalidParameterValue", f"Invalid parameter value: {value} for: {name}{allowed}")

    def describe_parameters(self, changed: dict[str, dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
        """A page of the group's parameters as DescribeDBParameters shows them, `user` or `engine-default` by source."""
        changes = {
            name: {"Source": "user", **{key: one[key] for key in _CHANGEABLE}} for name, one in [*changed.items()]
        }
        described = [known | changes.get(name, {}) for name, known in self._known_parameters.items()]
        source = asked.get("Source")
        wanted = [parameter for parameter in described if source in (None, parameter["Source"])]
        return page("Parameters", wanted, asked, code="InvalidParameterValue")

    def _event(self, message: str, category: str) -> None:
        arn = f"arn:aws:rds:{self.region}:{moto_seams.ACCOUNT}:db:{INSTANCE}"
        self.events.add("db-instance", INSTANCE, category, message, SourceArn=arn)

    @cached_property
    def _server_version(self) -> str:
        version = self._query("SELECT current_setting('server_version') AS version")[0]["version"]
        return str(version).split(maxsplit=1)[0]

    @property
    def _family(self) -> str:
        return f"postgres{self._server_version.partition('.')[0]}"

    @cached_property
    def _known_parameters(self) -> dict[str, dict[str, Any]]:
        rows = sorted(self._query(_CATALOG), key=lambda row: str(row["ParameterName"]))
        return {row["ParameterName"]: row for row in rows}

    def _query(self, statement: str) -> list[dict[str, Any]]:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=self._port, dbname="postgres", user="postgres", password=SUPERUSER_PASSWORD
            ) as connection:
                return connection.cursor(row_factory=psycopg.rows.dict_row).execute(statement.encode()).fetchall()
        except psycopg.OperationalError as error:
            raise PostgresControlError(
                f"PostgreSQL on port {self._port} does not answer ({str(error).strip()}); start"
                " `python -m rehearsal.postgres` first"
            ) from error


def _require_resource(arn: str, region: str) -> None:
    moto_rds = moto_seams.backend("rds", region)
    kind, _, name = arn.removeprefix(f"arn:aws:rds:{region}:{moto_seams.ACCOUNT}:").partition(":")
    known = {"db": ("DBInstance", moto_rds.databases), "pg": ("DBParameterGroup", moto_rds.db_parameter_groups)}
    if kind not in known:
        raise AwsError("InvalidParameterValue", f"the rehearsal has no resource {arn}: only instances and groups")
    what, there = known[kind]
    if name not in there:
        raise AwsError(f"{what}NotFound", f"{what} not found: {name}")


def _is_allowed(value: str, known: Mapping[str, Any]) -> bool:
    """Whether a parameter may have this value; RDS takes numbers without units."""
    if known["DataType"] in ("integer", "float"):
        lowest, highest = re.fullmatch(r"(-?[^-]+)-(-?.+)", known["AllowedValues"]).groups()  # type: ignore[union-attr]
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", value)) and float(lowest) <= float(value) <= float(highest)
    if known["DataType"] == "boolean" and not known["AllowedValues"]:
        return value.lower() in ("0", "1", "on", "off", "true", "false")
    return not known["AllowedValues"] or value in known["AllowedValues"].split(",")

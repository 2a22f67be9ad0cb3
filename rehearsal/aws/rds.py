"""RDS: one PostgreSQL instance that really is there, with its parameter group, reboots and events."""

from __future__ import annotations

import re
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg

from rehearsal.aws import moto_seams
from rehearsal.aws.answers import PageError, page
from rehearsal.aws.events import Events
from rehearsal.names import db_instance
from rehearsal.postgres.cluster import SUPERUSER_PASSWORD
from rehearsal.postgres.control_client import PostgresControl, PostgresControlError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rehearsal.aws.aws_request import AwsRequest
    from rehearsal.aws.timing import Transitions

INSTANCE = db_instance()
PARAMETER_GROUP = "flightspecials-db-parameter-group"
DATABASE = "dso"
SEEDED_PARAMETERS = {"rds.logical_replication": "1", "shared_preload_libraries": "pglogical"}

_LONGEST_NAME = 255
_STATIC_CONTEXTS = {"postmaster"}
_NOT_MODIFIABLE = {"internal"}
_RDS_ONLY = {
    "name": "rds.logical_replication",
    "context": "postmaster",
    "setting": "0",
    "vartype": "boolean",
    "short_desc": "Enables logical decoding (wal_level=logical).",
    "allowed": "0,1",
}
_CATALOG = """
    SELECT name, context, boot_val AS setting, vartype, short_desc,
           coalesce(array_to_string(enumvals, ','), min_val || '-' || max_val) AS allowed
    FROM pg_settings WHERE name <> 'wal_level' ORDER BY name
"""


class RdsError(Exception):
    """An error of RDS's, by its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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
        version = self._server_version
        moto_rds.create_db_parameter_group(
            {
                "db_parameter_group_name": PARAMETER_GROUP,
                "db_parameter_group_family": f"postgres{version.partition('.')[0]}",
                "description": "FlightSpecials with logical replication",
            }
        )
        moto_rds.create_db_instance(
            {
                "db_instance_identifier": INSTANCE,
                "db_instance_class": "db.m5.xlarge",
                "engine": "postgres",
                "engine_version": version,
                "db_name": DATABASE,
                "port": self._port,
                "allocated_storage": 100,
                "master_username": "postgres",
                "master_user_password": SUPERUSER_PASSWORD,
                "db_parameter_group_name": PARAMETER_GROUP,
            }
        )
        moto_rds.modify_db_parameter_group(
            PARAMETER_GROUP,
            [
                {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
                for name, value in SEEDED_PARAMETERS.items()
            ],
        )
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
            health = self._health()
            if health.get("status") == "available":
                self._last_apply_status = "pending-reboot" if health["pending_reboot"] else "in-sync"
        return self._last_apply_status

    def reboot(self, instance: Any) -> None:
        """Restart PostgreSQL; the instance is `rebooting` meanwhile.

        Raises RDS's InvalidDBInstanceState unless the instance is `available`:
        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
        """
        if instance.status != "available" or not self._rebooting.acquire(blocking=False):
            raise moto_seams.rds_error(
                "InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is not in available state."
            )
        instance.status = "rebooting"
        threading.Thread(target=self._restart, args=(instance, time.monotonic()), daemon=True).start()

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
        """Look at what RDS looks at and moto does not, before moto does the call. Raises RdsError."""
        given, groups = asked.parameters, moto_seams.backend("rds", asked.region).db_parameter_groups
        group, operation = str(given.get("DBParameterGroupName", "")).lower(), asked.operation
        if not 20 <= given.get("MaxRecords", 20) <= 100:
            raise RdsError("InvalidParameterValue", f"MaxRecords is {given['MaxRecords']}; it can be 20 to 100.")
        if (source := given.get("Source", "user")) not in ("user", "system", "engine-default"):
            raise RdsError("InvalidParameterValue", f"Source is {source}; it can be user, system or engine-default.")
        if operation == "DescribeEvents" and given.keys() & {"SourceIdentifier", "SourceType"} == {"SourceIdentifier"}:
            raise RdsError("InvalidParameterCombination", "A SourceIdentifier needs a SourceType with it.")
        if operation == "CreateDBParameterGroup":
            self._check_group(group, given)
        elif group and group not in groups:
            raise RdsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {group}")
        if "ResourceName" in given:
            self._require_resource(given["ResourceName"], asked.region)
        if operation == "ModifyDBParameterGroup":
            self._change_parameters(given.get("Parameters") or [], is_used=self._is_used(group, asked.region))
        if operation == "DeleteDBParameterGroup" and self._is_used(group, asked.region):
            message = f"One or more database instances are still members of this parameter group {group}."
            raise RdsError("InvalidDBParameterGroupState", message)

    def _check_group(self, name: str, given: dict[str, Any]) -> None:
        if not re.fullmatch("[a-z](-?[a-z0-9])*", name) or len(name) > _LONGEST_NAME:
            raise RdsError("InvalidParameterValue", f"The parameter DBParameterGroupName is not a valid name: {name}")
        if (family := given.get("DBParameterGroupFamily")) != f"postgres{self._server_version.partition('.')[0]}":
            message = f"the rehearsal has parameter groups of its own PostgreSQL's family only, not of {family}"
            raise RdsError("InvalidParameterValue", message)

    def _require_resource(self, arn: str, region: str) -> None:
        moto_rds = moto_seams.backend("rds", region)
        kind, _, name = arn.removeprefix(f"arn:aws:rds:{region}:{moto_seams.ACCOUNT}:").partition(":")
        known = {"db": ("DBInstance", moto_rds.databases), "pg": ("DBParameterGroup", moto_rds.db_parameter_groups)}
        if kind not in known:
            raise RdsError("InvalidParameterValue", f"the rehearsal has no resource {arn}: only instances and groups")
        what, there = known[kind]
        if name not in there:
            raise RdsError(f"{what}NotFound", f"{what} not found: {name}")

    def _change_parameters(self, parameters: list[dict[str, Any]], *, is_used: bool) -> None:
        """Check a change of a parameter group; give it to PostgreSQL if the instance has the group. All or nothing.

        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
        """
        if not parameters:
            raise RdsError("InvalidParameterValue", "At least one parameter must be supplied.")
        values: dict[str, str] = {}
        for parameter in parameters:
            name, value, method = (parameter.get(key) for key in ("ParameterName", "ParameterValue", "ApplyMethod"))
            if not name or value is None or method not in ("immediate", "pending-reboot"):
                raise RdsError(
                    "InvalidParameterValue",
                    f"A parameter name, value, and apply method must be supplied, not {name}, {value}, {method}.",
                )
            known = self._known_parameters.get(name)
            if known is None:
                raise RdsError("InvalidParameterValue", f"Could not find parameter with name: {name}")
            if known["context"] in _NOT_MODIFIABLE:
                raise RdsError("InvalidParameterValue", f"The parameter {name} cannot be modified.")
            if known["context"] in _STATIC_CONTEXTS and method == "immediate":
                message = f"cannot use immediate apply method for static parameter, name: {name}"
                raise RdsError("InvalidParameterCombination", message)
            if not _is_allowed(value, known):
                allowed = f" allowed values are: {known['allowed']}" if known["allowed"] else ""
                raise RdsError("InvalidParameterValue", f"Invalid parameter value: {value} for: {name}{allowed}")
            values |= _as_postgres(name, value)
        try:
            if is_used:
                self._control.call("PUT", "/parameters", values)
        except PostgresControlError as error:
            raise RdsError("InvalidParameterValue", f"Invalid parameter value: {error}") from error

    def _is_used(self, group: str, region: str) -> bool:
        return (group, region) == (PARAMETER_GROUP, self.region)

    def describe_parameters(self, changed: dict[str, dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
        """A page of the group's parameters as DescribeDBParameters shows them, `user` or `engine-default` by source."""
        described = [_describe_parameter(known, changed.get(name)) for name, known in self._known_parameters.items()]
        source = asked.get("Source")
        wanted = [parameter for parameter in described if source in (None, parameter["Source"])]
        try:
            return page("Parameters", wanted, {name: asked.get(name) for name in ("MaxRecords", "Marker")})
        except PageError as error:
            raise moto_seams.rds_error("InvalidParameterValue", str(error)) from error

    def _event(self, message: str, category: str) -> None:
        arn = f"arn:aws:rds:{self.region}:{moto_seams.ACCOUNT}:db:{INSTANCE}"
        self.events.add("db-instance", INSTANCE, category, message, SourceArn=arn)

    def _health(self) -> dict[str, Any]:
        try:
            return self._control.call("GET", "/health", timeout_s=5)
        except PostgresControlError:
            return {}

    @cached_property
    def _server_version(self) -> str:
        version = self._query("SELECT current_setting('server_version') AS version")[0]["version"]
        return str(version).split(maxsplit=1)[0]

    @cached_property
    def _known_parameters(self) -> dict[str, dict[str, Any]]:
        rows = sorted([*self._query(_CATALOG), _RDS_ONLY], key=lambda row: str(row["name"]))
        return {row["name"]: row for row in rows}

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


def _is_allowed(value: str, known: Mapping[str, Any]) -> bool:
    """Whether a parameter may have this value; RDS takes numbers without units."""
    if known["vartype"] in ("integer", "real"):
        lowest, highest = re.fullmatch(r"(-?[^-]+)-(-?.+)", known["allowed"]).groups()  # type: ignore[union-attr]
        return bool(re.fullmatch(r"-?\d+(\.\d+)?", value)) and float(lowest) <= float(value) <= float(highest)
    if known["vartype"] in ("bool", "boolean"):
        return value.lower() in ("0", "1", "on", "off", "true", "false")
    return known["vartype"] != "enum" or value in known["allowed"].split(",")


def _as_postgres(name: str, value: str) -> dict[str, str]:
    """RDS sets wal_level itself, by a parameter of its own:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html#PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication
    """
    if name == "rds.logical_replication":
        return {"wal_level": "logical" if value == "1" else "replica"}
    return {name: value}


def _describe_parameter(known: dict[str, Any], changed: dict[str, Any] | None) -> dict[str, Any]:
    static = known["context"] in _STATIC_CONTEXTS
    described = {
        "ParameterName": known["name"],
        "ParameterValue": changed["ParameterValue"] if changed else known["setting"],
        "Description": known["short_desc"],
        "Source": "user" if changed else "engine-default",
        "ApplyType": "static" if static else "dynamic",
        "DataType": {"bool": "boolean", "real": "float", "enum": "string"}.get(known["vartype"], known["vartype"]),
        "IsModifiable": known["context"] not in _NOT_MODIFIABLE,
        "ApplyMethod": (changed or {}).get("ApplyMethod", "pending-reboot" if static else "immediate"),
    }
    return described | ({"AllowedValues": known["allowed"]} if known["allowed"] else {})

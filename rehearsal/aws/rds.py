"""RDS: one PostgreSQL instance that really is there, with its parameter group, reboots and events."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg

from rehearsal.aws import moto_seams
from rehearsal.aws.dms.describe import page
from rehearsal.aws.dms.errors import InvalidParameterValueError
from rehearsal.aws.events import Events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rehearsal.aws.timing import Transitions

INSTANCE = "flightspecials-test-postgres-db"
PARAMETER_GROUP = "flightspecials-db-parameter-group"
DATABASE = "dso"
SEEDED_PARAMETERS = {"rds.logical_replication": "1", "shared_preload_libraries": "pglogical"}

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


class PostgresControlError(RuntimeError):
    """The rehearsal's PostgreSQL refused or did not answer; the message says what and why."""


class PostgresControl:
    """The loopback control of `rehearsal.postgres`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def call(self, method: str, path: str, body: dict[str, str] | None = None, timeout_s: float = 90) -> dict[str, Any]:
        """One call's answer. Raises PostgresControlError."""
        request = urllib.request.Request(  # noqa: S310  # the URL is the rehearsal's own
            self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            reason = json.loads(error.read() or b"{}").get("error", error.reason)
            raise PostgresControlError(str(reason)) from error
        except OSError as error:
            raise PostgresControlError(f"the control of PostgreSQL at {self.url} does not answer: {error}") from error


class Rds:
    """What RDS does to the instance; moto keeps the records (see `moto_seams.install_rds`)."""

    def __init__(self, region: str, port: int, control: PostgresControl, transitions: Transitions) -> None:
        self._region = region
        self._port = port
        self._control = control
        self._transitions = transitions
        self.events = Events()
        self._last_apply_status = "in-sync"
        self._rebooting = threading.Lock()
        transitions.faults.after_heal["fail-reboot"] = self._recover

    def seed(self) -> None:
        """Make the instance and its parameter group. Raises PostgresControlError when PostgreSQL is not there."""
        moto_rds = moto_seams.backend("rds", self._region)
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
                "master_user_password": "postgres",
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

    def address(self, _identifier: str) -> str:
        """Where the instance really listens."""
        return "127.0.0.1"

    def shown_status(self, instance: Any, actual: str) -> str:
        """The instance's status, or the one that a fault wants shown."""
        if instance.db_instance_identifier != INSTANCE:
            return actual
        return self._transitions.faults.shown_status("rds", actual)

    def apply_status(self, identifier: str) -> str:
        """`pending-reboot` while PostgreSQL itself says that a parameter waits for a restart, otherwise `in-sync`."""
        if identifier == INSTANCE and not self._rebooting.locked():
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
            self._transitions.wait("reboot", "rebooting", started)
            self._rebooting.release()
        instance.status = after
        self._event(event, category)

    def _recover(self) -> None:
        """What AWS support would do for an instance that a failed reboot left down."""
        instance = moto_seams.backend("rds", self._region).databases.get(INSTANCE)
        if instance is not None and instance.status not in ("available", "rebooting"):
            self._control.call("POST", "/start")
            instance.status = "available"
            self._event("Recovery of the DB instance is complete.", "recovery")

    def check_and_push(self, group: str, parameters: Iterable[dict[str, Any]]) -> None:
        """Check a change of the parameter group and give it to PostgreSQL, all or nothing.

        Raises RDS's InvalidParameterValue and InvalidParameterCombination:
        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
        """
        values: dict[str, str] = {}
        for parameter in parameters:
            name, value, method = (parameter.get(key) for key in ("ParameterName", "ParameterValue", "ApplyMethod"))
            if not name or value is None or method not in ("immediate", "pending-reboot"):
                raise moto_seams.rds_error(
                    "InvalidParameterValue",
                    f"A parameter name, value, and apply method must be supplied, not {name}, {value}, {method}.",
                )
            known = self._known_parameters.get(name)
            if known is None:
                raise moto_seams.rds_error("InvalidParameterValue", f"Could not find parameter with name: {name}")
            if known["context"] in _NOT_MODIFIABLE:
                raise moto_seams.rds_error("InvalidParameterValue", f"The parameter {name} cannot be modified.")
            if known["context"] in _STATIC_CONTEXTS and method == "immediate":
                raise moto_seams.rds_error(
                    "InvalidParameterCombination",
                    f"cannot use immediate apply method for static parameter, name: {name}",
                )
            if name == _RDS_ONLY["name"] and value not in ("0", "1"):
                raise moto_seams.rds_error("InvalidParameterValue", f"Invalid parameter value: {value} for: {name}")
            values |= _as_postgres(name, value)
        if group != PARAMETER_GROUP:
            return
        try:
            self._control.call("PUT", "/parameters", values)
        except PostgresControlError as error:
            raise moto_seams.rds_error("InvalidParameterValue", f"Invalid parameter value: {error}") from error

    def describe_parameters(self, changed: dict[str, dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
        """A page of the group's parameters as DescribeDBParameters shows them, `user` or `engine-default` by source."""
        described = [_described(known, changed.get(name)) for name, known in self._known_parameters.items()]
        source = asked.get("Source")
        wanted = [parameter for parameter in described if source in (None, parameter["Source"])]
        try:
            return page("Parameters", wanted, {name: asked.get(name) for name in ("MaxRecords", "Marker")})
        except InvalidParameterValueError as error:
            raise moto_seams.rds_error("InvalidParameterValue", str(error)) from error

    def _event(self, message: str, category: str) -> None:
        arn = f"arn:aws:rds:{self._region}:{moto_seams.ACCOUNT}:db:{INSTANCE}"
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
                host="127.0.0.1", port=self._port, dbname="postgres", user="postgres", password="postgres"
            ) as connection:
                return connection.cursor(row_factory=psycopg.rows.dict_row).execute(statement.encode()).fetchall()
        except psycopg.OperationalError as error:
            raise PostgresControlError(
                f"PostgreSQL on port {self._port} does not answer ({str(error).strip()}); start"
                " `python -m rehearsal.postgres` first"
            ) from error


def _as_postgres(name: str, value: str) -> dict[str, str]:
    """RDS sets wal_level itself, by a parameter of its own:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html#PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication
    """
    if name == "rds.logical_replication":
        return {"wal_level": "logical" if value == "1" else "replica"}
    return {name: value}


def _described(known: dict[str, Any], changed: dict[str, Any] | None) -> dict[str, Any]:
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

"""The stream of changes from slot to target: grouped into target transactions, committed, then confirmed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.aws.worker.apply import Applier
from rehearsal.aws.worker.changes import Begin, Change, Commit, Relation
from rehearsal.aws.worker.errors import FatalError
from rehearsal.aws.worker.report import Pace, report
from rehearsal.aws.worker.source import lsn_number
from rehearsal.aws.worker.tables import OWN_PREFIX, TargetTable, target_table
from rehearsal.aws.worker.validation import Validation
from reverse_sync.table_mapping import TableMapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.worker.commands import Commands
    from rehearsal.aws.worker.report import Log
    from rehearsal.aws.worker.source import Source
    from rehearsal.aws.worker.target import Target
    from reverse_sync.table_mapping import Projection

IDLE_S = 0.05
"""How long an idle worker sleeps at most: within that it confirms its position. PostgreSQL cannot stop otherwise."""

_OF_A_TABLE = (Change, Relation)
_LOOK_UP_EVERY = 500
_FEEDBACK_EVERY_S = 5.0
_PROGRESS_EVERY_S = 0.1


class Stopped(Exception):  # noqa: N818  # no error
    """The worker was told to stop."""


class Stream:
    """One connection's life: from the position that was committed last to whatever ends it."""

    def __init__(self, job: dict[str, Any], source: Source, target: Target, commands: Commands, log: Log) -> None:
        self._job = job
        self._settings: dict[str, Any] = job["settings"]
        self._policies: dict[str, str] = job["policies"]
        self._source = source
        self._target = target
        self._commands = commands
        self._log = log
        self._mapping = TableMapping.parse(job["mapping"], "TableMappings")
        self._applier = Applier(target, self._settings, self._policies, log)
        self._validation = Validation(source, target) if _validates(self._settings) else None
        self._states: dict[str, dict[str, Any]] = {}
        self._tables: dict[tuple[str, str], TargetTable | None] = {}
        self._unreported: dict[str, TargetTable] = {}
        self._incoming = 0
        self._begun = Begin(committed=None)
        self._lsn = 0
        self._heartbeat, self._feedback, self._progress = Pace(1.0), Pace(_FEEDBACK_EVERY_S), Pace(_PROGRESS_EVERY_S)

    def prepare(self) -> None:
        """Create slot, sets and position again for a fresh start; find them again for everything else.

        Raises RecoverableError, FatalError.
        """
        selected = self._source.tables(self._mapping)
        if not selected and self._settings["ErrorBehavior"]["FailOnNoTablesCaptured"]:
            raise FatalError("No tables were found at task initialization: the selection rules match none")
        names = [f"{schema}.{table}" for schema, table in selected]
        position = self._resume(names) if self._job["start"] == "resume" else self._begin(names, selected)
        self._source.sync_sets(selected)
        if self._validation:
            self._target.prepare_validation()
        self._lsn = lsn_number(position)
        self._source.start(position)
        text = f"Reading slot {self._job['slot']} by {self._source.plugin} from {position}"
        self._log.add("SOURCE_CAPTURE", "I", text)
        self._log.send()
        report("running", lsn=position, tables=self._states)

    def _begin(self, names: list[str], selected: dict[tuple[str, str], bool]) -> str:
        """A fresh start, or one at a position: the target's state of the task begins again."""
        self._states = {name: self._new_state() for name in names}
        self._source.sync_sets(selected)
        if self._job["start"] == "fresh":
            position = self._source.recreate_slot()
        else:
            position = str(self._job["start"])
            self._source.check_slot(position)
        self._target.reset_states({"*": {"lsn": position}} | self._states)
        return position

    def _resume(self, names: list[str]) -> str | None:
        """Where the target stands; None leaves it to the slot."""
        self._source.check_slot(None)
        kept = self._target.read_states()
        position = kept.pop("*", {}).get("lsn")
        new = {name: self._new_state() for name in names if name not in kept}
        self._target.add_states(new if position else new | {"*": {}})
        self._states = kept | new
        if self._policies["suspended_table_on_resume"] == "retried":
            for state in self._states.values():
                state["state"] = self._policies["table_state_of_a_cdc_task"]
        by_setting = self._policies["recovery_checkpoint"] == "as_task_setting"
        if by_setting and not self._settings["TargetMetadata"]["TaskRecoveryTableEnabled"]:
            return None
        return position

    def run(self, on_commit: Callable[[], None]) -> None:
        """Read, apply, commit, confirm, until an exception ends it.

        Transactions are committed alone while the worker keeps up, and in groups of MinTransactionSize changes when
        more wait, as https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html
        says of transactional apply.
        """
        cursor, decode = self._source.cursor, self._source.decode
        group = max(1, self._settings["ChangeProcessingTuning"]["MinTransactionSize"])
        begin, end, inside, read = self._begun, 0, False, 0
        while True:
            message = cursor.read_message()
            if message is None:
                if not inside and (end or self._applier.touched):
                    self._commit(end or self._lsn, begin)
                    on_commit()
                    end = 0
                else:
                    self._rest(cursor, inside=inside)
                continue
            content = decode(message.payload)
            if isinstance(content, _OF_A_TABLE):
                self._apply(content)
            elif type(content) is Begin:
                inside, begin = True, content
            elif type(content) is Commit:
                inside, end = False, message.data_start
                if self._applier.pending >= group:
                    self._commit(end, begin)
                    on_commit()
                    end = 0
            read += 1
            if read % _LOOK_UP_EVERY == 0:
                self._look_up(cursor)

    def _apply(self, change: Change | Relation) -> None:
        if isinstance(change, Relation):
            if (change.schema, change.table) in self._tables:
                self._look_up_anew()
            return
        table = self._known_table(change.schema, change.table)
        if table is not None and not change.new.keys() <= table.columns:
            self._look_up_anew()  # test_decoding does not tell of DDL beforehand
            table = self._known_table(change.schema, change.table)
        if table is not None:
            self._applier.add(change, table)

    def _commit(self, end: int, begin: Begin) -> None:
        """Commit what waits on the target, with the position; only then may PostgreSQL forget it."""
        applier = self._applier
        applier.flush()
        changes, touched = applier.take()
        if touched:
            self._target.commit(lsn_text(end), {name: table.as_state() for name, table in touched.items()})
            self._unreported |= touched
            self._incoming += changes
            self._begun = begin
        self._confirm(end)

    def _rest(self, cursor: Any, *, inside: bool) -> None:
        """Nothing to read: confirm how far the server's log has come, tell how things stand, wait for more."""
        if inside:
            self._applier.flush()
        else:
            self._report_sometimes()
            self._log.send()
            if cursor.wal_end > self._lsn:
                self._confirm(cursor.wal_end)
            if self._validation:
                tables = (self._known_table(*name.split(".", 1)) for name in self._states)
                self._unreported |= self._validation.look([table for table in tables if table])
        self._obey(IDLE_S, cursor.connection)

    def _look_up(self, cursor: Any) -> None:
        """In the midst of work: hear commands, tell PostgreSQL that the reader lives, and how things stand."""
        self._obey(0)
        if self._feedback.due():
            cursor.send_feedback()
        self._report_sometimes()

    def _confirm(self, lsn: int) -> None:
        self._source.cursor.send_feedback(flush_lsn=lsn, force=True)  # otherwise only every 10 s
        self._lsn = lsn

    def _report_sometimes(self) -> None:
        if self._progress.due() and (self._unreported or self._heartbeat.due()):
            self._report_progress()

    def _report_progress(self) -> None:
        """The tables that changed, with the metrics of what was committed since the last time."""
        latency_s = 0.0
        if self._begun.committed and self._unreported:
            latency_s = max(0.0, (datetime.now(UTC) - self._begun.committed).total_seconds())
        metrics = {
            "CDCIncomingChanges": self._incoming + self._applier.pending,
            "CDCLatencySource": latency_s,
            "CDCLatencyTarget": latency_s,
        }
        tables = {name: table.as_state() for name, table in self._unreported.items()}
        report("progress", lsn=lsn_text(self._lsn) if self._lsn else None, tables=tables, metrics=metrics)
        self._unreported, self._incoming = {}, 0

    def _obey(self, wait_s: float, connection: Any = None) -> None:
        """Wait for the connection or a command, and do what is commanded."""
        command = self._commands.next(wait_s, connection)
        if command is None:
            return
        if command["do"] == "stop":
            self._report_progress()
            raise Stopped
        schema, _, name = command["table"].partition(".")
        table = self._known_table(schema, name)
        if table is not None:
            self._applier.flush()
            self._applier.suspend(table, "on demand")

    def _known_table(self, schema: str, name: str) -> TargetTable | None:
        """The table as the mapping takes it, or None where it does not; looked up once."""
        key = (schema, name)
        if key not in self._tables:
            source = self._source.table(schema, name)
            projection = self._mapping.project(source) if source.columns else None
            state = self._states.get(f"{schema}.{name}")
            selected = self._mapping.selects(schema, name) and not name.startswith(OWN_PREFIX)
            if selected and not (state and source.columns):
                text = f"Table '{schema}.{name}' is new since the task started, or gone: its changes are ignored"
                self._log.add("SOURCE_CAPTURE", "W", text)
            self._tables[key] = self._target_table(f"{schema}.{name}", projection, state)
        return self._tables[key]

    def _target_table(
        self, name: str, projection: Projection | None, state: dict[str, Any] | None
    ) -> TargetTable | None:
        if projection is None or state is None:
            return None
        settings = self._settings["TargetMetadata"]
        types = self._target.column_types(projection.schema, projection.table)
        return target_table(name, projection, settings, state, types, map_booleans=self._job["map_booleans"])

    def _look_up_anew(self) -> None:
        """The catalog changed: what is known of tables is looked up again; their statistics go on."""
        self._applier.flush()
        for table in self._tables.values():
            if table is not None:
                self._states[table.name] = table.as_state()
        self._tables.clear()
        self._applier.forget_statements()

    def _new_state(self) -> dict[str, Any]:
        return {"state": self._policies["table_state_of_a_cdc_task"], "counts": {}, "updated": time.time()}


def _validates(settings: dict[str, Any]) -> bool:
    return bool((settings.get("ValidationSettings") or {}).get("EnableValidation"))


def lsn_text(number: int) -> str:
    """A position as PostgreSQL writes it."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"

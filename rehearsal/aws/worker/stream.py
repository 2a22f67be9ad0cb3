"""The stream of changes from slot to target: grouped into target transactions, committed, then confirmed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.aws.worker.apply import Applier
from rehearsal.aws.worker.changes import Begin, Change, Commit, Relation
from rehearsal.aws.worker.dialogue import Pace, report
from rehearsal.aws.worker.errors import FatalError
from rehearsal.aws.worker.source import lsn_number
from rehearsal.aws.worker.tables import OWN_PREFIX, TableState, TargetTable, target_table
from rehearsal.aws.worker.target import POSITION
from rehearsal.aws.worker.validation import Validation
from reverse_sync.table_mapping import TableMapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.worker.dialogue import Commands, Log
    from rehearsal.aws.worker.source import Source
    from rehearsal.aws.worker.target import Target
    from reverse_sync.table_mapping import Projection

IDLE_S = 0.05
"""How long an idle worker sleeps at most: within that it confirms its position. PostgreSQL cannot stop otherwise."""

_LOOK_UP_EVERY = 500
_FEEDBACK_EVERY_S = 5.0
_PROGRESS_EVERY_S = 0.1


class Stopped(Exception):  # noqa: N818  # no error
    """The worker was told to stop."""


class Stream:
    """One connection's life: from the position that was committed last to whatever ends it."""

    def __init__(
        self,
        job: dict[str, Any],
        source: Source,
        target: Target,
        commands: Commands,
        log: Log,
        on_commit: Callable[[], None],
    ) -> None:
        self._job = job
        self._settings: dict[str, Any] = job["settings"]
        self._policies: dict[str, str] = job["policies"]
        self._source = source
        self._target = target
        self._commands = commands
        self._log = log
        self._on_commit = on_commit
        self._mapping = TableMapping.parse(job["mapping"], "TableMappings")
        self._applier = Applier(target, self._settings, self._policies, log)
        validates = (self._settings.get("ValidationSettings") or {}).get("EnableValidation")
        self._validation = Validation(source, target) if validates else None
        self._states: dict[str, TableState] = {}
        self._tables: dict[tuple[str, str], TargetTable | None] = {}
        self._unreported: set[str] = set()
        self._incoming = 0
        self._committed: datetime | None = None  # when the transaction was that is read
        self._newest: datetime | None = None  # and when the newest that the target has
        self._end = self._lsn = 0
        self._heartbeat, self._feedback, self._progress = Pace(1.0), Pace(_FEEDBACK_EVERY_S), Pace(_PROGRESS_EVERY_S)

    def prepare(self) -> None:
        """Create slot, sets and position again for a fresh start; find them again for everything else.

        Raises FatalError.
        """
        source, start = self._source, self._job["start"]
        resumes, fresh = start == "resume", start == "fresh"
        selected = source.tables(self._mapping)
        if not selected and self._settings["ErrorBehavior"]["FailOnNoTablesCaptured"]:
            raise FatalError("No tables were found at task initialization: the selection rules match none")
        if not fresh:
            source.check_slot(None if resumes else start)
        source.sync_sets(selected)
        kept = self._target.read_states() if resumes else {}
        committed = kept.pop(POSITION, {}).get("lsn")
        position = committed if resumes else source.recreate_slot() if fresh else start
        self._take_up(kept, [f"{schema}.{table}" for schema, table in selected])
        states = {name: vars(state) for name, state in self._states.items()}
        self._target.write_states({POSITION: {"lsn": position} if position else {}} | states)
        by_setting = resumes and self._policies["recovery_checkpoint"] == "as_task_setting"
        if by_setting and not self._settings["TargetMetadata"]["TaskRecoveryTableEnabled"]:
            position = None
        if self._validation:
            self._target.prepare_validation()
        self._lsn = lsn_number(position)
        source.start(position)
        self._log.add("SOURCE_CAPTURE", "I", f"Reading slot {self._job['slot']} by {source.plugin} from {position}")
        self._log.send()
        report("running", lsn=position, tables=states)

    def _take_up(self, kept: dict[str, dict[str, Any]], selected: list[str]) -> None:
        """The states that the target kept, and new ones for the tables of which it has none."""
        state = self._policies["table_state_of_a_cdc_task"]
        self._states = {name: TableState(**known) for name, known in kept.items()}
        if self._policies["suspended_table_on_resume"] == "retried":
            for known in self._states.values():
                known.state = state
        self._states |= {name: TableState(state) for name in selected if name not in kept}

    def run(self) -> None:
        """Read, apply, commit, confirm, until an exception ends it.

        Transactions are committed alone while the worker keeps up, and in groups of MinTransactionSize changes when
        more wait, as https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html
        says of transactional apply.
        """
        cursor, decode, inside = self._source.cursor, self._source.decode, False
        group = max(1, self._settings["ChangeProcessingTuning"]["MinTransactionSize"])
        for read in itertools.count(1):
            while (message := cursor.read_message()) is None:
                self._rest(inside=inside)
            match decode(message.payload):
                case Change() as change:
                    self._apply(change)
                case Begin(committed):
                    inside, self._committed = True, committed
                case Commit():
                    inside, self._end = False, message.data_start
                    if self._applier.pending >= group:
                        self._commit()
                case Relation(schema, table) if (schema, table) in self._tables:
                    self._look_up_anew()
            if read % _LOOK_UP_EVERY == 0:
                self._look_up()

    def _apply(self, change: Change) -> None:
        table = self._known_table(change.schema, change.table)
        if table is not None and not change.new.keys() <= table.columns:
            self._look_up_anew()  # test_decoding does not tell of DDL beforehand
            table = self._known_table(change.schema, change.table)
        if table is not None:
            self._applier.add(change, table)

    def _commit(self) -> None:
        """Commit what waits on the target, with the position; only then may PostgreSQL forget it."""
        end, self._end = self._end or self._lsn, 0
        self._applier.flush()
        changes, touched = self._applier.take()
        if touched:
            self._target.commit(lsn_text(end), {name: vars(self._states[name]) for name in touched})
            self._unreported |= touched
            self._incoming += changes
            self._newest = self._committed
        self._confirm(end)
        self._on_commit()

    def _rest(self, *, inside: bool) -> None:
        """Nothing to read: end what is open, or tell how things stand and how far the server's log is read; wait."""
        cursor = self._source.cursor
        if inside:
            self._applier.flush()
        elif self._end or self._applier.touched:
            self._commit()
            return
        else:
            self._report_sometimes()
            self._log.send()
            if cursor.wal_end > self._lsn:
                self._confirm(cursor.wal_end)
            if self._validation:
                tables = (self._known_table(*name.split(".", 1)) for name in self._states)
                self._unreported |= self._validation.look([table for table in tables if table])
        self._obey(IDLE_S, cursor.connection)

    def _look_up(self) -> None:
        """In the midst of work: hear commands, tell PostgreSQL that the reader lives, and how things stand."""
        self._obey(0)
        if self._feedback.due():
            self._source.cursor.send_feedback()
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
        if self._newest and self._unreported:
            latency_s = max(0.0, (datetime.now(UTC) - self._newest).total_seconds())
        metrics = {
            "CDCIncomingChanges": self._incoming + self._applier.pending,
            "CDCLatencySource": latency_s,
            "CDCLatencyTarget": latency_s,
        }
        tables = {name: vars(self._states[name]) for name in self._unreported}
        report("progress", lsn=lsn_text(self._lsn) if self._lsn else None, tables=tables, metrics=metrics)
        self._unreported, self._incoming = set(), 0

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
            state = self._states.get(source.full_name)
            selected = self._mapping.selects(schema, name) and not name.startswith(OWN_PREFIX)
            if selected and not (state and source.columns):
                text = f"Table '{source.full_name}' is new since the task started, or gone: its changes are ignored"
                self._log.add("SOURCE_CAPTURE", "W", text)
            projection = self._mapping.project(source) if source.columns else None
            self._tables[key] = self._target_table(projection, state) if projection and state else None
        return self._tables[key]

    def _target_table(self, projection: Projection, state: TableState) -> TargetTable:
        types, settings = self._target.column_types(projection), self._settings["TargetMetadata"]
        of_endpoints = {name: self._job[name] for name in ("map_booleans", "blank_for_empty")}
        return target_table(projection, state, settings, types, **of_endpoints)

    def _look_up_anew(self) -> None:
        """The catalog changed: what is known of tables is looked up again."""
        self._applier.flush()
        self._tables.clear()


def lsn_text(number: int) -> str:
    """A position as PostgreSQL writes it."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"

"""One PostgreSQL connection of one Oracle session: transactions as Oracle has them, results as streams.

Everything goes through libpq's pipeline mode, so a statement and what surrounds it cost one round trip. Waiting is
done with select() on PostgreSQL and on the client: a break cancels the statement, and a client that is gone too.
(Reading a result before it is there would also block every other thread, since libpq then keeps the interpreter.)
"""

import pickle
import select
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psycopg
from psycopg import adapt, pq
from psycopg.pq import DiagnosticField as Field
from psycopg.pq.abc import PGresult

from rehearsal.oracle.errors import INTERNAL, OracleError, from_postgres
from rehearsal.oracle.packets import DisconnectedError, Packets

Rows = list[tuple[bytes | None, ...]]

_CHUNK_ROWS = 1000
_CANCEL_AGAIN_S = 0.1
_CANCELLED = b"57014"
_RAW_BYTES = psycopg.adapters.types["bytea"].oid
_KEPT_IN_MEMORY_BYTES = 4 * 1024 * 1024
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)
_SAVEPOINT = b"SAVEPOINT statement"
_FRESH_SAVEPOINT = b"RELEASE statement", _SAVEPOINT
_UNDO = b"ROLLBACK TO statement"


@dataclass(frozen=True)
class Prepared:
    """A statement that PostgreSQL knows by name, and the description of its result."""

    name: bytes
    sql: bytes
    shape: PGresult


class Backend:
    """One session's connection to the backing PostgreSQL."""

    def __init__(self, conninfo: str, client: Packets | None = None):
        self._client = client
        self._pg = pq.PGconn.connect(conninfo.encode())
        if self._pg.status != pq.ConnStatus.OK:
            raise OracleError(12520, "TNS:listener could not find available handler for requested type of server")
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loader = adapt.Transformer()
        self._names = 0
        self._stream: Stream | None = None
        self.in_transaction = False
        self._undoing = False

    def close(self) -> None:
        """Cancel what runs and leave; PostgreSQL rolls back."""
        with suppress(Exception):
            self._pg.get_cancel().cancel()
        self._pg.finish()

    def prepare(self, sql: bytes) -> Prepared:
        """Have PostgreSQL parse a statement once. Raises OracleError."""
        self._names += 1
        name = b"s%d" % self._names
        self._make_room()
        if self.in_transaction:
            self._fresh_savepoint()
        self._pg.send_prepare(name, sql)
        self._pg.send_describe_prepared(name)
        results = self._finish(sql)
        return Prepared(name, sql, results[-1])

    def forget(self, prepared: Prepared) -> None:
        """Let PostgreSQL drop a prepared statement."""
        self._make_room()
        self._pg.send_query_params(b"DEALLOCATE " + prepared.name, None)
        self._finish(b"")

    def query(self, prepared: Prepared, values: list[bytes | None]) -> "Stream":
        """Start a query; its rows are read as they are wanted."""
        self._make_room()
        skipped = self._fresh_savepoint() if self.in_transaction else 0
        self._pg.send_query_prepared(prepared.name, values)
        self._pg.pipeline_sync()
        for _ in range(skipped):
            self._next_result()
            self._next_result()
        self._pg.set_chunked_rows_mode(_CHUNK_ROWS)
        self._stream = Stream(self, prepared.sql)
        return self._stream

    def change(self, prepared: Prepared, rows: list[list[bytes | None]]) -> list[int]:
        """Execute a statement once a row, all or nothing; the counts of rows touched. Raises OracleError."""
        return [result.command_tuples or 0 for result in self._change(prepared, rows)]

    def change_returning(self, prepared: Prepared, rows: list[list[bytes | None]]) -> list[Rows]:
        """Like `change`, with what each execution returns."""
        return [self._load(result) for result in self._change(prepared, rows)]

    def _change(self, prepared: Prepared, rows: list[list[bytes | None]]) -> list[PGresult]:
        self._make_room()
        skipped = self._begin()
        for values in rows:
            self._pg.send_query_prepared(prepared.name, values)
        return self._finish(prepared.sql, skip=skipped)

    def run(self, *statements: str) -> PGresult:
        """Execute statements of our own, all or nothing where a transaction is open; the last one's result."""
        self._make_room()
        skipped = self._fresh_savepoint() if self.in_transaction else 0
        encoded = [statement.encode() for statement in statements]
        for statement in encoded:
            self._pg.send_query_params(statement, None)
        return self._finish(*encoded, skip=skipped)[-1]

    def begin(self) -> None:
        """Open a transaction unless one is open."""
        self._make_room()
        if not self.in_transaction:
            self._begin()
            self._finish(b"")

    def end(self, command: str) -> None:
        """COMMIT or ROLLBACK, if there is anything to end. Deferred constraints may fail it."""
        if not self.in_transaction:
            return
        self._make_room()
        self.in_transaction = False
        self._pg.send_query_params(command.encode(), None)
        self._finish(b"")

    def _begin(self) -> int:
        """Open a transaction where none is open, and mark where the next statement starts."""
        if self.in_transaction:
            return self._fresh_savepoint()
        for command in (b"BEGIN", _SAVEPOINT):
            self._pg.send_query_params(command, None)
        self.in_transaction = True
        return 2

    def _fresh_savepoint(self) -> int:
        for command in _FRESH_SAVEPOINT:
            self._pg.send_query_params(command, None)
        return len(_FRESH_SAVEPOINT)

    def _make_room(self) -> None:
        """Set aside what is left of a running result: libpq handles one thing after the other."""
        if self._stream:
            self._stream.set_aside()

    def _finish(self, *sql: bytes, skip: int = 0) -> list[PGresult]:
        """Send the pipeline and read all its results; on an error, undo the statement and raise it.

        ``sql`` is what was sent, without the first ``skip`` commands; the last one may have been sent many times.
        """
        self._pg.pipeline_sync()
        results: list[PGresult] = []
        failed: PGresult | None = None
        for result in self._results():
            if result.status in _FAILED:
                failed = failed or result
            else:
                results.append(result)
        if failed is None and not (self._client and self._client.interrupted):
            return results[skip:]
        done = max(len(results) - skip, 0)
        error = self._failure(failed, sql[min(done, len(sql) - 1)])
        error.done = done
        raise error

    def rows(self, sql: bytes) -> Iterator[Rows]:
        """The running result, piece by piece. Raises OracleError where it breaks off."""
        failed: PGresult | None = None
        for result in self._results():
            if result.status in _FAILED:
                failed = failed or result
            elif result.ntuples:
                yield self._load(result)
        self._stream = None
        if failed is not None or (self._client and self._client.interrupted):
            raise self._failure(failed, sql)

    def reads(self, stream: "Stream") -> bool:
        """Whether PostgreSQL is still sending this result."""
        return self._stream is stream

    def cancel(self) -> None:
        """Have PostgreSQL break off what runs."""
        self._pg.get_cancel().cancel()

    def _failure(self, failed: PGresult | None, sql: bytes) -> OracleError:
        """Undo the statement that failed (or was cancelled after all: None) and say why."""
        if self.in_transaction:
            self._undoing = True
            while not self.undo():
                pass  # a late cancel hit the undoing itself
            self._undoing = False
        if failed is None:
            return OracleError(1013, "user requested cancel of current operation")
        error = from_postgres(failed, sql)
        if error.number == INTERNAL:
            print(f"{(failed.error_message or b'').decode()} in {sql.decode()}", file=sys.stderr, flush=True)
        return error

    def undo(self) -> bool:
        """Take back the last statement; whether no late cancel came between."""
        self._pg.send_query_params(_UNDO, None)
        self._pg.pipeline_sync()
        return _CANCELLED not in [result.error_field(Field.SQLSTATE) for result in self._results()]

    def _load(self, result: PGresult) -> Rows:
        self._loader.set_pgresult(result, set_loaders=False)
        self._loader.set_loader_types([_RAW_BYTES] * result.nfields, pq.Format.BINARY)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def _results(self) -> Iterator[PGresult]:
        """What comes before the end of the pipeline."""
        while (result := self._next_result()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if result is not None:
                yield result

    def _next_result(self) -> PGresult | None:
        while self._pg.is_busy():
            unsent = self._pg.flush()
            client = None if self._undoing else self._client
            is_cancelled = client is not None and client.interrupted
            watched = [self._pg.socket]
            if client and not is_cancelled:
                watched.append(client.fileno())
            timeout_s = _CANCEL_AGAIN_S if is_cancelled else None
            readable, _, _ = select.select(watched, [self._pg.socket] if unsent else [], [], timeout_s)
            if client and client.fileno() in readable:
                self._look_at(client)
            elif is_cancelled and not readable:
                self.cancel()  # the first one may have come before the statement began
            if self._pg.socket in readable:
                self._pg.consume_input()
        return self._pg.get_result()

    def _look_at(self, client: Packets) -> None:
        try:
            client.poll()
        except DisconnectedError:
            self.cancel()
            raise
        if client.interrupted:
            self.cancel()


class Stream:
    """A result that is read as it is wanted, and set aside (beyond a few megabytes: on disk) when it is in the way."""

    def __init__(self, backend: Backend, sql: bytes):
        self._backend = backend
        self._pieces: Iterator[Rows] = backend.rows(sql)

    def __next__(self) -> Rows:
        return next(self._pieces)

    def set_aside(self) -> None:
        """Read the rest now and keep it, so that PostgreSQL is free for another statement."""
        kept = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by who reads it back
        failure: OracleError | None = None
        try:
            for piece in self._pieces:
                pickle.dump(piece, kept)
        except OracleError as error:
            failure = error
        kept.seek(0)
        self._pieces = _read_back(kept, failure)

    def close(self) -> None:
        """Leave the rest unread."""
        if self._backend.reads(self):
            self._backend.cancel()
            with suppress(OracleError):
                for _ in self._pieces:
                    pass
        self._pieces = iter(())


def _read_back(kept: IO[bytes], failure: OracleError | None) -> Iterator[Rows]:
    with kept, suppress(EOFError):
        while True:
            yield pickle.load(kept)  # noqa: S301  # what set_aside wrote, in a file without a name
    if failure:
        raise failure

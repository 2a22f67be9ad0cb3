"""One connection, from its first packet to its last: connect, log in, then one call after the other."""

import itertools
import struct
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from rehearsal.oracle import replies, requests
from rehearsal.oracle.auth import Challenge, Verifier
from rehearsal.oracle.cursors import Cursor, describe, encoder
from rehearsal.oracle.dialect.statements import values_returned
from rehearsal.oracle.dialect.tree.changes import Change, Insert, Update
from rehearsal.oracle.dialect.tree.queries import Query
from rehearsal.oracle.engine import Engine, Values
from rehearsal.oracle.errors import INTERNAL, OracleError, unlisted
from rehearsal.oracle.instance import Instance
from rehearsal.oracle.lobs import Lobs
from rehearsal.oracle.packets import CONNECT, BrokenOffError, DisconnectedError, Packets, ProtocolError
from rehearsal.oracle.requests import Descriptor, Execute, Function, Login, Option, Piggyback, Row
from rehearsal.oracle.values import BINDS, NATIONAL, Code
from rehearsal.oracle.wire import Reader, pairs

_CALL, _PIGGYBACK = 3, 0x11
_VERSION_NUMBER = 12 << 24 | 1 << 20 | 2 << 8
_LISTENER_ERRORS = {"SERVICE_NAME": 12514, "SID": 12505}
_MAX_OPEN_CURSORS = 300
_STALE = 1007  # a table changed under a prepared query; the clients parse again


class Session:
    """Serves one client until it leaves."""

    def __init__(self, packets: Packets, instance: Instance):
        self._packets = packets
        self._instance = instance
        self._reader = Reader(packets.next_data)
        self._engine: Engine | None = None
        self._lobs = Lobs()
        self._cursors: dict[int, Cursor] = {}
        self._numbers = itertools.count(1)
        self._wanted = Piggyback()  # what one asked for; an error of it belongs to the call that follows

    @property
    def engine(self) -> Engine:
        """What runs the SQL, from the login on."""
        if self._engine is None:
            raise ProtocolError("a call before the login")
        return self._engine

    def serve(self) -> None:
        """Serve the client. Ends without an error whatever the client sends."""
        with suppress(DisconnectedError, ProtocolError):
            try:
                if self._connect() and self._log_in():
                    self._packets.peer.settimeout(None)  # from here on a client may be idle as long as it likes
                    while self._call():
                        pass
            finally:
                if self._engine:
                    self._engine.close()

    def _connect(self) -> bool:
        kind, body = self._packets.receive()
        if kind != CONNECT or len(body) < 58:
            raise ProtocolError("no connect packet")
        length, offset = struct.unpack_from(">HH", body, 16)
        data = body[max(offset - 8, 0) :][:length]
        if len(data) < length:
            data = self._packets.next_data()
        target, name = requests.connect_target(data.decode(errors="replace"))
        if name != self._instance.name:
            self._packets.refuse(_LISTENER_ERRORS.get(target, 12514))
            return False
        self._packets.accept(struct.unpack_from(">I", body, 50)[0])
        return True

    def _log_in(self) -> bool:
        reader = self._reader
        reader.wait()
        requests.read_protocol(reader)
        self._packets.send_data(replies.protocol())
        reader.wait()
        requests.read_data_types(reader)
        self._packets.send_data(replies.data_types())
        login = self._read_login(Function.CHALLENGE)
        user = login.user.upper()
        verifier = self._instance.verifier(user)
        challenge = Challenge(verifier or Verifier.of_nobody())
        values, flags = challenge.parameters()
        self._packets.send_data(pairs(values, flags) + replies.end_of_call(in_transaction=False))
        answer = self._read_login(Function.AUTHENTICATE)
        try:
            self._authenticate(challenge.proves(answer.parameters) and verifier is not None, user)
            self.engine.describe(login.text("AUTH_PROGRAM_NM"), login.text("AUTH_MACHINE"))
            self._set_time_zone(answer.parameters.get("AUTH_ALTER_SESSION", b"").rstrip(b"\x00").decode())
        except OracleError as error:
            self._packets.send_data(replies.end_of_call(in_transaction=False, error=error))
            return False
        self._packets.send_data(pairs(self._greeting(challenge)) + replies.end_of_call(in_transaction=False))
        return True

    def _authenticate(self, proved: bool, user: str) -> None:
        if not proved:
            raise OracleError(1017, "invalid username/password; logon denied")
        if not self._instance.may_log_in(user):
            raise OracleError(1045, f"user {user} lacks CREATE SESSION privilege; logon denied")
        self._engine = Engine(self._instance.conninfo, user, self._packets)

    def _set_time_zone(self, statement: str) -> None:
        """Run the ALTER SESSION with which a client says where it is."""
        if statement:
            self.engine.run(self.engine.prepare(statement, []).statement)

    def _read_login(self, function: Function) -> Login:
        self._reader.wait()
        if self._reader.u8() != _CALL or self._reader.u8() != function:
            raise ProtocolError("no login")
        self._reader.u8()
        return requests.read_login(self._reader)

    def _greeting(self, challenge: Challenge) -> dict[str, str]:
        names = ("SC_DBUNIQUE_NAME", "SC_REAL_DBUNIQUE_NAME", "SC_SERVICE_NAME", "INSTANCENAME", "DBNAME")
        return {
            "AUTH_SESSION_ID": str(self._packets.fileno()),
            "AUTH_SERIAL_NUM": "1",
            "AUTH_VERSION_NO": str(_VERSION_NUMBER),
            "AUTH_SVR_RESPONSE": challenge.response(),
            **{f"AUTH_{name}": self._instance.name for name in names},
            "AUTH_MAX_OPEN_CURSORS": str(_MAX_OPEN_CURSORS),
            "AUTH_MAX_IDEN_LENGTH": "30",
        }

    @property
    def _in_transaction(self) -> bool:
        return bool(self._engine and self._engine.backend.in_transaction)

    def _call(self) -> bool:
        """Read a request, act, reply; False when the client has logged off."""
        if not self._reader.wait():
            self._answer_break()
            return True
        try:
            function, request = self._read_request()
        except BrokenOffError:  # a client's driver met a value that it cannot send, and part of the rows had gone
            self._answer_break()
            return True
        try:
            reply = self._act(function, request)
        except OracleError as error:
            if error.number == _STALE:
                self.engine.forget_statements()
            reply = _counted(request, error.counts) + replies.end_of_call(
                self._in_transaction, error=error, rows=sum(error.counts)
            )
        except (DisconnectedError, ProtocolError):
            raise
        except Exception:  # noqa: BLE001  # a bug here must not take the client's connection away
            traceback.print_exc(file=sys.stderr)
            failure = OracleError(INTERNAL, "the stand-in failed; its log says more")
            reply = replies.end_of_call(self._in_transaction, error=failure)
        if self._packets.interrupted:
            self._answer_break()
        else:
            self._packets.send_data(reply)
        return function != Function.LOGOFF

    def _answer_break(self) -> None:
        self._packets.acknowledge_break()
        error = OracleError(1013, "user requested cancel of current operation")
        self._packets.send_data(replies.end_of_call(self._in_transaction, error=error))

    def _read_request(self) -> tuple[int, object]:
        """The call's code and body, read to the last byte; piggybacks before it are done on the way."""
        reader = self._reader
        while (kind := reader.u8()) == _PIGGYBACK:
            code = reader.u8()
            reader.u8()
            piggyback = requests.read_piggyback(reader, code)
            self._wanted.schema = piggyback.schema or self._wanted.schema
            self._wanted.module = piggyback.module or self._wanted.module
            self._lobs.free(piggyback.locators)
            for number in piggyback.cursors:
                if cursor := self._cursors.pop(number, None):
                    cursor.close()
        if kind != _CALL:
            raise ProtocolError(f"a message of type {kind}")
        function = reader.u8()
        reader.u8()
        match function:
            case Function.EXECUTE:
                return function, requests.read_execute(reader, self._values_returned)
            case Function.REEXECUTE | Function.REEXECUTE_AND_FETCH:
                with_fetch = function == Function.REEXECUTE_AND_FETCH
                return function, requests.read_reexecute(reader, with_fetch, self._binds_of)
            case Function.FETCH:
                return function, (reader.ub(), reader.ub())
            case Function.LOB_OPERATION:
                return function, requests.read_lob_operation(reader)
            case Function.COMMIT | Function.ROLLBACK | Function.PING | Function.LOGOFF:
                return function, None
        reader.drop()
        return function, unlisted(f"call {function} of the client's protocol")

    def _values_returned(self, sql: str, number: int) -> int:
        return values_returned(sql or (self._cursors[number].sql if number in self._cursors else ""))

    def _binds_of(self, number: int) -> list[Descriptor]:
        """The binds of a cursor for which the client sends values again."""
        binds = self._cursors[number].binds if number in self._cursors else []
        return binds[: len(binds) - self._values_returned("", number)]

    def _act(self, function: int, request: object) -> bytes:
        if isinstance(request, OracleError):
            raise request
        wanted, self._wanted = self._wanted, Piggyback()
        if wanted.schema:
            self.engine.use_schema(wanted.schema)
        if wanted.module:
            self.engine.name_module(wanted.module)
        if isinstance(request, Execute):
            return self._execute(request)
        if function == Function.FETCH and isinstance(request, tuple):
            return self._fetch(self._cursor(request[0]), request[1])
        if function == Function.COMMIT:
            self.engine.backend.end("COMMIT")
        elif function in (Function.ROLLBACK, Function.LOGOFF):
            self.engine.backend.end("ROLLBACK")
        elif function == Function.LOB_OPERATION:
            return self._lobs.operate(request) + replies.end_of_call(self._in_transaction)  # type: ignore[arg-type]
        return replies.status(self._in_transaction)

    def _cursor(self, number: int) -> Cursor:
        try:
            return self._cursors[number]
        except KeyError:
            raise OracleError(1001, "invalid cursor") from None

    def _execute(self, request: Execute) -> bytes:
        if request.is_scrollable:
            raise unlisted("a scrollable cursor")
        if request.options & Option.DEFINE:
            cursor = self._cursor(request.cursor)
            cursor.define(request.descriptors, self._lobs)
            return self._end(cursor)
        if request.sql:
            cursor = self._open(request)
        else:
            cursor = self._cursor(request.cursor)
            cursor.binds = request.descriptors or cursor.binds
        try:
            return self._run(cursor, request)
        except OracleError:
            if not request.cursor:  # the client is not told its number, so it would stay open
                self._cursors.pop(cursor.number).close()
            raise

    def _end(self, cursor: Cursor, **more: Any) -> bytes:
        """The end of a call that has to do with a cursor."""
        return replies.end_of_call(self._in_transaction, cursor=cursor.number, **more)

    def _open(self, request: Execute) -> Cursor:
        """A cursor for a new statement; a number that the client reuses keeps its place."""
        if old := self._cursors.pop(request.cursor, None):
            old.close()
        number = request.cursor or next(self._numbers)
        if len(self._cursors) >= _MAX_OPEN_CURSORS:
            raise OracleError(1000, "maximum open cursors exceeded")
        known = self.engine.prepare(request.sql, [*map(_bind_type, request.descriptors)])
        cursor = self._cursors[number] = Cursor(number, request.sql, request.descriptors, known)
        return cursor

    def _prepare(self, cursor: Cursor) -> bool:
        """Make the statement ready for its binds; whether its columns are others than the client was told."""
        told = cursor.columns
        known, cursor.known = cursor.known, self.engine.prepare(cursor.sql, [*map(_bind_type, cursor.binds)])
        is_new = known is not cursor.known or not cursor.columns
        if is_new and cursor.known.prepared and isinstance(cursor.known.statement, Query):
            cursor.columns = describe(self.engine, cursor.known.prepared.shape, self._instance.types)
        if told == cursor.columns:
            return False
        cursor.defines = []
        return True

    def _run(self, cursor: Cursor, request: Execute) -> bytes:
        options = request.options
        describe_it = self._prepare(cursor) or bool(options & Option.PARSE)
        statement = cursor.known.statement
        is_query = isinstance(statement, Query)
        if not options & Option.EXECUTE:
            return (replies.describe(cursor.columns) if is_query else b"") + self._end(cursor)
        values = _values(cursor.binds, request.rows, self._lobs)
        if is_query:
            return self._query(cursor, request, values[0] if values else [], describe_it=describe_it)
        rows = values or [[]] * max(request.iterations, 1)
        if isinstance(statement, Insert | Update) and statement.returning:
            return self._change_returning(cursor, options, rows, len(statement.returning))
        if isinstance(statement, Change):
            return self._change(cursor, request, rows)
        self.engine.run(statement)
        return self._end(cursor, invalid=self.engine.left_invalid)

    def _query(self, cursor: Cursor, request: Execute, values: Values, *, describe_it: bool) -> bytes:
        cursor.start(self.engine.query(cursor.known, values), self._lobs)
        head = replies.describe(cursor.columns) if describe_it else b""
        if cursor.needs_defines or not request.options & Option.FETCH:
            cursor.look()
            return head + self._end(cursor)
        reply = head + self._fetch(cursor, request.iterations)
        if request.options & Option.COMMIT:
            self.engine.backend.end("COMMIT")
        return reply

    def _fetch(self, cursor: Cursor, count: int) -> bytes:
        rows, at_end = cursor.take(count)
        body = replies.row_header(len(cursor.columns), len(rows)) + b"".join(rows) if rows else b""
        end = replies.end_of_rows if at_end else replies.end_of_call
        return body + end(self._in_transaction, cursor=cursor.number, rows=cursor.sent)

    def _change(self, cursor: Cursor, request: Execute, rows: list[Values]) -> bytes:
        failures: list[tuple[int, OracleError]] = []
        try:
            if request.options & Option.BATCH_ERRORS:
                counts, failures = self.engine.change_each(cursor.known, rows)
            else:
                counts = self.engine.change(cursor.known, rows)
        except OracleError as error:
            if error.number in _INTEGRITY:
                return _counted(request, error.counts) + self._end(cursor, error=error, rows=sum(error.counts))
            raise
        if request.options & Option.COMMIT:
            self.engine.backend.end("COMMIT")
        return _counted(request, counts) + self._end(cursor, rows=sum(counts), batch=failures)

    def _change_returning(self, cursor: Cursor, options: int, rows: list[Values], count: int) -> bytes:
        if options & Option.BATCH_ERRORS:
            raise unlisted("RETURNING with batch errors")
        columns = describe(self.engine, cursor.known.rows.shape, self._instance.types)
        binds = cursor.binds[-count:]
        if any(bind.code in (Code.LONG, Code.LONG_RAW) for bind in binds):
            raise unlisted("RETURNING into a LONG or LONG RAW")
        encoders = [encoder(column, bind, self._lobs) for column, bind in zip(columns, binds, strict=True)]
        found = []
        try:
            for row in rows:
                found += self.engine.backend.change_returning(cursor.known.rows, [row])
        except OracleError as error:
            error.counts = [len(returned) for returned in found]  # these rows stay changed
            raise
        if options & Option.COMMIT:
            self.engine.backend.end("COMMIT")
        executions = [
            [[value + b"\x00" for value in encode([row[at] for row in returned])] for at, encode in enumerate(encoders)]
            for returned in found
        ]
        directions = [_IN] * (len(cursor.binds) - count) + [_OUT] * count
        return replies.out_binds(directions, executions) + self._end(cursor, rows=sum(map(len, found)))


_IN, _OUT = 32, 16  # directions of binds
_INTEGRITY = (1, 1400, 1438, 2290, 2291, 2292)  # errors that leave the client's cursor open


def _counted(request: object, counts: list[int]) -> bytes:
    """The rows that each execution touched, where the client asks for them; also those before one that failed."""
    return replies.row_counts(counts) if isinstance(request, Execute) and request.wants_row_counts else b""


def _bind_type(bind: Descriptor) -> str:
    if bind.code not in BINDS:
        raise unlisted(f"a bind of type {bind.code}")
    kind = BINDS[bind.code][0]
    return NATIONAL.get(kind, kind) if bind.is_national and not bind.is_lob else kind


def _values(binds: Sequence[Descriptor], rows: list[Row], lobs: Lobs) -> list[Values]:
    """The binds' values as PostgreSQL's text, column by column."""
    columns = []
    for bind, values in zip(binds, zip(*rows, strict=True), strict=False):
        kind, decode = BINDS[bind.code]
        column = [(value and lobs.content(value)) or None for value in values] if bind.is_lob else list(values)
        if bind.is_national and not bind.is_lob:
            column = [value and value.decode("utf-16-be", errors="replace").encode() for value in column]
        if kind != "text":
            column = [value and decode(value) for value in column]
        if b"\x00" in b"".join(filter(None, column)):
            raise unlisted("a string with CHR(0)")
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]

"""One table of a pipeline, opened on both sides to be compared, and to be looked at again."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reverse_sync.catalog.oracle import read_columns
from reverse_sync.errors import StatementRefusedError
from reverse_sync.reconcile.keys import key_of
from reverse_sync.reconcile.oracle_side import OracleSide, has_utf8, hashes_large_objects
from reverse_sync.reconcile.parts import WHOLE, Part, cut
from reverse_sync.reconcile.plan import Order, plan
from reverse_sync.reconcile.postgres_side import PostgresSide
from reverse_sync.reconcile.queries import ALL_HASHES
from reverse_sync.reconcile.repair import Statement, script, statements
from reverse_sync.reconcile.results import RowDifference, Scanned
from reverse_sync.reconcile.rows import RowComparison
from reverse_sync.reconcile.scan import Limits, Scan
from reverse_sync.reconcile.sessions import oracle_reader, postgres_reader
from reverse_sync.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.keys import Key
    from reverse_sync.reconcile.plan import Plan
    from reverse_sync.reconcile.rows import Row
    from reverse_sync.reconcile.sides import Source, Target
    from reverse_sync.table_mapping import Projection

_KEYS_A_QUERY = 200
# Of rows that differ at first sight most are on their way where replication lags.
_FIRST_SIGHT = 10


class OpenTable:
    """Compares one table, and looks again at what differed."""

    def __init__(self, pipeline: Pipeline, how: Plan, source: Source, target: Target) -> None:
        self.plan = how
        self._settings = pipeline.reconciliation
        self._source = source
        self._target = target
        self._comparison = RowComparison(how, pipeline.dms.task.lob_limit_bytes(how.projection))

    def parts(self) -> list[Part]:
        """How several tasks may share the table; one part where it is small, or can't be read in parts."""
        settings = self._settings
        if self.plan.order not in (Order.KEY, Order.KEY_HASH) or settings.row_limit is not None:
            return [WHOLE]
        count = min(settings.parts_per_table, self._source.size()[0] // settings.part_rows)
        if count < 2 or (self.plan.order is Order.KEY_HASH and self._target.refuses_hashes()):
            return [WHOLE]
        return cut(WHOLE, self._source.boundaries(count))

    def scan(
        self, before_range: Callable[[int, int], None], condition: str = "", part: Part = WHOLE
    ) -> tuple[Scanned, list[RowDifference]]:
        """How far the table was compared, and what differs at first sight.

        :param before_range: called before each range with the rows compared so far, and how many are expected
        :param condition: compares only the rows of PostgreSQL that fulfil it
        :param part: compares only these rows
        :raises StatementRefusedError: where the table was cut by another key than it has now.
        """
        if any(bound is not None and len(bound) != len(self.plan.key) for bound in (part.low, part.high)):
            raise StatementRefusedError(
                f"{self.plan.name} was cut into parts by a key, but rows are found by {self._by_what} now: clear the "
                "task that cut the tables (cut_tables) with its downstream."
            )
        started = time.monotonic()
        settings = self._settings
        range_rows = min(settings.range_rows, settings.rows_per_s or settings.range_rows)
        limits = Limits(settings.row_limit, settings.most_differences * _FIRST_SIGHT, range_rows)
        scan = Scan(self.plan, self._source, self._target, self._comparison, limits, before_range, part)
        found = scan.matching(condition) if condition else scan.differences()
        if found and not self.plan.key:  # of rows at different places nobody has seen yet whether they are the same
            found = list(self._by_places(found))
        scanned = Scanned(
            table=self.plan.name,
            rows=scan.rows,
            unresolved=scan.unresolved,
            seconds=round(time.monotonic() - started, 3),
            bytes=self._source.size()[1],
            stopped=scan.stopped,
            how=tuple(scan.how) or ("by hashes",),
            left_out=dict(self.plan.left_out),
            lsn=self._source.lsn(),
            key=self._key_names,
        )
        return scanned, found

    def require_key_of(self, scanned: Scanned) -> None:
        """Rows that were found by one key can't be looked at again by another.

        :raises StatementRefusedError: where the table's key is another one now.
        """
        if self._key_names != scanned.key:
            raise StatementRefusedError(
                f"Rows of {self.plan.name} were found by {', '.join(scanned.key) or 'all that they hold'}, but are "
                f"found by {self._by_what} now: put the key back, then clear this task."
            )

    @property
    def _key_names(self) -> tuple[str, ...]:
        return tuple(column.target.name for column in self.plan.key)

    @property
    def _by_what(self) -> str:
        return ", ".join(self._key_names) or f"all that they hold ({self.plan.keyless})"

    def look_again(self, differences: Sequence[RowDifference]) -> tuple[list[RowDifference], str]:
        """What still differs, and PostgreSQL's position of this look.

        `steady` counts the looks in which PostgreSQL's row has not changed.
        """
        again = self._by_keys(differences) if self.plan.key else self._by_places(differences)
        before = {(difference.key, difference.seen): difference.steady for difference in differences}
        counted = [found.model_copy(update={"steady": before.get((found.key, found.seen), -1) + 1}) for found in again]
        return counted, self._source.lsn()

    def repair(self, differences: Sequence[RowDifference], insert_triggers: Sequence[str]) -> str:
        """Oracle's SQL that would make these rows equal, for a person to review; "" for a table without a key."""
        return script(self.plan, *self._rows_of(differences), insert_triggers) if self.plan.key else ""

    def correcting(self, differences: Sequence[RowDifference]) -> tuple[list[RowDifference], list[Statement]]:
        """What differs now of these rows, and the statement that corrects each: from one reading of either side."""
        source, target = self._rows_of(differences)
        return list(self._comparison.differences(source, target)), list(statements(self.plan, source, target))

    def _rows_of(self, differences: Sequence[RowDifference]) -> tuple[list[Row], list[Row]]:
        keys = list(dict.fromkeys(difference.key for difference in differences))
        source: list[Row] = []
        target: list[Row] = []
        for start in range(0, len(keys), _KEYS_A_QUERY):
            source += self._source.by_keys(keys[start : start + _KEYS_A_QUERY])
            target += self._target.by_keys(keys[start : start + _KEYS_A_QUERY])
        return source, target

    def _by_keys(self, differences: Sequence[RowDifference]) -> Iterator[RowDifference]:
        keys = list(dict.fromkeys(difference.key for difference in differences))
        for start in range(0, len(keys), _KEYS_A_QUERY):
            some = keys[start : start + _KEYS_A_QUERY]
            mine, theirs = self._by_key(self._source.by_keys(some)), self._by_key(self._target.by_keys(some))
            for key in some:
                yield from self._comparison.differences(mine.get(key, []), theirs.get(key, []))

    def _by_key(self, rows: Sequence[Row]) -> dict[Key, list[Row]]:
        found: dict[Key, list[Row]] = {}
        for row in rows:
            found.setdefault(key_of(self.plan.key, row), []).append(row)
        return found

    def _by_places(self, differences: Sequence[RowDifference]) -> Iterator[RowDifference]:
        places = sorted({int(difference.seen) for difference in differences})
        one_place = ALL_HASHES._replace(width=1)
        mine: dict[object, list[Row]] = {}
        theirs: dict[object, list[Row]] = {}
        for place, row in self._source.rows(one_place, places):
            mine.setdefault(int(place), []).append(row)
        for place, row in self._target.rows(one_place, places):
            theirs.setdefault(int(place), []).append(row)
        return self._comparison.differing_counts(mine, theirs)


@contextmanager
def opened(pipeline: Pipeline, projection: Projection) -> Iterator[OpenTable]:
    """The table on both sides, in sessions that only read.

    :raises StatementRefusedError: where one of the databases lacks the table, or refuses it to the login.
    :raises ReverseSyncError: where a database does not answer, also later in the block.
    """
    settings = pipeline.reconciliation
    reader = settings.connection or pipeline.postgres.connection
    with (
        postgres_reader(reader, settings.statement_timeout_s) as postgres,
        oracle_reader(pipeline.oracle.connection, settings.statement_timeout_s) as oracle,
    ):
        columns = read_columns(oracle, projection.schema, projection.table)
        name = quoted(projection.schema, projection.table)
        how = plan(
            projection,
            columns,
            hashes_large_objects=hashes_large_objects(oracle, name, columns.values()),
            same_bytes=has_utf8(oracle),
            blank_for_empty=pipeline.dms.target_endpoint.writes_empty_text_as_blank,
        )
        yield OpenTable(pipeline, how, PostgresSide(postgres, how), OracleSide(oracle, how))

"""Two rows compared by value."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from reverse_sync.reconcile.keys import Key, key_of
from reverse_sync.reconcile.results import ColumnDifference, Kind, RowDifference
from reverse_sync.type_pairs.differences import difference
from reverse_sync.type_pairs.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.reconcile.plan import ComparedColumn, Plan

Row = dict[str, object]
_LONGEST_SHOWN = 80


class RowComparison:
    """Compares the rows of one table by the rules of its type pairs.

    :param lob_limit_bytes: where limited LOB mode cuts; None where nothing is cut
    """

    def __init__(self, plan: Plan, lob_limit_bytes: int | None) -> None:
        self._plan = plan
        self._lob_limit_bytes = lob_limit_bytes

    def differences(self, expected: list[Row], found: list[Row], place: object = "") -> Iterator[RowDifference]:
        """What differs between the rows of one position: the mapping's and Oracle's."""
        key = self._plan.key
        if not key:
            yield from self.differing_counts({place: expected}, {place: found})
            return
        wanted = {key_of(key, row): row for row in expected}
        for row in found:
            mine = wanted.pop(key_of(key, row), None)
            if mine is None:
                yield self.only_in_oracle(row)
            elif (difference := self.difference(mine, row)) is not None:
                yield difference
        yield from (self.missing(row) for row in wanted.values())

    def differing_counts(
        self, expected: Mapping[object, list[Row]], found: Mapping[object, list[Row]]
    ) -> Iterator[RowDifference]:
        """What differs in these places of a table without a key, where only how many rows there are can differ.

        The rows of one place are equal. A row that is only written otherwise stands at another place on each side.
        """
        missing = [(place, row) for place, rows in expected.items() for row in rows[len(found.get(place, ())) :]]
        extra = [(place, row) for place, rows in found.items() for row in rows[len(expected.get(place, ())) :]]
        for place, row in missing:
            same = next((n for n, (_, other) in enumerate(extra) if not any(self._columns(row, other))), None)
            if same is None:
                yield RowDifference(kind=Kind.MISSING, key=self._key(row), seen=str(place))
            else:
                del extra[same]
        for place, row in extra:
            yield RowDifference(kind=Kind.EXTRA, key=self._key(row), seen=str(place))

    def difference(self, expected: Row, found: Row) -> RowDifference | None:
        """How two rows of one key differ; None where they are the same."""
        columns = tuple(self._columns(expected, found))
        if not columns:
            return None
        kind = Kind.TRUNCATED if all(column.lengths for column in columns) else Kind.DIFFERENT
        seen, held = fingerprint(expected), fingerprint(found)
        return RowDifference(kind=kind, key=self._key(expected), columns=columns, seen=seen, held=held)

    def missing(self, expected: Row) -> RowDifference:
        """A row that Oracle lacks."""
        return RowDifference(kind=Kind.MISSING, key=self._key(expected), seen=fingerprint(expected))

    def only_in_oracle(self, found: Row) -> RowDifference:
        """A row that only Oracle has."""
        return RowDifference(kind=Kind.EXTRA, key=self._key(found), held=fingerprint(found))

    def _columns(self, expected: Row, found: Row) -> Iterator[ColumnDifference]:
        for column in self._plan.columns:
            name = column.target.name
            wanted, is_now = expected[name], found[name]
            if not column.pair.same(wanted, is_now):
                yield ColumnDifference(
                    column=name,
                    expected=_short(wanted),
                    found=_short(is_now),
                    rule=column.pair.rule.says,
                    says=difference(column.pair, wanted, is_now, self._lob_limit_bytes),
                    lengths=self._cut(column, wanted, is_now),
                )

    def _cut(self, column: ComparedColumn, expected: object, found: object) -> tuple[int, int] | None:
        """Both lengths where Oracle holds exactly the first part of a large object, as limited LOB mode leaves it.

        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.LOBSupport.html
        """
        limit_bytes = self._lob_limit_bytes
        if limit_bytes is None or not column.pair.sides.source.is_lob or not found:
            return None
        if isinstance(expected, str) and isinstance(found, str):
            size = len(expected.encode())
        elif isinstance(expected, bytes) and isinstance(found, bytes):
            size = len(expected)
        else:
            return None
        is_first_part = len(found) < len(expected) and expected[: len(found)] == found
        return (len(expected), len(found)) if is_first_part and size > limit_bytes else None

    def _key(self, row: Mapping[str, object]) -> Key:
        if self._plan.key:
            return key_of(self._plan.key, row)
        return tuple(f"{column.target.name}={_short(row[column.target.name])}" for column in self._plan.columns)


def fingerprint(row: Mapping[str, object]) -> str:
    """Tells whether a row is the one that was seen before."""
    text = json.dumps([shown(value) for value in row.values()], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(shown(value))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"

"""What the comparison of one table found, as it is printed, kept in the evidence, and carried from look to look."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """Immutable, and nothing but what is declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """How a row differs."""

    DIFFERENT = "different"
    MISSING = "missing in Oracle"
    EXTRA = "extra in Oracle"
    TRUNCATED = "truncated by the LOB limit"


class ColumnDifference(Result):
    """Both values of one column, shortened, and the rule by which they differ.

    :param says: how they differ, as the predicate of the column's name
    :param lengths: of a large object that was cut, its length in PostgreSQL and in Oracle
    """

    column: str
    expected: str
    found: str
    rule: str
    says: str
    lengths: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{self.column} {self.says}"


class RowDifference(Result):
    """One row that is not the same on both sides.

    :param key: a text a column of the key; of a table without a key, the hash of the row
    :param seen: a fingerprint of PostgreSQL's row, which tells whether it has changed since
    :param held: the same of Oracle's
    :param steady: in how many looks PostgreSQL's row was the same, and Oracle's differed from it
    """

    kind: Kind
    key: tuple[str, ...]
    columns: tuple[ColumnDifference, ...] = ()
    seen: str = ""
    held: str = ""
    steady: int = 0

    def __str__(self) -> str:
        what = "; ".join(map(str, self.columns)) if self.columns else self.kind
        return f"{', '.join(self.key)}: {what}"


class Scanned(Result):
    """How far a table was compared, and how.

    :param rows: how many rows of PostgreSQL were compared
    :param unresolved: whether it ended before each of these rows was known to be equal or not
    :param bytes: the size of the table in PostgreSQL
    :param stopped: why not every row was compared; empty where all were
    :param how: by hashes, or by value and why
    :param left_out: columns that can't be compared, and why
    :param lsn: PostgreSQL's position when its rows had been read
    :param key: the columns of Oracle by which rows were found; none where rows are told apart by all they hold
    """

    table: str
    rows: int = 0
    unresolved: bool = False
    seconds: float = 0.0
    bytes: int = 0
    stopped: str = ""
    how: tuple[str, ...] = ()
    left_out: dict[str, str] = {}
    lsn: str = ""
    key: tuple[str, ...] = ()


class TableResult(Result):
    """The outcome for one table.

    :param in_flight: rows that differed at first, and were the same or still changing at the last look
    :param moving: of these, the rows that PostgreSQL has and that differed at the last look, too: it kept changing them
    :param differences: what differs in the end, as far as rows are named
    :param unnamed: of the rows that differ and are not named, how many differ how
    :param looks: how often the differences were looked at
    :param unconfirmed: what is not known of the replication's position; empty where it had passed the rows
    :param refused: why the table, or a part of it, can't be compared at all; empty where it can
    """

    scanned: Scanned
    in_flight: int = 0
    moving: int = 0
    differences: tuple[RowDifference, ...] = ()
    unnamed: dict[Kind, int] = {}
    looks: int = 1
    unconfirmed: str = ""
    refused: str = ""

    def count(self, kind: Kind) -> int:
        """How many rows differ so, named or not."""
        return self.unnamed.get(kind, 0) + sum(difference.kind is kind for difference in self.differences)

    @property
    def differing(self) -> int:
        """How many rows differ, named or not; those that only Oracle has are none of the rows that were compared."""
        return sum(map(self.count, Kind))

    @property
    def equal(self) -> int | None:
        """How many of the rows compared hold the same values in Oracle; None where the walk ended before that was
        known.

        These, those that differ but for the extra ones, and those that PostgreSQL kept changing are all that were
        compared.
        """
        if self.scanned.unresolved:
            return None
        return self.scanned.rows - (self.differing - self.count(Kind.EXTRA)) - self.moving

    @property
    def unnamed_rows(self) -> str:
        """That more rows differ than are named; empty where all are."""
        return f"{sum(self.unnamed.values())} more rows differ than are named" if self.unnamed else ""

    @property
    def whole(self) -> bool:
        """Whether every row was compared."""
        return not (self.scanned.stopped or self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state; how many are equal only where that is known."""
        return {
            **({} if self.equal is None else {"equal": self.equal}),
            **{str(kind): self.count(kind) for kind in Kind},
            "in flight": self.in_flight,
        }


def refused(table: str, why: Exception) -> TableResult:
    """The outcome of a table that can't be compared.

    :param table: Oracle's, with its schema
    """
    return TableResult(scanned=Scanned(table=table), refused=str(why))

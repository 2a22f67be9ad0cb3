"""Tables of every kind of key cut into parts: each row belongs to exactly one part, on both sides."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import oracledb
import pytest

from reverse_sync.reconcile.parts import WHOLE
from reverse_sync.reconcile.results import Kind
from reverse_sync.reconcile.table import opened
from tests.integration.product.test_compared_tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.parts import Part
    from reverse_sync.reconcile.results import RowDifference
    from tests.integration.product.conftest import RunningParts
    from tests.integration.product.test_compared_tables import Compared

pytestmark = pytest.mark.integration

ROWS, PARTS = 120, 5
# Binary order, that of UTF-16, a dictionary's order and a CHAR's blanks disagree about these.
LETTERS = " !~aAbBzZ09'%_;:éß가힣나漢\uff21\ufffd😀🛫"


class Keyed(NamedTuple):
    """A key on both sides, and what makes a value of each of its columns."""

    postgres: str
    oracle: str
    make: tuple[Callable[[random.Random], Any], ...]


def text(choose: random.Random) -> str:
    return "".join(choose.choices(LETTERS, k=choose.randint(1, 6))).rstrip(" ") or "x"


def moment(choose: random.Random) -> datetime:
    return datetime(1200, 1, 1) + timedelta(seconds=choose.randrange(20 * 10**9), microseconds=choose.randrange(10**6))


def zoned(choose: random.Random) -> datetime:
    return moment(choose).replace(tzinfo=UTC)


def uuid(choose: random.Random) -> str:
    return str(UUID(int=choose.getrandbits(128)))


def whole(choose: random.Random) -> int:
    return choose.randint(-(2**63), 2**63 - 1)


KINDS = {
    "bigint": Keyed("a bigint", "A NUMBER(19)", (whole,)),
    "numeric without digits": Keyed("a numeric", "A NUMBER", (lambda choose: Decimal(whole(choose)).scaleb(-12),)),
    "numeric that Oracle rounds": Keyed("a numeric(12,4)", "A NUMBER(10,2)", (lambda choose: Decimal(choose.randrange(10**7)) + Decimal("0.0050"),)),
    "text": Keyed("a text", "A VARCHAR2(60)", (text,)),
    "text in NVARCHAR2": Keyed('a text COLLATE "ko-x-icu"', "A NVARCHAR2(60)", (text,)),
    "text in CHAR": Keyed("a varchar(6)", "A CHAR(6 CHAR)", (text,)),
    "uuid": Keyed("a uuid", "A CHAR(36)", (uuid,)),
    "date": Keyed("a date", "A DATE", (lambda choose: date(1200, 1, 1) + timedelta(days=choose.randrange(10**6)),)),
    "timestamp": Keyed("a timestamp", "A TIMESTAMP(6)", (moment,)),
    "timestamp with time zone": Keyed("a timestamptz", "A TIMESTAMP(6) WITH TIME ZONE", (zoned,)),
    "few first values": Keyed("a smallint, b text, c uuid", "A NUMBER(5), B VARCHAR2(60), C VARCHAR2(36)", (lambda choose: choose.choice([1, 2]), lambda choose: choose.choice("가나a"), uuid)),
    "date and text": Keyed("a date, b text", "A DATE, B VARCHAR2(60)", (lambda choose: date(2026, 11, choose.choice([26, 27])), text)),
}  # fmt: skip


def fill(it: Compared, kind: Keyed) -> list[tuple[Any, ...]]:
    """The same rows on both sides; their keys."""
    choose = random.Random(20261127)  # noqa: S311
    names = "abc"[: len(kind.make)]
    keys = list({tuple(make(choose) for make in kind.make): None for _ in range(ROWS)})
    it.postgres(f"ALTER TABLE travelbuddy.compared ADD PRIMARY KEY ({', '.join(names)})")
    with it.running.postgres() as session:
        marks = ", ".join(["%s"] * len(names))
        session.cursor().executemany(f"INSERT INTO travelbuddy.compared VALUES ({marks}, 5)", keys)
    it.postgres("ANALYZE travelbuddy.compared")
    with it.running.oracle() as session, session.cursor() as cursor:
        marks = ", ".join(f":{number}" for number, _ in enumerate(names, start=1))
        cursor.execute("ALTER SESSION SET TIME_ZONE = '+00:00'")
        if isinstance(keys[0][0], datetime):  # bound as a DATE otherwise
            cursor.setinputsizes(oracledb.DB_TYPE_TIMESTAMP_TZ if keys[0][0].tzinfo else oracledb.DB_TYPE_TIMESTAMP)
        cursor.executemany(f"INSERT INTO COMPARED VALUES ({marks}, 5)", keys)
        session.commit()
    return keys


def compared_by_parts(it: Compared, parts: list[Part], **settings: Any) -> tuple[list[int], list[RowDifference]]:
    """How many rows of PostgreSQL each part has, and what differs in them."""
    rows, differences = [], []
    changed = it.pipeline.reconciliation.model_copy(update=settings)
    with opened(it.pipeline.model_copy(update={"reconciliation": changed}), it.projection()) as comparison:
        for part in parts:
            scanned, found = comparison.scan(lambda *_: None, part=part)
            rows.append(scanned.rows)
            differences += found
    return rows, differences


@pytest.mark.parametrize("name", KINDS)
def test_every_row_belongs_to_one_part_on_both_sides(running: RunningParts, pipeline: Pipeline, name: str) -> None:
    kind = KINDS[name]
    settings = pipeline.reconciliation.model_copy(update={"part_rows": 5, "parts_per_table": PARTS})
    in_parts = pipeline.model_copy(update={"reconciliation": settings})
    with table(running, in_parts, f"{kind.postgres}, cost integer", f"{kind.oracle}, COST NUMBER(10)") as it:
        keys = fill(it, kind)
        with opened(in_parts, it.projection()) as comparison:
            parts = comparison.parts()
        assert [(part.number, part.of) for part in parts] == [(number, PARTS) for number in range(1, PARTS + 1)]
        rows, differences = compared_by_parts(it, parts)
        assert differences == []
        assert sum(rows) == len(keys)
        assert max(rows) <= 2 * len(keys) / PARTS, rows
        assert compared_by_parts(it, [WHOLE], range_rows=10) == ([len(keys)], [])

        it.postgres("UPDATE travelbuddy.compared SET cost = 6 WHERE ctid::text LIKE '%7)'")
        whole = compared_by_parts(it, [WHOLE])[1]
        assert {row.kind for row in whole} == {Kind.DIFFERENT}
        for found in (compared_by_parts(it, parts)[1], compared_by_parts(it, [WHOLE], range_rows=10)[1]):
            assert {row.key for row in found} == {row.key for row in whole}

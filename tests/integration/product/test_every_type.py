"""Every type pair: both databases write its values alike, and the repair script writes them as Oracle reads them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from reverse_sync.reconcile.results import Kind
from reverse_sync.reconcile.table import opened
from tests.integration.product.test_compared_tables import statements, table
from tests.integration.type_pairs.test_fuzz import NUMBERS, OTHERS, TEXTS, Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import RowDifference
    from tests.integration.product.conftest import RunningParts
    from tests.integration.product.test_compared_tables import Compared

pytestmark = pytest.mark.integration

ROWS = 25
AWKWARD = (
    "N;",
    ";",
    ":",
    "1:N;",
    "0",
    "NULL",
    "it''s",
    " ' ; -- /* &x",
    "한글 특가",
    "🛫 😀",
    "\\",
    "%s %(x)s :1 {0}",
    "a\nb\n\nc",
    "\n/\n",
)
# What one database writes otherwise than the other, so that values are compared one by one.
BY_VALUE = ("real", "double precision", "FLOAT", "BINARY_DOUBLE", "time", "interval")
# Types that the test would have to make first.
NOT_HERE = ("stage.",)
# The rehearsal's Oracle does not have the one; of the other the script leaves to Oracle whether it cuts or rounds.
NOT_HASHED_ALIKE = ("TIMESTAMP(9)", "TIMESTAMP(3)")


def by_value(case: Case) -> bool:
    text = case.source in ("numeric(8, 2)", "numeric(60, 5)")
    return text or any(word in (case.source, case.target) for word in BY_VALUE)


PLAIN = [
    case
    for case in (*NUMBERS, *TEXTS, *OTHERS)
    if not (case.data_type or case.expression or case.source.startswith(NOT_HERE) or case.target in NOT_HASHED_ALIKE)
]
GROUPS = {
    "numbers": [case for case in NUMBERS if case in PLAIN and not by_value(case)],
    "texts": [case for case in TEXTS if case in PLAIN],
    "others": [case for case in OTHERS if case in PLAIN and not by_value(case)],
    "by value": [case for case in PLAIN if by_value(case)],
}  # fmt: skip


def values(case: Case, choose: random.Random) -> str | None:
    """A value of the pair; often one that might be taken for the row's punctuation, or for none."""
    if choose.random() < 0.1:
        return None
    if case.source in ("varchar(40)", "text") and "CHAR(" not in case.target[:5] and choose.random() < 0.5:
        return choose.choice(AWKWARD)
    return case.make(choose)


def fill(it: Compared, cases: list[Case]) -> None:
    choose = random.Random(20261127)  # noqa: S311
    rows = [[str(key), *(values(case, choose) for case in cases)] for key in range(1, ROWS + 1)]
    places = ", ".join(f"%s::text::{case.source}" for case in cases)
    with it.running.postgres() as session:
        session.cursor().executemany(f"INSERT INTO travelbuddy.compared VALUES (%s::bigint, {places})".encode(), rows)


def repaired(it: Compared) -> list[RowDifference]:
    """What differed, and now should not."""
    with opened(it.pipeline, it.projection()) as comparison:
        _, found = comparison.scan(lambda *_: None)
        script = comparison.repair(found, [])
    it.oracle(*statements(script))
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_what_the_script_writes_has_the_same_hashes_and_a_second_time_it_writes_nothing(
    running: RunningParts, pipeline: Pipeline, group: str, granted: None, nothing_read: Callable[[bool], None]
) -> None:
    cases = GROUPS[group]
    names = [f"c{number}" for number, _ in enumerate(cases)]
    source = ", ".join(f"{name} {case.source}" for name, case in zip(names, cases, strict=True))
    target = ", ".join(f"{name.upper()} {case.target}" for name, case in zip(names, cases, strict=True))
    with table(running, pipeline, f"id bigint PRIMARY KEY, {source}", f"ID NUMBER(19) PRIMARY KEY, {target}") as it:
        fill(it, cases)
        assert {row.kind for row in repaired(it)} == {Kind.MISSING}
        nothing_read(group != "by value")
        scanned, found = it.scan()
        assert (found, scanned.rows) == ([], ROWS)
        assert (scanned.how == ("by hashes",)) is (group != "by value")
        nothing_read(False)

        it.postgres(
            *(f"UPDATE travelbuddy.compared SET {name} = NULL WHERE id % 3 = {n % 3}" for n, name in enumerate(names))
        )
        assert {row.kind for row in repaired(it)} == {Kind.DIFFERENT}
        assert it.scan()[1] == []
        it.postgres("DELETE FROM travelbuddy.compared WHERE id % 2 = 0")
        assert {row.kind for row in repaired(it)} == {Kind.EXTRA}
        assert it.scan()[1] == []

"""How a difference is said."""

import pytest

from reverse_sync.table_mapping import Column, ProjectedColumn
from reverse_sync.type_pairs import pair
from reverse_sync.type_pairs.differences import difference, listed

LIMIT = 32 * 1024
MEMO = pair(ProjectedColumn("MEMO", Column("memo", "text")), Column("MEMO", "CLOB"))
NOTE = pair(ProjectedColumn("NOTE", Column("note", "character varying")), Column("NOTE", "VARCHAR2"))
PHOTO = pair(ProjectedColumn("PHOTO", Column("photo", "bytea")), Column("PHOTO", "BLOB"))
COST = pair(ProjectedColumn("COST", Column("cost", "integer")), Column("COST", "NUMBER"))
TEXT = "가나다라마바사아자차" * 4000


def test_short_values_are_said_whole() -> None:
    assert difference(COST, 7, None) == "should be 7, is None"
    assert difference(MEMO, "부산", "서울", LIMIT) == "should be '부산', is '서울'"
    assert difference(MEMO, "x" * 100, None) == f"should be '{'x' * 56}..., is None"


def test_long_texts_are_said_by_their_lengths_and_the_first_place_where_they_part() -> None:
    other = f"{TEXT[:12_345]}나{TEXT[12_346:]}"
    assert difference(MEMO, TEXT, other, LIMIT) == (
        "should be a text of 40000 characters, is one of 40000; from character 12346 on "
        "'바사아자차가나다라마바사아자차가나다라마'... against '나사아자차가나다라마바사아자차가나다라마'..."
    )
    assert difference(NOTE, "x" * 70, "x" * 65) == (
        "should be a text of 70 characters, is one of 65; from character 66 on 'xxxxx' against nothing"
    )
    assert difference(PHOTO, bytes(100), bytes(99) + b"\xff") == (
        "should be a value of 100 bytes, is one of 100; from byte 100 on 00 against ff"
    )


@pytest.mark.parametrize("kept", [LIMIT // 3, LIMIT // 2, LIMIT // 4])
def test_what_the_lob_limit_cuts_is_called_truncated(kept: int) -> None:
    """A Korean syllable takes three bytes of UTF-8; AWS's page counts two for a character of an NCLOB, or four."""
    assert difference(MEMO, TEXT, TEXT[:kept], LIMIT) == (
        f"should be a text of 40000 characters, is one of {kept}: truncated by the LOB limit of 32 KB; what is there "
        "is the same"
    )


def test_bytes_are_truncated_too() -> None:
    assert "truncated by the LOB limit of 32 KB" in difference(PHOTO, bytes(40_000), bytes(LIMIT), LIMIT)


@pytest.mark.parametrize(
    ("of", "expected", "found", "limit"),
    [
        (MEMO, TEXT, TEXT[: LIMIT // 3 - 5], LIMIT),
        (MEMO, TEXT, "나" + TEXT[1 : LIMIT // 3], LIMIT),
        (MEMO, TEXT, TEXT[: LIMIT // 3], None),
        (NOTE, "x" * 40_000, "x" * LIMIT, LIMIT),
    ],
    ids=["elsewhere", "not the first part", "no limit", "no LOB"],
)
def test_other_shorter_texts_are_not(of: object, expected: str, found: str, limit: int | None) -> None:
    said = difference(of, expected, found, limit)  # type: ignore[arg-type]
    assert "truncated" not in said
    assert "from character " in said


def test_many_differences_are_counted() -> None:
    assert listed(["a", "b", "c"], 3) == ["a", "b", "c"]
    assert listed(["a", "b", "c", "d", "e"], 2) == ["a", "b", "and 3 more"]

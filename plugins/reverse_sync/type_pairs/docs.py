"""`python -m reverse_sync.type_pairs.docs > docs/types.md`: the table of type pairs, out of the table itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.table_mapping import Column, ProjectedColumn
from reverse_sync.table_mapping.data_types import FROM_CATEGORIES, FROM_POSTGRES
from reverse_sync.table_mapping.grammar import DataType
from reverse_sync.type_pairs.pairs import RULES, RULES_OF_EXPRESSIONS, Rule, Verdict, pair
from reverse_sync.type_pairs.source_types import source_type

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Types: what becomes of a value, and when both sides are the same

A value goes from its PostgreSQL type to [the DMS type that stands for it][source], perhaps to another one that a
`change-data-type` rule asks for, and into [the type of the Oracle column][target]. `make docs` writes this page out of
the table that the preflight, the canary and the comparison of whole tables read: `plugins/reverse_sync/type_pairs/`.

[source]: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes
[target]: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html#CHAP_Target.Oracle.DataTypes

How both sides are read: PostgreSQL's values as the text that PostgreSQL prints, Oracle's moments as text in UTC.
Neither a driver's idea of a type, nor a session's time zone, nor the worker's `TZ` has a part in it.

- NULL is NULL, and so is `''`: Oracle knows no empty text, nor an empty RAW. DMS writes one space for `''`, unless
  `alwaysReplaceEmptyString=false` is among the target endpoint's attributes.
- Blanks at the end mean nothing where one side is a CHAR, in a key neither. In a VARCHAR2 they do.
- `infinity` is 9999-12-31 23:59:59, as AWS documents. `-infinity` is 4713-01-01 BC, before Oracle's first date: such a
  row does not arrive.
- `numeric` without a precision is carried with six digits behind the point.
- A moment is compared in UTC, to the digits of a second that the Oracle column keeps; the digit may be cut or rounded.
- A text or bytea that travels as a LOB is cut at `dms.task.limited_lob_max_kb`. The preflight names a value that is
  longer; a comparison says "truncated by the LOB limit" where Oracle holds exactly the part before it.
- What only DMS knows (its clock, random digits) is left out.

"""
_MATRIX = """\
## Which types go together

`=` fits. `~` fits, and something may be lost: the preflight says what. `x` Oracle refuses it: an error of the
preflight. `?` is written, but nothing documents how: not compared, a warning. `()` around a type: AWS lists it as one
that DMS does not migrate (from PostgreSQL to PostgreSQL; of Oracle it says nothing), a warning.

"""
_PAIRS = """
## How values are compared

A key whose order both databases share lets a table be walked in the order of its key.

| DMS carries | Oracle's type | compared | may be lost | orders a key |
| --- | --- | --- | --- | --- |
"""


class _Target(NamedTuple):
    title: str
    column: Column


_TARGETS = (
    _Target("NUMBER(p,s)", Column("C", "NUMBER", precision=10, scale=2)),
    _Target("NUMBER(1)", Column("C", "NUMBER", precision=1)),
    _Target("FLOAT", Column("C", "FLOAT", precision=126)),
    _Target("BINARY_FLOAT", Column("C", "BINARY_FLOAT")),
    _Target("BINARY_DOUBLE", Column("C", "BINARY_DOUBLE")),
    _Target("VARCHAR2, NVARCHAR2", Column("C", "VARCHAR2", length=4000)),
    _Target("CHAR(n BYTE or CHAR), NCHAR", Column("C", "CHAR", length=2000)),
    _Target("CLOB, NCLOB", Column("C", "CLOB")),
    _Target("RAW", Column("C", "RAW", length=16)),
    _Target("BLOB", Column("C", "BLOB")),
    _Target("DATE", Column("C", "DATE")),
    _Target("TIMESTAMP", Column("C", "TIMESTAMP", scale=6)),
    _Target("TIMESTAMP WITH TIME ZONE", Column("C", "TIMESTAMP WITH TIME ZONE", scale=6)),
    _Target("TIMESTAMP WITH LOCAL TIME ZONE", Column("C", "TIMESTAMP WITH LOCAL TIME ZONE", scale=6)),
    _Target("INTERVAL", Column("C", "INTERVAL DAY TO SECOND")),
)
_SIGNS = {Verdict.FITS: "=", Verdict.LOSES: "~", Verdict.CLASHES: "x"}


def page() -> str:
    """The page as it should be."""
    return "".join((_HEAD, _MATRIX, *_matrix(), _PAIRS, *_pairs(), *_pairs_of_expressions()))


def _sources() -> Iterator[tuple[str, str, ProjectedColumn]]:
    """Each PostgreSQL type with its title, the DMS type, and a column of it."""
    for name in FROM_POSTGRES:
        if name == "numeric":
            yield _titled("numeric(p,s)", Column("c", name, precision=10, scale=2))
            yield _titled("numeric(39 and more)", Column("c", name, precision=39))
        yield _titled(name, Column("c", name))
    for name in FROM_CATEGORIES:
        yield _titled(name, Column("c", name, category=name))
    flag = Column("c", "boolean")
    yield "boolean, by `change-data-type`", "boolean", ProjectedColumn("C", flag, data_type=DataType(type="boolean"))
    yield "an expression's text", "string", ProjectedColumn("C", expression="$c")


def _titled(title: str, column: Column) -> tuple[str, str, ProjectedColumn]:
    found = source_type(column)
    return title if found.migrates else f"({title})", found.dms, ProjectedColumn("C", column)


def _matrix() -> Iterator[str]:
    yield f"| PostgreSQL | DMS | {' | '.join(target.title for target in _TARGETS)} |\n"
    yield f"| --- | --- |{' :-: |' * len(_TARGETS)}\n"
    for title, dms, projected in _sources():
        cells = " | ".join(_sign(projected, target.column) for target in _TARGETS)
        yield f"| {title} | {dms} | {cells} |\n"


def _sign(projected: ProjectedColumn, column: Column) -> str:
    found = pair(projected, column)
    clashes = found.verdict is Verdict.CLASHES
    return "?" if not found.comparable and not clashes else _SIGNS[found.verdict]


def _pairs() -> Iterator[str]:
    for (kind, store), rule in RULES.items():
        yield _line(kind, store, rule)


def _pairs_of_expressions() -> Iterator[str]:
    for store, rule in RULES_OF_EXPRESSIONS.items():
        yield _line("text of an expression", store, rule)


def _line(carried: str, store: str, rule: Rule) -> str:
    says = f"not: {rule.why_not}" if rule.why_not else rule.says
    return f"| {carried} | {store} | {says} | {rule.loses} | {'yes' if rule.key else ''} |\n"


if __name__ == "__main__":
    print(page(), end="")

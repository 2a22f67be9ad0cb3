"""What the AWS documentation leaves open, decided here and nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.patterns import as_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.table_mapping.grammar import Selection, Transformation

SqliteValue = None | int | float | str | bytes
DMS_OWN = "awsdms_"
"""What the names of DMS's own tables begin with."""


def winner(rules: Iterable[Transformation]) -> Transformation | None:
    """The rule that applies where several match one object: the one with the lowest rule-id, compared as a number.

    Documented at the value `rule-id` of
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html;
    that a wildcard and a literal name which meet on one column are "the same object" is this project's reading.
    """
    return min(rules, key=lambda rule: rule.rule_id, default=None)


def included(included_by: int, excluded_by: int) -> bool:
    """Whether a table takes part: some rule includes it and none excludes it, in whatever order they stand."""
    return included_by > 0 and excluded_by == 0


def may_take_in(rule: Selection, table: str) -> bool:
    """Whether a selection rule may take in a table of that name: DMS's own tables only by their exact names.

    They begin with `awsdms_` (`awsdms_ddl_audit`, `awsdms_heartbeat`) and lie beside the service's tables, so that a
    wildcard means them as well, but nobody wants their rows on the target:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html.
    """
    return not table.startswith(DMS_OWN) or as_name(rule.object_locator.table_name) == table


def passes_any(verdicts: Iterable[bool]) -> bool:
    """Whether a row takes part where several include rules select its table: one whose filters accept it is enough."""
    return any(verdicts)


def as_number(value: object) -> SqliteValue:
    """How a value reaches an expression that does something with it: a number as a number, whatever its digits.

    SQLite has integers of 64 bits and double precision, so a number that neither holds exactly comes as the nearest
    double: it is compared by its size then (`$price >= 100`), and what an expression makes of it has 15 digits.
    """
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        kept = as_sqlite(value)
        return float(value) if isinstance(kept, str) and Decimal(value).is_finite() else kept
    return as_sqlite(value)


def as_sqlite(value: object) -> SqliteValue:
    """How a source value reaches a filter, or an expression that is this one column: with all its digits.

    AWS names only the format of dates and times, `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS`
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html). Taken here: a timestamp
    with time zone arrives in UTC without an offset, with six digits of a second; a boolean as `true` or `false`
    (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, MapBooleanAsBoolean); a number that
    SQLite's 64-bit integers cannot hold as its exact digits.
    """
    match value:
        case None | float() | str() | bytes():
            return value
        case bool():
            return "true" if value else "false"
        case int() if -(2**63) <= value < 2**63:
            return value
        case Decimal() if value.is_finite() and value == value.to_integral_value() and abs(value) < 2**63:
            return int(value)
        case datetime():
            if value.tzinfo is not None:
                value = value.astimezone(UTC).replace(tzinfo=None)
            return value.isoformat(sep=" ", timespec="microseconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)

"""The question to a person before rows that differ are repaired: how many, which, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowSkipException

from reverse_sync.approval import ApproveOperator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.approval import ApproveKeywords
    from reverse_sync.results import Answer, TableComparison

SAMPLE = 10
_HOW = {
    "oracle": "Oracle's rows are written as PostgreSQL holds them: inserted, updated, deleted.",
    "touch": "PostgreSQL updates rows to their own values, so that DMS sends them again; rows that one side lacks stay "
    "as they are.",
}


class ApproveRepairOperator(ApproveOperator):
    """Asks a person whether the rows that the reconciliation named are to be repaired; skipped where nothing is.

    :param how: `none`, `oracle` or `touch`; a template
    :param comparisons: what the reconciliation found, table by table; a template
    """

    template_fields: Sequence[str] = (*ApproveOperator.template_fields, "how", "comparisons")

    def __init__(self, *, how: str, comparisons: Iterable[TableComparison], **kwargs: Unpack[ApproveKeywords]) -> None:
        super().__init__(**kwargs)
        self.how = how
        self.comparisons = comparisons

    def execute(self, context: Context) -> Answer | None:
        """Ask, with counts and a sample.

        :raises AirflowSkipException: where the run is not to repair, or no row differs.
        """
        differing = [found for found in self.comparisons if found.get("differences")]
        if self.how not in _HOW:
            raise AirflowSkipException("The parameter repair is 'none': rows that differ are named only")
        if not differing:
            raise AirflowSkipException("No row differs: there is nothing to repair")
        self.body = "\n".join(_lines(self.how, differing))
        return super().execute(context)


def _lines(how: str, differing: Iterable[TableComparison]) -> Iterator[str]:
    """As Markdown."""
    yield f"{_HOW[how]} A row that has changed since it was seen is left alone; afterwards all are compared again."
    for found in differing:
        differences = found.get("differences", [])
        yield f"\n{found.get('what')}\n"
        yield "```"
        yield from differences[:SAMPLE]
        yield "```"
        if (more := sum(_differing(found)) - SAMPLE) > 0:
            yield f"and {more} more"
        if script := found.get("repair_script"):
            yield f"\nthe statements: `{script}`"


def _differing(found: TableComparison) -> Iterator[int]:
    counts = found.get("counts", {})
    return (count for state, count in counts.items() if state not in ("equal", "in flight"))

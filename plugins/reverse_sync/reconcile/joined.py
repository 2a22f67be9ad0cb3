"""The answers of a table's parts as one answer of the table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reverse_sync.reconcile.results import TableResult

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined(parts: Sequence[TableResult]) -> TableResult:
    """The table's answer; its seconds are those of the parts together, its position the last part's.

    :param parts: at least one, in the order of the key
    """
    first = parts[0]
    scans = [part.scanned for part in parts]
    scanned = first.scanned.model_copy(
        update={
            "rows": sum(scan.rows for scan in scans),
            "unresolved": any(scan.unresolved for scan in scans),
            "seconds": round(sum(scan.seconds for scan in scans), 3),
            "bytes": max(scan.bytes for scan in scans),
            "stopped": "; ".join(dict.fromkeys(scan.stopped for scan in scans if scan.stopped)),
            "how": tuple(dict.fromkeys(how for scan in scans for how in scan.how)),
            "lsn": max((scan.lsn for scan in scans), key=_position),
        }
    )
    return TableResult(
        scanned=scanned,
        in_flight=sum(part.in_flight for part in parts),
        moving=sum(part.moving for part in parts),
        differences=tuple(row for part in parts for row in part.differences),
        unnamed=sum((Counter(part.unnamed) for part in parts), Counter()),
        looks=max(part.looks for part in parts),
        refused=next((part.refused for part in parts if part.refused), ""),
        unconfirmed=next((part.unconfirmed for part in parts if part.unconfirmed), ""),
    )


def _position(lsn: str) -> tuple[int, int]:
    """https://www.postgresql.org/docs/current/datatype-pg-lsn.html"""
    high, _, low = lsn.partition("/")
    return int(high or "0", 16), int(low or "0", 16)

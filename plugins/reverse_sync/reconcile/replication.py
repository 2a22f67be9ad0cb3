"""How far replication has come: whether it has passed a position of PostgreSQL, and how far it lags behind.

The pipeline's own slot tells that. Where nothing is known of which one that is, every active slot of DMS does; where
the one that was known is gone, they are waited for as well, but confirm nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.catalog.database import fetch_all
from reverse_sync.evidence.store import kept_slot
from reverse_sync.postgres.session import postgres_session
from reverse_sync.postgres.slots import DMS_PLUGINS

if TYPE_CHECKING:
    from reverse_sync.catalog.database import Row
    from reverse_sync.pipeline import Pipeline

# A slot that is kept in the records may be gone, or lost and dropped and created under another name since.
_SLOTS = """
WITH own AS (
  SELECT slot_name FROM pg_replication_slots WHERE slot_name = %(own)s AND wal_status IS DISTINCT FROM 'lost'
)
SELECT slot_name, confirmed_flush_lsn::text, coalesce(confirmed_flush_lsn >= %(lsn)s::pg_lsn, false),
  pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)
FROM pg_replication_slots
WHERE active AND database = current_database() AND plugin = ANY (%(plugins)s)
  AND slot_name = coalesce((SELECT slot_name FROM own), slot_name) ORDER BY slot_name
"""


class Passage(NamedTuple):
    """Whether replication has passed a position.

    :param why_not: empty where it has
    :param comes: whether it can be waited for
    """

    why_not: str
    comes: bool


def passage(pipeline: Pipeline, lsn: str) -> Passage:
    """Whether replication has carried everything up to this position to Oracle.

    DMS confirms to its slot what it has applied:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    own = known_slot(pipeline)
    slots = _slots(pipeline.postgres.connection, own, lsn)
    if not slots:
        return Passage("nobody reads a replication slot of the task, so nothing is on its way", comes=False)
    late = [f"{name} has confirmed {confirmed}" for name, confirmed, passed, _ in slots if not passed]
    if late:
        return Passage(f"PostgreSQL was read at {lsn}, but the slot {', '.join(late)}", comes=True)
    names = [name for name, *_ in slots]
    if own and own not in names:
        others = f"nothing tells whether {', '.join(names)} is the task's"
        return Passage(f"the task's slot should be {own}, but that is gone or has lost WAL, and {others}", comes=False)
    return Passage("", comes=False)


def lag_bytes(postgres_conn_id: str, own: str | None) -> int:
    """How much WAL the slot has not confirmed; nothing where nobody reads it.

    :param postgres_conn_id: the primary, which has the slots
    :param own: the pipeline's slot, see :func:`known_slot`
    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    return max((int(behind or 0) for *_, behind in _slots(postgres_conn_id, own, "0/0")), default=0)


def known_slot(pipeline: Pipeline) -> str | None:
    """The slot of the pipeline's task as a run has kept it; None where none has."""
    return kept_slot(pipeline.evidence, pipeline.dms.task.identifier, None)


def _slots(postgres_conn_id: str, own: str | None, lsn: str) -> list[Row]:
    with postgres_session(postgres_conn_id) as connection:
        return fetch_all(connection, _SLOTS, {"own": own, "lsn": lsn, "plugins": sorted(DMS_PLUGINS)})

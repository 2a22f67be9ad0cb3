"""One table of type pairs: what a PostgreSQL type becomes in Oracle, and when both sides' values are the same.

A value goes from its PostgreSQL type to the DMS type that stands for it, perhaps to another one that the mapping asks
for, and into an Oracle type. Preflight, canary, row comparison and reconciliation all read this table; `docs/types.md`
is generated from it.
"""

from reverse_sync.type_pairs.pairs import Pair, Verdict, pair
from reverse_sync.type_pairs.source_types import SourceType, source_type
from reverse_sync.type_pairs.target_types import Store, store_of

__all__ = ["Pair", "SourceType", "Store", "Verdict", "pair", "source_type", "store_of"]

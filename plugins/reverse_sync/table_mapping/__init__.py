"""The AWS DMS table-mapping language: what a schema, a table and a row become on the target. Pure: no I/O.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.mapping import TableMapping
from reverse_sync.table_mapping.projection import ProjectedColumn, Projection
from reverse_sync.table_mapping.schema import Column, Table

__all__ = ["Column", "MappingError", "Problem", "ProjectedColumn", "Projection", "Table", "TableMapping"]

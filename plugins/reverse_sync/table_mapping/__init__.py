"""The AWS DMS table-mapping language: what a schema, a table and a row become on the target. Pure: no I/O.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from reverse_sync.table_mapping.comparison import rule_differences
from reverse_sync.table_mapping.data_types import as_data_type, dms_type
from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.expressions import HEADERS, Expressions
from reverse_sync.table_mapping.mapping import TableMapping
from reverse_sync.table_mapping.parsing import Rule
from reverse_sync.table_mapping.projection import ProjectedColumn, Projection
from reverse_sync.table_mapping.schema import Column, Table, full_name

__all__ = [
    "HEADERS",
    "Column",
    "Expressions",
    "MappingError",
    "Problem",
    "ProjectedColumn",
    "Projection",
    "Rule",
    "Table",
    "TableMapping",
    "as_data_type",
    "dms_type",
    "full_name",
    "rule_differences",
]

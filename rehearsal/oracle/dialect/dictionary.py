"""The names of the data dictionary: the views that dictionary.sql makes in the schema SYS."""

import re
from pathlib import Path

SQL = Path(__file__).parents[1] / "sql/dictionary.sql"

_VIEWS = re.findall(r'^CREATE VIEW "SYS"\."([^"]+)"', SQL.read_text(), re.MULTILINE)

# USER_X is made from ALL_X, without its first column, the owner.
DICTIONARY = frozenset(_VIEWS) | {
    f"USER_{view[4:]}" for view in _VIEWS if view.startswith("ALL_") and view != "ALL_USERS"
}

"""The names of the data dictionary: the views that dictionary.sql makes in the schema SYS, and Oracle's others."""

import re
from pathlib import Path

from rehearsal.oracle.dialect.words import WORDS

SQL = Path(__file__).parents[1] / "sql/dictionary.sql"

_VIEWS = re.findall(r'^CREATE VIEW "SYS"\."([^"]+)"', SQL.read_text(), re.MULTILINE)

# USER_X is made from ALL_X, without its first column, the owner.
DICTIONARY = frozenset(_VIEWS) | {
    f"USER_{view[4:]}" for view in _VIEWS if view.startswith("ALL_") and view != "ALL_USERS"
}
_FAMILY, _ENDING, _VIEW, _OTHER = (
    "|".join(WORDS[name]) for name in ("view_beginnings", "view_endings", "views_of_users", "other_views")
)
_OF_ORACLE = re.compile(
    rf"G?V_?\$\w+|(CDB|DBA)_\w+|(ALL|USER)_(({_FAMILY})_\w+|\w+_({_ENDING})|{_VIEW})|ROLE_\w+_PRIVS|{_OTHER}"
)


def is_of_oracle(name: str) -> bool:
    """Whether Oracle has a view of its dictionary under this name, here or not."""
    return name not in DICTIONARY and bool(_OF_ORACLE.fullmatch(name))

"""Names and strings as PostgreSQL reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from rehearsal.oracle.errors import stored


@dataclass(frozen=True)
class Name:
    """A table, sequence, index or trigger, and whose it is."""

    owner: str
    name: str

    @property
    def path(self) -> str:
        """The qualified name."""
        return columns((self.owner, self.name), ".")

    @property
    def regclass(self) -> str:
        """What stands for it in PostgreSQL's catalogs."""
        return f"{literal(self.path)}::regclass"


def quote(name: str) -> str:
    """An Oracle name."""
    return '"' + stored(name).replace('"', '""') + '"'


def columns(names: Iterable[str], separator: str = ", ") -> str:
    """Oracle names with commas between them."""
    return separator.join(map(quote, names))


def row(table: str) -> str:
    """How a table goes by inside a query: no column can be taken for a whole row of it."""
    return '"t:' + quote(table)[1:]


def literal(text: str) -> str:
    """A string; the empty one is null."""
    return "'" + text.replace("'", "''") + "'" if text else "NULL"

"""A table as its database describes it."""

from __future__ import annotations

from dataclasses import dataclass


def full_name(schema: str, name: str) -> str:
    """How messages, records and pipeline files write a table or another object of a schema: `shop.orders`."""
    return f"{schema}.{name}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` is the database's own spelling without size, for instance `character varying` or `VARCHAR2`.

    `category` tells PostgreSQL's types that users name: enum, array, composite, range; a domain counts as its base.
    `length` counts characters, or bytes where `length_in_bytes` (Oracle's `VARCHAR2(6 BYTE)`). `most_bytes` is the
    limit of an Oracle text that counts characters, which holds besides, and of a RAW, which has no other.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    length_in_bytes: bool = False
    most_bytes: int | None = None
    identity: bool = False
    generated: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns in order, and the names of its primary key's columns."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The table with its schema."""
        return full_name(self.schema, self.name)

    def column(self, name: str) -> Column | None:
        """The column of exactly that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

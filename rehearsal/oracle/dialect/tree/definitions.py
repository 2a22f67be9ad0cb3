"""Definitions, step by step.

What PostgreSQL has no place for (VARCHAR2's bytes, the text of a default, a NOT NULL's name) goes to tables of SYS,
where the dictionary views find it.
"""

import re
from dataclasses import astuple

from rehearsal.oracle.dialect.formats import nls_settings
from rehearsal.oracle.dialect.names import Name, columns, literal, quote
from rehearsal.oracle.dialect.tree.changes import Assignments
from rehearsal.oracle.dialect.tree.expressions import Condition, Value
from rehearsal.oracle.dialect.tree.walking import Frozen
from rehearsal.oracle.dialect.types import ColumnType
from rehearsal.oracle.errors import OracleError, stored, unlisted


class Step(Frozen):
    """A part of a definition."""

    def statements(self) -> list[str]:
        """What PostgreSQL executes for it. Raises OracleError where the list does not have it."""
        raise NotImplementedError

    def touched(self) -> tuple[tuple[Name, str], ...]:
        """Tables that it needs a right to where they are another's, and which: INDEX, REFERENCES, ALTER or TRIGGER."""
        return ()


class Definition(Step):
    """A definition. ``any_privilege`` is needed in another's schema, ``privilege`` in one's own."""

    steps: tuple[Step, ...]
    owner: str
    privilege: str = ""
    any_privilege: str = ""
    altered: Name | None = None

    def statements(self) -> list[str]:
        return [statement for step in self.steps for statement in step.statements()]

    def touched(self) -> tuple[tuple[Name, str], ...]:
        altered = ((self.altered, "ALTER"),) if self.altered else ()
        return altered + tuple(right for step in self.steps for right in step.touched())


class Action(Step):
    """A step that a function of administration.sql does."""

    function: str
    arguments: tuple[str | bool | Name | bytes | None, ...]

    def statements(self) -> list[str]:
        return [f'SELECT "SYS".{self.function}({", ".join(map(_argument, self.arguments))})']


def _argument(value: str | bool | Name | bytes | None) -> str:
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, Name):
        return literal(value.path)
    return literal(stored(value)) if isinstance(value, str) else "NULL" if value is None else str(value)


class AddColumn(Step):
    """A column; ``null_constraint`` names its NOT NULL, ``default_text`` is as written, a new key's ``is_key``."""

    table: Name
    name: str
    type: ColumnType
    default: Value | None
    default_text: str | None
    null_constraint: str | None
    is_key: bool = False

    def statements(self) -> list[str]:
        not_null = " NOT NULL" if self.null_constraint or self.is_key else ""
        sql = f"{quote(self.name)} {self.type.postgres}{not_null}"
        if self.default:
            sql += f" DEFAULT {self.default.sql()}"
        values = (*astuple(self.type)[1:], self.default_text, self.null_constraint)
        facts = ", ".join("NULL" if fact is None else literal(str(fact)) for fact in values)
        found = f"attrelid = {self.table.regclass} AND attname = {literal(stored(self.name))}"
        return [
            f"ALTER TABLE {self.table.path} ADD COLUMN {sql}",
            f'INSERT INTO "SYS".column_facts SELECT attrelid, attnum, {facts} FROM pg_attribute WHERE {found}',
        ]


class AddConstraint(Step):
    """PRIMARY KEY, UNIQUE, CHECK (with its text as it was written) or FOREIGN KEY."""

    table: Name
    name: str
    kind: str
    columns: tuple[str, ...] = ()
    condition: Condition | None = None
    text: str = ""
    target: Name | None = None
    target_columns: tuple[str, ...] = ()
    on_delete: str = ""

    def statements(self) -> list[str]:
        head = f"ALTER TABLE {self.table.path} ADD CONSTRAINT {quote(self.name)} {self.kind}"
        first = Action("require_new_constraint", (self.table, self.name)).statements()
        then = Action("require_sound_key", (self.table, self.name)).statements()
        if self.condition:
            comment = f"COMMENT ON CONSTRAINT {quote(self.name)} ON {self.table.path} IS {literal(self.text)}"
            return [*first, f"{head} ({self.condition.sql()})", comment]
        # Oracle compares rows that are NULL in some of the columns, in the others.
        nulls = " NULLS NOT DISTINCT" if self.kind == "UNIQUE" and len(self.columns) > 1 else ""
        wanted = f" ({columns(self.target_columns)})" if self.target_columns else ""
        references = f" REFERENCES {self.target.path}{wanted}{self.on_delete}" if self.target else ""
        return [*first, f"{head}{nulls} ({columns(self.columns)}){references}", *then]

    def touched(self) -> tuple[tuple[Name, str], ...]:
        return ((self.target, "REFERENCES"),) if self.target else ()


class Drop(Step):
    """DROP SEQUENCE or INDEX; or of a table its COLUMN or CONSTRAINT, which is the ``part``."""

    kind: str
    name: Name
    part: str = ""

    def statements(self) -> list[str]:
        if not self.part:
            return [f"DROP {self.kind} {self.name.path}"]
        first = Action("require_free_column", (self.name, self.part)).statements() if self.kind == "COLUMN" else []
        last = Action("allow_nulls", (self.name,)).statements() if self.kind == "CONSTRAINT" else []
        return [*first, f"ALTER TABLE {self.name.path} DROP {self.kind} {quote(self.part)}", *last]


class CreateIndex(Step):
    """CREATE [UNIQUE] INDEX."""

    name: Name
    table: Name
    columns: tuple[str, ...]
    is_unique: bool

    def statements(self) -> list[str]:
        if len(set(self.columns)) < len(self.columns):
            raise OracleError(957, "duplicate column name")
        names, unique = columns(self.columns), "UNIQUE " if self.is_unique else ""
        nulls = f" NULLS NOT DISTINCT WHERE NOT (({names}) IS NULL)" if unique else ""
        only = Action("require_only_index", (Name(self.table.owner, self.name.name),)).statements()
        return [f"CREATE {unique}INDEX {quote(self.name.name)} ON {self.table.path} ({names}){nulls}", *only]

    def touched(self) -> tuple[tuple[Name, str], ...]:
        return ((self.table, "INDEX"),)


class ChangeSequence(Step):
    """CREATE or ALTER SEQUENCE; ``options`` are as PostgreSQL knows them, ``facts`` are for the dictionary."""

    sequence: Name
    is_new: bool
    options: tuple[str, ...]
    facts: tuple[str, ...]

    def statements(self) -> list[str]:
        name, options = self.sequence, " ".join(self.options) or "OWNED BY NONE"
        facts = [f'UPDATE "SYS".sequence_facts SET {fact} WHERE relid = {name.regclass}' for fact in self.facts]
        if not self.is_new:
            return [f"ALTER SEQUENCE {name.path} {options}", *facts]
        made = Action("adopt_sequence", (name, name.owner)).statements()
        return [f"CREATE SEQUENCE {name.path} {options}", *made, *facts]


class CreateTrigger(Step):
    """A row trigger: the columns of the new row that it sets, and its body as it was written."""

    name: Name
    table: Name
    events: tuple[str, ...]
    assignments: Assignments
    text: str

    def statements(self) -> list[str]:
        steps = " ".join(f"NEW.{quote(column)} := {value.sql()};" for column, value in self.assignments)
        body, function = literal(f"BEGIN {steps} RETURN NEW; END"), f"{self.name.path}()"
        when = f"BEFORE {' OR '.join(self.events)} ON {self.table.path} FOR EACH ROW"
        return [
            f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS {body}",
            f"ALTER FUNCTION {function} OWNER TO {quote(self.name.owner)}",
            f"COMMENT ON FUNCTION {function} IS {literal(self.text)}",
            f"CREATE TRIGGER {quote(self.name.name)} {when} EXECUTE FUNCTION {function}",
        ]

    def touched(self) -> tuple[tuple[Name, str], ...]:
        return ((self.table, "TRIGGER"),)


# What ALTER SESSION may set, and the only values where there is no choice.
SETTINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("CURRENT_SCHEMA", "TIME_ZONE"), ()),
    **dict.fromkeys(("NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT"), ()),
    "NLS_LANGUAGE": ("AMERICAN",),
    "NLS_TERRITORY": ("AMERICA",),
    "NLS_NUMERIC_CHARACTERS": (".,",),
    **dict.fromkeys(("NLS_SORT", "NLS_COMP"), ("BINARY",)),
    "NLS_LENGTH_SEMANTICS": ("BYTE",),
}


class Control(Step):
    """COMMIT, ROLLBACK, or a parameter that ALTER SESSION sets."""

    command: str
    value: str = ""

    def statements(self) -> list[str]:
        name = self.command.lower()
        if self.command.endswith("_FORMAT"):
            settings = nls_settings(name, self.value) | {f"{name}_spelled": self.value}
            pairs = (f"set_config('oracle.{key}', {literal(text)}, false)" for key, text in settings.items())
            return [f"SELECT {', '.join(pairs)}"]
        if self.command == "TIME_ZONE":
            zone = _offset("+00:00" if self.value.upper() == "UTC" else self.value)
            posix = f"<{zone.replace(':', '')}>{'-' if zone[0] == '+' else '+'}{zone[1:]}"  # it counts to the west
            both = (("TimeZone", posix), ("oracle.time_zone", zone))
            return [f"SELECT set_config('{name}', {literal(value)}, false)" for name, value in both]
        if self.value.upper() not in SETTINGS[self.command]:
            raise unlisted(f"ALTER SESSION SET {self.command} = '{self.value}'")
        return []


def _offset(text: str) -> str:
    found = re.fullmatch(r"([+-])(\d{1,2}):(\d{2})", text)
    if not found:
        raise unlisted(f"ALTER SESSION SET TIME_ZONE = '{text}'")
    sign, hours, minutes = found[1], int(found[2]), int(found[3])
    if not 0 <= minutes <= 59:
        raise OracleError(1875, "time zone minute must be between -59 and 59")
    if hours * 60 + minutes > (14 * 60 if sign == "+" else 12 * 60 + 59):
        raise OracleError(1874, "time zone hour must be between -15 and 15")
    return f"{sign}{hours:02d}:{minutes:02d}"

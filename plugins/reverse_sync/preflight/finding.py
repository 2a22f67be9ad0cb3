"""What a check found: one fact, where it is, why it matters, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypedDict, cast

if TYPE_CHECKING:
    from typing import Unpack

    from reverse_sync.preflight.registry import Check
    from reverse_sync.results import FoundFinding

NOTHING = "nothing"
"""What accepts an error that has to be corrected."""


class Severity(StrEnum):
    """How bad it is: an error stops the run, a warning will bite some day, a note is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Group(StrEnum):
    """What a finding is about."""

    CONNECTIVITY = "connectivity"
    SOURCE = "source"
    TARGET = "target"
    MAPPING = "mapping"
    REPLICATION = "replication"
    PERMISSIONS = "permissions"
    API = "API"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. `code`, `group` and `link` are those of the check that found it, unless the check says otherwise.

    `blind` means that the check could not look: nothing is known to be wrong, and nothing is known to be right.
    `passing` means that the next look may find it gone without anybody's help: an outage, a throttled call.
    `accepted_by` is the key of the pipeline file by which a person lets a run go on past an error, or NOTHING.
    """

    severity: Severity
    what: str
    why: str
    do: str
    file: str | None = None
    rule: str | None = None
    table: str | None = None
    column: str | None = None
    code: str = ""
    group: str = ""
    link: str = ""
    blind: bool = False
    passing: bool = False
    accepted_by: str = ""

    @property
    def way_past(self) -> str:
        """Of an error how a run goes on all the same; empty for anything else, which stops no run."""
        if self.severity is not Severity.ERROR:
            return ""
        if self.accepted_by == NOTHING:
            return "no key lets a run past it"
        return f"the key {self.accepted_by} lets a run past it"

    @property
    def where(self) -> str:
        """File, rule, table and column, as far as they are known."""
        table = f"{self.table}.{self.column}" if self.table and self.column else self.table
        rule = f"rule {self.rule}" if self.rule else None
        return ", ".join(part for part in (self.file, rule, table) if part)

    def as_json(self) -> FoundFinding:
        """The finding as JSON keeps it; keys without a value are left out."""
        kept = {key: value for key, value in asdict(self).items() if value not in (None, "", False)}
        return cast("FoundFinding", kept)

    def of(self, check: Check) -> Finding:
        """The finding with the marks of its check, where it has none of its own."""
        accepted_by = check.accepted_by if self.severity is Severity.ERROR else ""
        return replace(
            self,
            code=self.code or check.code,
            group=self.group or check.group,
            link=self.link or check.link,
            accepted_by=accepted_by,
        )


class Marks(TypedDict, total=False):
    """What a :class:`Finding` may have besides; it says what each is."""

    file: str | None
    rule: str | None
    table: str | None
    column: str | None
    code: str
    group: str
    link: str
    blind: bool
    passing: bool


def error(what: str, why: str, do: str, **more: Unpack[Marks]) -> Finding:
    """Something that fails, or silently goes wrong, when the replication runs."""
    return Finding(Severity.ERROR, what, why, do, accepted_by=NOTHING, **more)


def warning(what: str, why: str, do: str, **more: Unpack[Marks]) -> Finding:
    """Something that works today."""
    return Finding(Severity.WARNING, what, why, do, **more)


def note(what: str, why: str, do: str, **more: Unpack[Marks]) -> Finding:
    """Something to know."""
    return Finding(Severity.NOTE, what, why, do, **more)

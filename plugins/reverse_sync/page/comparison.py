"""What is different between two runs: parameters, settings, mapping, versions, AWS, PostgreSQL, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.evidence.shapes import result_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.evidence.shapes import Record

MISSING = "not there"


class Change(NamedTuple):
    """One thing that is not the same."""

    what: str
    before: object
    after: object


class Subject(NamedTuple):
    """One kind of facts: what changed in it, and whether both records have it at all."""

    title: str
    changes: list[Change]
    known: bool = True


def compared(before: Record, after: Record) -> list[Subject]:
    """Subject by subject, also those in which nothing changed."""
    return [
        _subject("Parameters", before["parameters"], after["parameters"]),
        _subject("Pipeline file", before.get("settings"), after.get("settings")),
        _subject("Table mapping", _mapping(before), _mapping(after)),
        _subject("Columns", _columns(before), _columns(after)),
        _subject("Versions", before["versions"], after["versions"]),
        _subject("AWS", _aws(before), _aws(after)),
        _subject("PostgreSQL", _postgres(before), _postgres(after)),
        _subject("Findings", _findings(before), _findings(after)),
    ]


def nothing_changed(subjects: list[Subject]) -> bool:
    """Whether all that both records know is the same."""
    return not any(subject.changes for subject in subjects)


def _subject(title: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> Subject:
    if before is None or after is None:
        return Subject(title, [], known=False)
    changes = [
        Change(key, before.get(key, MISSING), after.get(key, MISSING))
        for key in dict.fromkeys((*before, *after))
        if before.get(key, MISSING) != after.get(key, MISSING)
    ]
    return Subject(title, changes)


def _mapping(record: Record) -> dict[str, str] | None:
    """The file and its fingerprint."""
    if not record.get("mapping_sha256"):
        return None
    return {"file": record["mapping_file"], "SHA-256": record["mapping_sha256"][:12]}


def _columns(record: Record) -> dict[str, str] | None:
    """Each column with what becomes of it; None where the run did not look, or its record is older than that."""
    preflight = result_of(record["steps"], steps.PREFLIGHT)
    tables = preflight.get("tables") if preflight else None
    if not tables:
        return None
    found = {}
    for table in tables:
        for column in table["columns"]:
            name = (
                f"{table['source']}.{column['source']}" if column["source"] else f"{table['target']}.{column['target']}"
            )
            found[name] = f"{column['state']}: {column['target'] or 'nothing'} {column['target_type'] or ''}".strip()
    return found


def _aws(record: Record) -> dict[str, object]:
    """ARNs, and the endpoints in DMS's own words."""
    found: dict[str, object] = {}
    for step in record["steps"]:
        result = step["result"] if isinstance(step["result"], dict) else {}
        if arn := result.get("arn"):
            found[f"{step['task']}: ARN"] = arn
        described = result.get("endpoint")
        if isinstance(described, dict):  # the test of an endpoint returns its name
            found |= {f"{step['task']}: {key}": value for key, value in described.items()}
    return found


def _postgres(record: Record) -> dict[str, object]:
    seen = result_of(record["steps"], steps.WAIT_SETTINGS) or result_of(record["steps"], steps.DECIDE_REBOOT)
    return {key: value for key, value in seen.items() if key not in ("outcome", "what", "why")} if seen else {}


def _findings(record: Record) -> dict[str, str]:
    return dict(_named_findings(record))


def _named_findings(record: Record) -> Iterator[tuple[str, str]]:
    preflight = result_of(record["steps"], steps.PREFLIGHT)
    for finding in preflight["findings"] if preflight else []:
        yield f"{finding['code']}: {finding['what']}", finding["severity"]

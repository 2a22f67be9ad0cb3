"""The seed's own mapping, and the one that ships, on the real tables."""

from __future__ import annotations

import pytest

from reverse_sync.preflight import Severity
from tests.support.cutovers import TRIGGER, changed, find, source, target
from tests.support.mappings import SEED_MAPPING


def _marks(mapping_text: str | None) -> list[tuple[str, str, str | None, str | None]]:
    found = find(mapping_text, source=source(), target=target(triggers=(TRIGGER,)))
    return [(str(item.severity), item.code, item.rule, item.column) for item in found if item.code != "canary-row"]


def _notes() -> list[tuple[str, str, str | None, str | None]]:
    return [
        ("note", "null-into-not-null", None, "COST"),
        ("note", "empty-into-not-null", None, "HEADER"),
        ("note", "text-too-long", None, None),
        ("note", "trigger-fires", None, "ID"),
    ]


def test_the_seeds_mapping_yields_what_its_authors_found_by_hand() -> None:
    assert _marks(SEED_MAPPING.read_text()) == [
        ("error", "rule-without-object", "556002807", "detination_code"),
        ("error", "rules-collide", "555867091", None),
        *(
            ("error", "target-column-missing", "555867091", name)
            for name in ("ORIGIN_CODE", "DESTINATION_CODE", "EXPIRY_DATE", "EXPIRY_DATE_NUM")
        ),
        ("error", "type-clash", "556134354", "EXPIRYDATE"),
        *(
            ("warning", "target-column-not-written", None, name)
            for name in ("ORIGINCODE", "DESTINATIONCODE", "EXPIRYDATE")
        ),
        *_notes(),
    ]


def test_the_shipped_mapping_yields_notes_only() -> None:
    assert _marks(None) == _notes()


def test_the_typo_is_named_with_the_column_that_was_meant() -> None:
    found = find(SEED_MAPPING.read_text(), source=source())
    assert [item.what for item in found if item.code == "rule-without-object"] == [
        "detination_code: no such column in travelbuddy.flightspecial; did you mean destination_code?"
    ]


def test_the_trigger_is_named_with_the_column_that_it_rewrites() -> None:
    for policy, severity, do in (
        ("disable", Severity.NOTE, "nothing: the run disables it"),
        ("stop", Severity.ERROR, "ALTER TRIGGER TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER DISABLE"),
    ):
        found = find(
            pipeline=changed("oracle", insert_triggers=policy), source=source(), target=target(triggers=(TRIGGER,))
        )
        [trigger] = [item for item in found if item.code == "trigger-fires"]
        assert trigger.severity is severity
        assert trigger.what == "the trigger FLIGHTSPECIAL_TRIGGER (BEFORE EACH ROW, INSERT) rewrites ID"
        assert trigger.do.startswith(do)


@pytest.mark.parametrize("path", ["/x/{id}/header", "/x/{id}"])
def test_the_canarys_path_is_questioned_where_it_names_another_column(path: str) -> None:
    from reverse_sync.preflight.runner import examine
    from tests.support.cutovers import cutover

    assert [item.code for item in examine(cutover())] == ["tls-off", "canary-path"]
    assert [item.code for item in examine(cutover(pipeline=changed("canary", path=path)))] == ["tls-off"]

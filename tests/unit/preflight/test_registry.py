"""The checks describe themselves, and the page that lists them is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docsite.pipeline_keys import all_keys
from reverse_sync.preflight import Group, Severity
from reverse_sync.preflight.docs import page
from reverse_sync.preflight.finding import NOTHING, error, note, warning
from reverse_sync.preflight.registry import CHECKS, check
from reverse_sync.preflight.report import as_text
from reverse_sync.preflight.runner import examine
from tests.support.cutovers import cutover, source
from tests.support.mappings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight import Finding
    from reverse_sync.preflight.cutover import Cutover


def test_codes_are_unique() -> None:
    codes = [item.code for item in CHECKS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.code)
def test_each_check_says_what_it_finds_and_where_to_read_on(item: object) -> None:
    assert item.summary.endswith(".")  # type: ignore[attr-defined]
    assert item.link.startswith("https://")  # type: ignore[attr-defined]


def test_the_page_is_up_to_date() -> None:
    """If not: `PYTHONPATH=plugins python -m reverse_sync.preflight.docs > docs/preflight.md`."""
    assert (ROOT / "docs/preflight.md").read_text() == page()


@pytest.fixture
def added() -> Iterator[None]:
    count = len(CHECKS)
    yield
    del CHECKS[count:]


@pytest.mark.usefixtures("added")
def test_a_check_that_breaks_says_so_and_the_others_go_on() -> None:
    @check(Group.API, "https://example.org/read")
    def broken_check(_world: Cutover) -> Iterator[Finding]:
        """It rains."""
        yield note("clouds", "they hide", "wait")
        raise PermissionError("permission denied for view pg_clouds\nHINT: ask")

    @check(Group.API, "https://example.org/read")
    def last_check(_world: Cutover) -> Iterator[Finding]:
        """It shines."""
        yield note("the sun", "it shines", "go out")

    found = examine(cutover())
    broken = next(item for item in found if item.blind)
    assert (broken.severity, broken.blind, broken.group) == (Severity.WARNING, True, "API")
    assert broken.what == "could not look: permission denied for view pg_clouds HINT: ask"
    assert broken.why == "not known: it rains."
    assert [item.what for item in found if item.code == "last-check"] == ["the sun"]


@pytest.mark.usefixtures("added")
def test_a_check_without_what_it_needs_does_not_run() -> None:
    @check(Group.SOURCE, "https://example.org/read", "source")
    def needs_a_source(_world: Cutover) -> Iterator[Finding]:
        """Anything."""
        yield note("looked", "", "")

    assert "needs-a-source" not in {item.code for item in examine(cutover())}
    assert "needs-a-source" in {item.code for item in examine(cutover(source=source()))}


def test_each_error_names_the_key_that_accepts_it_or_says_that_none_does() -> None:
    keys = {key.path for key in all_keys()}
    assert {item.accepted_by for item in CHECKS} - {NOTHING} <= keys
    nothing, key = error("x", "because", "do"), examine(cutover("{"))[0]
    assert nothing.way_past == key.way_past == "no key lets a run past it"
    drift = next(item for item in CHECKS if item.code == "task-drift")
    found = error("x", "because", "do").of(drift)
    assert "because; do; the key dms.on_drift lets a run past it" in as_text([found])
    assert found.as_json().get("accepted_by") == "dms.on_drift"
    assert warning("x", "because", "do").of(drift).way_past == ""


def test_errors_come_first() -> None:
    found = examine(cutover("{", source=source(dms_login="x", login=None)))
    order = [list(Severity).index(item.severity) for item in found]
    assert order == sorted(order)
    assert found[0].severity is Severity.ERROR

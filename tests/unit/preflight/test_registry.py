"""The checks describe themselves, and the page that lists them is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reverse_sync.preflight import Group, Severity
from reverse_sync.preflight.docs import page
from reverse_sync.preflight.finding import note
from reverse_sync.preflight.registry import CHECKS, check
from reverse_sync.preflight.runner import examine
from tests.support.mappings import ROOT
from tests.support.worlds import source, world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight import Finding
    from reverse_sync.preflight.world import World


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
    def broken_check(_world: World) -> Iterator[Finding]:
        """It rains."""
        yield note("clouds", "they hide", "wait")
        raise PermissionError("permission denied for view pg_clouds\nHINT: ask")

    @check(Group.API, "https://example.org/read")
    def last_check(_world: World) -> Iterator[Finding]:
        """It shines."""
        yield note("the sun", "it shines", "go out")

    found = examine(world())
    broken = next(item for item in found if item.blind)
    assert (broken.severity, broken.blind, broken.group) == (Severity.WARNING, True, "API")
    assert broken.what == "could not look: permission denied for view pg_clouds HINT: ask"
    assert broken.why == "not known: it rains."
    assert [item.what for item in found if item.code == "last-check"] == ["the sun"]


@pytest.mark.usefixtures("added")
def test_a_check_without_what_it_needs_does_not_run() -> None:
    @check(Group.SOURCE, "https://example.org/read", "source")
    def needs_a_source(_world: World) -> Iterator[Finding]:
        """Anything."""
        yield note("looked", "", "")

    assert "needs-a-source" not in {item.code for item in examine(world())}
    assert "needs-a-source" in {item.code for item in examine(world(source=source()))}


def test_errors_come_first() -> None:
    found = examine(world("{", source=source(dms_login="x", login=None)))
    order = [list(Severity).index(item.severity) for item in found]
    assert order == sorted(order)
    assert found[0].severity is Severity.ERROR

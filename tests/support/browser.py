"""A genuine browser, signed in to the rehearsal's Airflow."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect, sync_playwright

from rehearsal.airflow.environment import USER, password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FrameLocator, Page, StorageState

    from tests.support.rehearsal import Rehearsal

# Airflow's interface is slow on a busy machine.
PATIENCE_MS = 60_000
# Where `make screenshots` wants pictures; empty otherwise.
PICTURES = os.environ.get("SCREENSHOTS", "")
DAG = "flightspecials_reverse_sync"


def chromium() -> Iterator[Browser]:
    """The machine's own chromium; nothing is downloaded."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: `make browser` installs it"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        # As root chromium refuses its own sandbox; it opens nothing but the rehearsal here.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(browser: Browser, rehearsal: Rehearsal) -> StorageState:
    """What a browser holds after it has signed in, by Airflow's own form."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address(rehearsal, "/"), timeout=PATIENCE_MS)
    page.locator("input[name=username]").fill(USER, timeout=PATIENCE_MS)
    page.locator("input[name=password]").fill(password(rehearsal.layout.part_home("airflow")))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Sync", exact=True)).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


def address(rehearsal: Rehearsal, path: str) -> str:
    """An address of the rehearsal's Airflow."""
    return f"http://127.0.0.1:{rehearsal.ports.airflow}{path}"


def frame(page: Page) -> FrameLocator:
    """Our page inside Airflow's."""
    return page.frame_locator("iframe")


def keep_picture(page: Page, name: str) -> None:
    """Keep what the page looks like, where `make screenshots` asks for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")

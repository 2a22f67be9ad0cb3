"""The page "Sync" in a genuine browser, inside a genuine Airflow: what a person at night does there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from rehearsal import rehearse
from tests.support.browser import DAG, PATIENCE_MS, PICTURES, address, chromium, frame, keep_picture, sign_in
from tests.support.decommission import DECOMMISSION, Decommission
from tests.support.wait import ASKS_AIRFLOW_S, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page, StorageState

    from tests.support.rehearsal import Rehearsal

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, rehearsal: Rehearsal) -> StorageState:
    return sign_in(browser, rehearsal)


@pytest.fixture
def page(browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """A window in which somebody has signed in."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def trigger_in_the_form(page: Page, rehearsal: Rehearsal, text: str | None = None) -> str:
    """Press Trigger, and Trigger in the form; the run's id."""
    rehearse.unpause(rehearsal.airflow)
    known = runs(rehearsal)
    page.goto(address(rehearsal, f"/dags/{DAG}"))
    page.get_by_role("button", name="Trigger Dag").click()
    dialog = page.get_by_role("dialog")
    if text:
        dialog.get_by_text("The canary", exact=True).click()
        dialog.locator("[name=element_canary_text]").fill(text)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "dagRuns" in answer.url):
        dialog.get_by_role("button", name="Trigger", exact=True).click()
    [run_id] = runs(rehearsal) - known
    return run_id


def runs(rehearsal: Rehearsal) -> set[str]:
    return {run["dag_run_id"] for run in rehearsal.airflow.get(f"dags/{DAG}/dagRuns", limit=100)["dag_runs"]}


def open_run(page: Page, rehearsal: Rehearsal, run_id: str) -> None:
    page.goto(address(rehearsal, f"/dags/{DAG}/runs/{quote(run_id)}/plugin/reverse-sync-dag-run"))


def leave_frame(page: Page, link: Locator) -> None:
    """Follow a link into Airflow: the frame may not navigate its parent, so the page's script does, once it is there."""
    expect(frame(page).locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))
    link.click()


def test_a_run_is_triggered_with_its_defaults_followed_live_and_proved(page: Page, rehearsal: Rehearsal) -> None:
    run_id = trigger_in_the_form(page, rehearsal)
    open_run(page, rehearsal, run_id)
    expect(frame(page).locator(".verdict .badge")).to_have_text(re.compile("under way|not begun"))
    expect(frame(page).locator(".now li").first).to_be_visible()
    # Nobody loads the page again: it follows the run to its end.
    expect(frame(page).locator(".verdict .badge")).to_contain_text("proved, complete", timeout=150_000)
    canary = frame(page).get_by_role("region", name="The canary: TRAVELBUDDY.FLIGHTSPECIAL, ID=1")
    expect(canary).to_contain_text("Oracle held the row")
    expect(canary.get_by_text("✔ same")).to_have_count(9)
    expect(frame(page).get_by_role("region", name="Whole tables")).to_contain_text("every row")


def test_a_red_run_that_was_triggered_with_parameters_says_both(page: Page, rehearsal: Rehearsal) -> None:
    rehearsal.build()
    rehearsal.verb("fault", "fail-connection-test", "message=ORA-12541: no listener")
    try:
        run_id = trigger_in_the_form(page, rehearsal, "런던에서 부산까지")
        assert rehearse.follow(rehearsal.airflow, run_id, 180) == "failed"
    finally:
        rehearsal.verb("heal")
    open_run(page, rehearsal, run_id)
    inside = frame(page)
    expect(inside.locator(".verdict .badge")).to_contain_text("not proved")
    failed = inside.get_by_role("region", name="Expected, found, do this")
    expect(failed).to_contain_text("ORA-12541: no listener")
    expect(failed).to_contain_text("The runbook says: DMS can't connect to a database.")
    expect(inside.get_by_role("region", name="Parameters other than")).to_contain_text("런던에서 부산까지")
    keep_picture(page, "red-run")
    leave_frame(page, failed.get_by_role("link", name="its log"))
    expect(page).to_have_url(re.compile(rf"/dags/{DAG}/runs/[^/]+/tasks/dms\.test_"))
    expect(page.locator("iframe")).to_have_count(0)


def test_the_navigation_leads_to_all_pipelines_in_airflows_theme(page: Page, rehearsal: Rehearsal) -> None:
    rehearsal.build()
    page.add_init_script("localStorage.setItem('theme', 'dark')")
    page.goto(address(rehearsal, "/"))
    page.get_by_role("link", name="Sync", exact=True).click()
    expect(frame(page).get_by_role("heading", name="Reverse Sync")).to_be_visible()
    expect(frame(page).get_by_role("link", name="flightspecials", exact=True)).to_be_visible()
    expect(frame(page).locator("html")).to_have_attribute("data-theme", "dark")
    assert frame(page).locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(20, 23, 28)"


def pages(page: Page, rehearsal: Rehearsal) -> Iterator[str]:
    """Opens each kind of page, without Airflow around it."""
    rehearsal.build()
    newest = max(runs(rehearsal))
    for path in ("/", f"/dags/{DAG}", f"/dags/{DAG}/runs/{quote(newest)}", f"/dags/{DAG}/mapping"):
        page.goto(address(rehearsal, f"/reverse-sync{path}"))
        yield path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_a_reader_out(page: Page, rehearsal: Rehearsal, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in pages(page, rehearsal):
        for closed in page.locator("details:not([open]) > summary").all()[::-1]:
            closed.click()
        found = Axe().run(page)
        serious = [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
        assert serious == [], f"{path}: {found.generate_report()}"


def test_a_narrow_window_shows_everything(page: Page, rehearsal: Rehearsal) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for path in pages(page, rehearsal):
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], path


def test_the_keyboard_alone_leads_to_a_run(page: Page, rehearsal: Rehearsal) -> None:
    rehearsal.build()
    page.goto(address(rehearsal, "/reverse-sync/"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "the run":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/reverse-sync/dags/{DAG}/runs/"))
    expect(page.get_by_role("heading", name="Run of")).to_be_visible()


def test_what_waits_for_a_person_leads_to_the_answer(page: Page, rehearsal: Rehearsal) -> None:
    rehearsal.build()
    asking = Decommission.begin(rehearsal.airflow, rehearsal.layout)
    assert eventually(lambda: asking.asks, 120, ASKS_AIRFLOW_S)
    page.goto(address(rehearsal, "/plugin/reverse-sync-nav"))
    expect(frame(page).get_by_text("Waits for a person")).to_be_visible()
    leave_frame(page, frame(page).get_by_role("link", name="Answer in Airflow"))
    expect(page).to_have_url(re.compile("/tasks/approve/required_actions"))
    page.get_by_role("button", name="Reject").click()
    assert eventually(lambda: asking.state in ("success", "failed"), 120, ASKS_AIRFLOW_S)
    page.goto(address(rehearsal, f"/reverse-sync/dags/{DECOMMISSION}/runs/{quote(asking.run_id)}"))
    expect(page.locator(".verdict")).to_contain_text("rejected by a person")
    expect(page.locator(".verdict")).to_contain_text("Rejected by admin in approve")
    asking.ask_again()
    assert eventually(lambda: asking.asks, 120, ASKS_AIRFLOW_S)
    page.goto(address(rehearsal, f"/reverse-sync/dags/{DECOMMISSION}/runs/{quote(asking.run_id)}"))
    page.get_by_role("link", name="a person has to answer").click()
    expect(page).to_have_url(re.compile("/tasks/approve/required_actions"))
    page.get_by_role("button", name="Approve").click()
    assert eventually(lambda: asking.tasks.get("approve") == "success", 120, ASKS_AIRFLOW_S)
    asking.stop()  # nothing was taken down yet, and the other tests need it
    assert eventually(lambda: asking.state == "failed", 120, ASKS_AIRFLOW_S)
    [approved] = [one["result"] for one in asking.record["steps"] if one["task"] == "approve"]
    assert (approved["outcome"], approved["by"]) == ("approved", "admin")


def test_the_mapping_is_drawn_column_by_column(page: Page, rehearsal: Rehearsal) -> None:
    rehearsal.build()
    page.goto(address(rehearsal, f"/reverse-sync/dags/{DAG}/mapping"))
    row = page.get_by_role("row", name=re.compile("^origin_code"))
    expect(row).to_contain_text("rename ORIGINCODE on origin_code")
    expect(row).to_contain_text("VARCHAR2(6 BYTE)")
    expect(page.get_by_role("row", name=re.compile("^expiry_date_num"))).to_contain_text("removed")
    keep_picture(page, "mapping")


@pytest.mark.skipif(not PICTURES, reason="says what `make screenshots` makes")
def test_a_picture_of_all_pipelines_has_some_history(page: Page, rehearsal: Rehearsal) -> None:
    assert rehearsal.run()[1] == "success"
    page.goto(address(rehearsal, "/plugin/reverse-sync-nav"))
    expect(frame(page).locator(".strip li").nth(2)).to_be_visible()
    keep_picture(page, "overview")

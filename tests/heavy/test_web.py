"""The dashboard in a real browser, on a phone and on a desk, by day and by night: the journeys of its people.

Under the app's policy nothing may run but its own scripts, so the tests look and wait with locators only.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from assessed import SIX_MONTHS
from parts import ROOT, require_part
from web.conftest import GATES

pytestmark = pytest.mark.heavy

WIDTHS = {"phone": 390, "desk": 1440}
SCHEMES = ("light", "dark")
PATIENCE = 120_000  # milliseconds: the machine may be busy
ALLOWED = ("blob:http://127.0.0.1", "data:")
BILL = ROOT / "tests" / "demand" / "formats" / "openai-csv" / "input.csv"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dashboard")
    copytree(ROOT / "examples" / "support-chat", folder / "support")
    (folder / "small.yaml").write_text(SIX_MONTHS + GATES, "utf-8")
    return folder


@pytest.fixture(scope="module")
def address(cases: Path) -> Iterator[str]:
    """The command as a person starts it."""
    run = [sys.executable, "-c", "from breakeven.cli.app import main; main()"]
    process = subprocess.Popen(
        [*run, "serve", str(cases), "--port", "0", "--no-open"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found, "it did not say where it is"
    yield found.group()
    process.send_signal(signal.SIGINT)
    process.wait(30)


class Watched:
    """A page, and all that must not happen on it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda told: self.wrong.append(told.text) if told.type in ("error", "warning") else None)
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.address}/", *ALLOWED)):
            self.wrong.append(f"asked elsewhere: {url}")

    def whole(self) -> None:
        """Wait until everything is answered."""
        self.page.locator("#status", has_text="Study").wait_for()

    def check(self) -> None:
        """No error, no violation, nothing fetched, nothing cut off, readable by everyone."""
        from axe_playwright_python.sync_playwright import Axe

        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, "the page scrolls sideways"
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        assert self.wrong == []


@contextmanager
def browsing(address: str, width: int, scheme: str, **options: Any) -> Iterator[Watched]:
    chromium: Path = require_part("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        yield Watched(page, address)
        browser.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_a_case_is_opened_dragged_undone_and_traced(address: str, width: int, scheme: str) -> None:
    with browsing(address, width, scheme) as watched:
        page = watched.page
        page.goto(f"{address}/")
        watched.check()
        page.get_by_role("link", name="small").click()
        watched.whole()
        watched.check()
        before = page.locator(".figures .value").nth(1).inner_text()
        slider = page.locator('[data-input="volume_scale"] input[type="range"]')
        slider.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.locator('[data-input="volume_scale"] output', has_text="10").wait_for()
        watched.whole()
        assert "volume_scale=" in page.url
        assert page.locator(".figures .value").nth(1).inner_text() != before
        page.locator("#undo").click()
        for _ in range(4):
            page.keyboard.press("Control+z")
        watched.whole()
        assert page.locator(".figures .value").nth(1).inner_text() == before
        page.locator("button.number:visible").first.click()
        page.locator("dialog .derivation").wait_for()
        watched.check()
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="hidden")
        assert watched.wrong == []


def test_what_turns_it_is_shown_and_the_answer_turns(address: str) -> None:
    with browsing(address, 1440, "light") as watched:
        page = watched.page
        page.goto(f"{address}/board/small")
        watched.whole()
        before = page.locator(".figures .value").nth(1).inner_text()
        page.locator("button.show").first.click()
        page.locator(".control.changed").wait_for()
        page.locator("#main.provisional").wait_for(state="attached")
        watched.whole()
        assert "=" in page.url
        assert page.locator(".control.changed").count() == 1
        assert page.locator(".figures .value").nth(1).inner_text() != before
        page.locator("#reset").click()
        page.locator(".control.changed").wait_for(state="detached")
        watched.check()


def test_a_gate_is_answered_otherwise(address: str) -> None:
    with browsing(address, 1440, "dark") as watched:
        page = watched.page
        page.goto(f"{address}/board/small")
        watched.whole()
        page.get_by_role("button", name="data residency: if it fails").click()
        page.locator("#verdict h1", has_text=re.compile("FORCED|your own rules")).wait_for()
        assert "gate%3Adata+residency=fail" in page.url
        watched.whole()
        watched.check()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_a_fleet_is_dragged_by_keyboard_and_by_its_line(address: str, width: int) -> None:
    with browsing(address, width, "light") as watched:
        page = watched.page
        page.goto(f"{address}/board/small")
        watched.whole()
        page.locator("#held").focus()
        page.keyboard.press("End")
        page.wait_for_url("**own%3Areplicas=*")
        held = page.locator("#owned output").inner_text()
        watched.whole()
        picture = page.locator("#owned svg.picture:visible")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=6)
        page.mouse.up()
        page.locator("#owned output", has_not_text=held).wait_for()
        watched.whole()
        page.locator("#held-back").click()
        page.wait_for_url("**/board/small")
        watched.whole()
        watched.check()


def test_a_design_is_taken_and_what_was_changed_is_offered_again(address: str) -> None:
    with browsing(address, 1440, "light") as watched:
        page = watched.page
        page.goto(f"{address}/board/small")
        watched.whole()
        page.get_by_label("data residency: what it rests on").fill("the contract of May")
        page.keyboard.press("Tab")
        page.wait_for_url("**evidence*")
        page.locator("#look-designs").click()
        page.locator("#designs .take").first.click()
        page.wait_for_url("**case%3Agpu=*")
        watched.whole()
        watched.check()
        page.goto(f"{address}/board/small")
        page.locator("#bring-back").click()
        page.wait_for_url("**case%3Agpu=*")
        watched.whole()
        assert "the contract of May" in page.locator("#reasons").inner_text()
        page.locator("#reset").click()
        page.wait_for_url("**/board/small")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_lesson_teaches_and_asks(address: str, width: int, scheme: str) -> None:
    with browsing(address, width, scheme) as watched:
        page = watched.page
        page.goto(f"{address}/lesson")
        page.locator(".ask").first.click()
        page.get_by_label("Your answer, in USD/month").first.fill("5")
        page.keyboard.press("Enter")
        page.locator(".verdict", has_text="Not quite").wait_for()
        page.locator("#progress", has_text="0 of 1").wait_for()
        watched.check()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_five_questions_give_an_answer_and_a_wrong_one_is_told_beside_its_field(address: str, width: int) -> None:
    with browsing(address, width, "light") as watched:
        page = watched.page
        page.goto(f"{address}/")
        page.get_by_label("How many engineers would run it?").fill("many")
        page.get_by_role("button", name="Show the answer").click()
        page.locator("#q-team-wrong", has_text="is not an amount").wait_for()
        assert page.locator("#q-team").get_attribute("aria-invalid") == "true"
        watched.wrong.clear()  # the browser notes every refusal on its console
        page.get_by_label("How many engineers would run it?").fill("0.5")
        page.get_by_role("button", name="Show the answer").click()
        page.wait_for_url("**/board/own-*")
        watched.whole()
        watched.check()


def test_a_log_and_a_bill_give_an_answer(address: str, tmp_path: Path) -> None:
    with browsing(address, 1440, "light") as watched:
        page = watched.page
        page.goto(f"{address}/")
        page.locator("#log-file").set_input_files(str(ROOT / "examples" / "support-chat" / "usage.csv.gz"))
        page.wait_for_url("**/board/own-*")
        watched.whole()
        assert "usage.csv.gz" in page.locator("#verdict").inner_text()
        page.goto(f"{address}/")
        page.locator("#bill-text").fill(BILL.read_text("utf-8"))
        page.get_by_role("button", name="Read the bill").click()
        page.wait_for_url("**/board/own-*")
        watched.whole()
        watched.check()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_two_scenarios_stand_side_by_side(address: str, width: int, scheme: str) -> None:
    with browsing(address, width, scheme) as watched:
        page = watched.page
        page.goto(f"{address}/board/small?volume_scale=2")
        watched.whole()
        page.locator("#compare").click()
        page.locator("#differences", has_text="200 %").wait_for()
        page.locator("#right-verdict .note", has_text="eight draws in ten").wait_for()
        watched.check()


def test_the_board_pack_and_the_case_come_from_the_page(address: str, tmp_path: Path) -> None:
    with browsing(address, 1440, "light", accept_downloads=True) as watched:
        page = watched.page
        page.goto(f"{address}/board/small?run_fte=0.25")
        watched.whole()
        for menu, name, ending in (("Share and export", "Study as JSON", "json"), ("Save", "Save as case.yaml", "yaml"),
                                   ("Share and export", "Workbook with live formulas", "xlsx")):  # fmt: skip
            page.locator("summary", has_text=menu).first.click()
            with page.expect_download(timeout=PATIENCE) as coming:
                page.get_by_role("button", name=name).click()
            coming.value.save_as(tmp_path / f"got.{ending}")
        assert json.loads((tmp_path / "got.json").read_text("utf-8"))["basis"]["inputs"]["run_fte"]["likely"] == 0.25
        assert "team: 0.25" in (tmp_path / "got.yaml").read_text("utf-8")
        assert (tmp_path / "got.xlsx").read_bytes().startswith(b"PK")
        watched.check()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_page_that_is_sent_turns_offline(address: str, width: int, scheme: str, tmp_path: Path) -> None:
    import urllib.request

    path = tmp_path / "sent.html"
    path.write_bytes(urllib.request.urlopen(f"{address}/api/board/small/export/share?volume_scale=2").read())
    with browsing("file://", width, scheme, offline=True) as watched:
        page = watched.page
        page.goto(path.as_uri())
        before = page.locator("#verdict").inner_text()
        slider = page.locator('input[type="range"]').first
        slider.focus()
        page.keyboard.press("Home" if slider.input_value() == slider.get_attribute("max") else "End")
        place = ",".join(each.input_value() for each in page.locator('input[type="range"]').all())
        said = json.loads(page.locator("#answers").text_content() or "")
        assert page.locator("#verdict").inner_text() != before
        assert page.locator("#verdict .value").nth(1).inner_text() in said["answers"][place]
        watched.check()


@pytest.mark.parametrize("width", [360, 2560])
def test_the_narrowest_and_the_widest_screen_show_all(address: str, width: int) -> None:
    with browsing(address, width, "light") as watched:
        watched.page.goto(f"{address}/board/support")
        watched.whole()
        watched.check()


def test_no_request_of_the_description_makes_the_server_fail(address: str, tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("schemathesis")
    if not tool.exists():
        require_part("chromium")
    done = subprocess.run(
        [str(tool), "run", f"{address}/openapi.json", "--checks", "not_a_server_error,response_schema_conformance",
         "--max-examples", "15", "--seed", "1", "--exclude-path-regex", "^/api/(questions|compare)", "--no-color",
         "--request-timeout", "120"],  # the tool's own 10 s are less than a workbook takes on a busy machine
        check=False, capture_output=True, text=True, cwd=tmp_path, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]

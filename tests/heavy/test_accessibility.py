"""The page in a real browser, on a phone and on a desk: readable by everyone, nothing cut off, nothing fetched."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from assessed import study
from breakeven.report.board.write import write_report
from parts import require_part

pytestmark = pytest.mark.heavy

WIDTHS = {"phone": 390, "desktop": 1280}


@pytest.fixture(scope="module")
def page_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of the example, served on this machine."""
    folder = tmp_path_factory.mktemp("board")
    (written,) = write_report(study("support-chat"), folder, ("html",))
    assert not written.failed, written.failed
    server = socketserver.TCPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/memo.html"
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_page_is_accessible_and_whole(page_address: str, width: int) -> None:
    chromium: Path = require_part("chromium")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(page_address)
        page.wait_for_selector(".vega-embed svg")
        assert page.locator("figure").count() == page.locator(".vega-embed svg").count(), "a picture did not draw"
        found = Axe().run(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert overflow <= 0, "the page scrolls sideways"
    assert [each for each in asked if each != page_address and not each.endswith("/favicon.ico")] == []
    assert [each for each in wrong if "favicon" not in each and "404" not in each] == []
